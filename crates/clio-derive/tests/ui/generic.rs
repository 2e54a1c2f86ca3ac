use clio_core::{Id, Selection};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OfType<T> {
    id: Id<T>,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct OfLifetime<'a> {
    display_number: &'a str,
}

fn main() {}
