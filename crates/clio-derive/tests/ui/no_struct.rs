use clio_core::{Id, Selection, schema::objects::Matter};

#[derive(Selection)]
#[clio(object = "Matter")]
enum Either {
    Open,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct Tuple(Id<Matter>);

#[derive(Selection)]
#[clio(object = "Matter")]
struct Unit;

#[derive(Selection)]
#[clio(object = "Matter")]
union Both {
    a: u8,
}

fn main() {}
