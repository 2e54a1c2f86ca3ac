use clio_core::{Id, Reference, Selection, schema::objects::{Contact, Matter, User}};

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Id<Matter>,
    client: Reference<User>,
}

fn contact(_: Id<Contact>) {}

fn main() {
    let matter: OpenMatter = clio_core::decode::<Matter, _>("").unwrap();
    contact(matter.id);
}
