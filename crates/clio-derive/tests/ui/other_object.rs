use clio_core::Selection;

#[derive(Selection)]
#[clio(object = "User")]
struct UserName {
    name: String,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    client: UserName,
}

struct NoSelection;

#[derive(Selection)]
#[clio(object = "Matter")]
struct Other {
    client: Option<NoSelection>,
}

fn main() {}
