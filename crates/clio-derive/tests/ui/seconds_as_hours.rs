use clio_core::{Hours, Selection};

#[derive(Selection)]
#[clio(object = "Activity")]
struct Work {
    quantity: Hours,
    rounded_quantity: Option<Hours>,
}

fn main() {}
