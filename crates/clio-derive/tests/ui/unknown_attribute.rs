use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "Matter", rename_all = "camelCase")]
struct OpenMatter {
    #[clio(renme = "display_number")]
    display_number: String,
    #[clio(default = 5)]
    number: i64,
}

fn main() {}
