use clio_core::Selection;

#[derive(Selection)]
struct OpenMatter {
    display_number: String,
}

fn main() {}
