use clio_core::{Selection, Stub, schema::objects::Contact};

#[derive(Selection)]
#[clio(object = "Contact")]
struct ClientWithUser {
    name: String,
    company: Option<Stub<Contact>>,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    client: Option<ClientWithUser>,
}

#[derive(Selection)]
#[clio(object = "CustomField")]
struct Named {
    name: String,
}

#[derive(Selection)]
#[clio(object = "CustomFieldValue")]
struct Value {
    custom_field: Named,
}

#[derive(Selection)]
#[clio(object = "Matter")]
struct WithValues {
    custom_field_values: Vec<Value>,
}

fn main() {}
