use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "Mater")]
struct OpenMatter {
    display_number: String,
}

fn main() {}
