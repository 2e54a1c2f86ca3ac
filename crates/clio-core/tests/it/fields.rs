//! What a selection asks for, and where it may stand.

use clio_core::{
    Amount, Etag, FieldTree, Id, Json, Reference, Selection, Stub, TextId,
    schema::{
        Object,
        objects::{
            Activity, CalendarEntry, Contact, ContactBase, CustomField, CustomFieldValue, Matter, MatterBase,
            User, UserBase,
        },
    },
    values::{ActivityType, MatterStatus},
};

/// The text of the query, checked against the tables at run time too.
fn fields<O: Object, S: Selection<O>>() -> &'static str {
    FieldTree::parse(O::INFO, S::FIELDS).unwrap();
    S::FIELDS
}

#[derive(Debug, Selection)]
#[clio(object = "Contact")]
#[allow(dead_code, reason = "only its fields matter")]
struct ClientName {
    id: Id<Contact>,
    name: String,
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "only its fields matter")]
struct OpenMatter {
    id: Id<Matter>,
    display_number: String,
    status: MatterStatus,
    client: Option<ClientName>,
    client_id: Option<Id<Contact>>,
    responsible_attorney: Option<Reference<User>>,
    user: Option<Stub<User>>,
}

#[test]
fn the_struct_is_the_query() {
    assert_eq!(
        fields::<Matter, OpenMatter>(),
        "id,display_number,status,client{id,name},client_id,responsible_attorney{id},user"
    );
}

#[test]
fn plain_fields_are_a_selection_of_every_form() {
    assert_eq!(fields::<Contact, ClientName>(), "id,name");
    assert_eq!(fields::<ContactBase, ClientName>(), "id,name");
    assert_eq!(fields::<clio_core::schema::objects::BillRecipientContactBase, ClientName>(), "id,name");
}

#[test]
fn an_id_that_nests_is_used_without_conversion() {
    #[derive(Selection)]
    #[clio(object = "MatterBase")]
    struct Named {
        id: Id<Matter>,
    }
    #[derive(Selection)]
    #[clio(object = "Activity")]
    struct Work {
        matter: Option<Named>,
    }
    let work: Work = clio_core::decode::<Activity, _>(r#"{"matter":{"id":7}}"#).unwrap();
    let id: Id<Matter> = work.matter.unwrap().id;
    assert_eq!((id.get(), fields::<MatterBase, Named>()), (7, "id"));
}

#[test]
fn names_of_the_prelude_may_mean_something_else() {
    #[allow(dead_code, reason = "it is there to be in the way")]
    type Result<T> = std::result::Result<T, ()>;
    #[allow(dead_code, reason = "it is there to be in the way")]
    struct Vec;
    #[derive(Selection)]
    #[clio(object = "User")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Named {
        roles: std::vec::Vec<String>,
        name: Option<String>,
    }
    assert_eq!(fields::<User, Named>(), "roles,name");
}

#[test]
fn words_and_raw_names() {
    #[derive(Selection)]
    #[clio(object = "Activity")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Raw {
        r#type: ActivityType,
        #[clio(rename = "total")]
        worth: Option<Amount>,
        #[clio(default)]
        note: String,
    }
    assert_eq!(fields::<Activity, Raw>(), "type,total,note");
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "only its fields matter")]
struct Version {
    id: Id<Matter>,
    etag: Etag,
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "only its fields matter")]
struct Numbered {
    #[clio(flatten)]
    version: Version,
    number: Option<i64>,
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "only its fields matter")]
struct NumberedTwice {
    display_number: String,
    #[clio(flatten)]
    numbered: Numbered,
    client: Option<ClientName>,
}

#[test]
fn flattened_fields_stand_beside_ours() {
    assert_eq!(fields::<Matter, Numbered>(), "id,etag,number");
    assert_eq!(fields::<MatterBase, Numbered>(), "id,etag,number");
    assert_eq!(fields::<Matter, NumberedTwice>(), "display_number,id,etag,number,client{id,name}");
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "only its fields matter")]
struct WithClient {
    client: Option<ClientName>,
}

#[test]
fn a_flattened_association_keeps_a_selection_from_nesting_only() {
    #[derive(Selection)]
    #[clio(object = "Matter")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Outer {
        id: Id<Matter>,
        #[clio(flatten)]
        more: WithClient,
    }
    assert_eq!(fields::<Matter, Outer>(), "id,client{id,name}");
}

#[test]
fn a_flattened_selection_nests() {
    #[derive(Selection)]
    #[clio(object = "Activity")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Work {
        matter: Option<Numbered>,
    }
    assert_eq!(fields::<Activity, Work>(), "matter{id,etag,number}");
}

#[test]
fn what_clio_answers_unasked_may_stand_one_level_deeper() {
    #[derive(Selection)]
    #[clio(object = "CustomFieldValue")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Filled {
        id: Option<TextId<CustomFieldValue>>,
        value: Option<Json>,
        custom_field: Option<Stub<CustomField>>,
    }
    #[derive(Selection)]
    #[clio(object = "Matter")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct WithValues {
        custom_field_values: Vec<Filled>,
    }
    assert_eq!(fields::<Matter, WithValues>(), "custom_field_values{id,value,custom_field}");
    assert_eq!(fields::<CustomFieldValue, Filled>(), "id,value,custom_field");
}

#[test]
fn ids_that_are_text() {
    #[derive(Selection)]
    #[clio(object = "CalendarEntry")]
    struct Entry {
        id: TextId<CalendarEntry>,
    }
    let entry: Entry = clio_core::decode::<CalendarEntry, _>(r#"{"id":"a-1"}"#).unwrap();
    assert_eq!(entry.id.as_str(), "a-1");
}

mod elsewhere {
    pub(crate) use clio_core as renamed;
}

#[test]
fn the_crate_may_go_by_another_name() {
    #[derive(Selection)]
    #[clio(object = "User", crate = "elsewhere::renamed")]
    #[allow(dead_code, reason = "only its fields matter")]
    struct Named {
        name: String,
        roles: Vec<String>,
    }
    assert_eq!(fields::<User, Named>(), "name,roles");
    assert_eq!(fields::<UserBase, Named>(), "name,roles");
}

#[test]
fn types_may_come_from_a_macro() {
    macro_rules! selection {
        ($name:ident, $object:literal, $($field:ident: $type:ty),*) => {
            #[derive(Selection)]
            #[clio(object = $object)]
            #[allow(dead_code, reason = "only its fields matter")]
            struct $name { $($field: $type),* }
        };
    }
    selection!(Made, "Matter", id: Id<Matter>, description: Option<String>, client: Option<ClientName>);
    assert_eq!(fields::<Matter, Made>(), "id,description,client{id,name}");
}
