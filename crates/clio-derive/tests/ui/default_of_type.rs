use clio_core::{Selection, values::MatterStatus};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    #[clio(default)]
    status: MatterStatus,
}

fn main() {}
