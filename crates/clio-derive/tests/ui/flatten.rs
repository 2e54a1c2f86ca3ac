use clio_core::{Id, Selection, schema::objects::Matter};

#[derive(Selection)]
#[clio(object = "User")]
struct UserName {
    name: String,
}

struct NoSelection;

#[derive(Selection)]
#[clio(object = "Matter")]
struct OtherObject {
    #[clio(flatten)]
    user: UserName,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct NotDerived {
    #[clio(flatten)]
    other: NoSelection,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct Perhaps {
    #[clio(flatten)]
    version: Option<Version>,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct Version {
    id: Id<Matter>,
}

fn main() {}
