use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    displaynumber: String,
    r#typ: String,
    #[clio(rename = "statuss")]
    state: String,
}

fn main() {}
