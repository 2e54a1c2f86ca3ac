use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "Matter", object = "Matter")]
struct OpenMatter {
    number: i64,
    #[clio(rename = "number")]
    again: i64,
}

fn main() {}
