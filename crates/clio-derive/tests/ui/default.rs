use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    #[clio(default)]
    number: Option<i64>,
}

fn main() {}
