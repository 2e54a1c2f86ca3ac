use clio_core::{Id, Selection, schema::objects::Matter};

#[derive(Selection)]
#[clio(object = "Matter")]
struct Version {
    id: Id<Matter>,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Id<Matter>,
    #[clio(flatten)]
    version: Version,
}

fn main() {}
