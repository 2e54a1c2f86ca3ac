use clio_core::{Amount, Id, Selection, Seconds, schema::objects::{ContactBase, User}, values::ActivityType};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Id<User>,
    client_id: Id<ContactBase>,
    display_number: Amount,
    status: Option<ActivityType>,
}

#[derive(Selection)]
#[clio(object = "Activity")]
struct Work {
    total: Option<Seconds>,
}

fn main() {}
