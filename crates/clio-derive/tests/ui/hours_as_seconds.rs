use clio_core::{Seconds, Selection};

#[derive(Selection)]
#[clio(object = "LineItem")]
struct Line {
    quantity: Seconds,
}

#[derive(Selection)]
#[clio(object = "Timer")]
struct Running {
    elapsed_time: Option<Seconds>,
}

fn main() {}
