use clio_core::{Amount, Selection, schema::objects::Activity};

#[derive(Selection)]
#[clio(object = "Bill")]
struct Number {
    number: Option<String>,
}

#[derive(Selection)]
#[clio(object = "Activity")]
struct Work {
    id: clio_core::Id<Activity>,
    total: Amount,
    #[clio(rename = "bill")]
    billed_on: Number,
}

// What is null at times may be absent, have a default, or be kept as it is.
#[derive(Selection)]
#[clio(object = "Activity")]
struct Good {
    total: Option<Amount>,
    #[clio(default)]
    price: Amount,
    bill: clio_core::Json,
}

fn main() {}
