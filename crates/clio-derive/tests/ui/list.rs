use clio_core::{Id, Reference, Selection, schema::objects::{Matter, Relationship}};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Vec<Id<Matter>>,
    relationships: Reference<Relationship>,
}

fn main() {}
