use clio_core::{Selection, schema::objects::Contact};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: String,
    client: clio_core::Stub<Contact>,
    status: bool,
}

#[derive(Selection)]
#[clio(object = "Activity")]
struct Work {
    total: Option<f64>,
}

fn main() {}
