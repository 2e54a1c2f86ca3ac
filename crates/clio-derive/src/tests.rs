//! What the macro says about every mistake it sees itself, and one expansion. These never drift with the compiler.

use crate::{emit, family::form, read::read, tell::tell};

/// Everything that is wrong with a struct, in the order of the source.
fn errors(source: &str) -> Vec<String> {
    let input = syn::parse_str(source).unwrap();
    match read(&input, &emit::path("::clio_core")) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.errors.into_iter().map(|error| error.to_string()).collect(),
    }
}

fn matter(fields: &str) -> Vec<String> {
    errors(&format!("#[clio(object = \"Matter\")] struct S {{ {fields} }}"))
}

#[test]
fn a_good_struct_is_not_refused() {
    let fields = "id: Id<Matter>, r#status: Option<MatterStatus>, #[clio(rename = \"number\")] n: i64, \
                  #[clio(default)] description: String, client: Option<Client>, #[clio(flatten)] more: More, \
                  relationships: Option<Vec<Reference<Relationship>>>, location: ::std::option::Option<String>";
    assert_eq!(matter(fields), [""; 0]);
}

#[test]
fn names_that_do_not_exist() {
    assert_eq!(
        matter("displaynumber: String"),
        ["Clio's Matter has no field `displaynumber`; did you mean `display_number`?"]
    );
    assert_eq!(matter("favourite_colour: String"), ["Clio's Matter has no field `favourite_colour`"]);
    assert_eq!(
        matter("#[clio(rename = \"cleint\")] client: Client"),
        ["Clio's Matter has no field `cleint`; did you mean `client`?"]
    );
    assert_eq!(
        errors("#[clio(object = \"MatterBase\")] struct S { client: Client }"),
        [
            "Clio's MatterBase has no field `client`: only Matter has it, which is not the form that nests here"
        ]
    );
    assert_eq!(
        errors("#[clio(object = \"Mater\")] struct S { id: Id<Matter> }"),
        ["Clio has no object `Mater`; did you mean `Matter`?"]
    );
    assert_eq!(errors("#[clio(object = \"\")] struct S { id: Id<Matter> }"), ["Clio has no object ``"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    assert_eq!(
        matter("idd: Id<Matter>, #[clio(renme = \"x\", default)] number: Option<i64>, stats: MatterStatus")
            .len(),
        4
    );
}

#[test]
fn shapes_that_do_not_fit() {
    assert_eq!(matter("client: Vec<Client>"), ["`client` of Clio's Matter holds one value, not a list"]);
    assert_eq!(
        matter("relationships: Link"),
        ["`relationships` of Clio's Matter holds a list: take a `Vec`"]
    );
    assert_eq!(
        errors("#[clio(object = \"Bill\")] struct S { discount: Option<Stub<DiscountBase>> }"),
        ["Clio's DiscountBase has no `id`, which a `Stub` holds; take a selection of its own, or `Json`"]
    );
}

#[test]
fn fields_that_are_null_at_times() {
    let activity = |fields: &str| errors(&format!("#[clio(object = \"Activity\")] struct S {{ {fields} }}"));
    let told = |name: &str, form: &str| {
        format!(
            "`{name}` of Clio's {form} is null at times: take an `Option` around the type, or write `#[clio(default)]` \
             above the field"
        )
    };
    assert_eq!(activity("total: Amount"), [told("total", "Activity")]);
    assert_eq!(activity("#[clio(rename = \"price\")] rate: Amount"), [told("price", "Activity")]);
    assert_eq!(activity("bill: BillNumber, total: Amount").len(), 2);
    assert_eq!(matter("group: GroupName"), [told("group", "Matter")]);
    assert_eq!(
        errors("#[clio(object = \"CustomFieldValueBase\")] struct S { id: TextId<CustomFieldValue> }"),
        [told("id", "CustomFieldValueBase")]
    );
    let good = "total: Option<Amount>, #[clio(default)] price: Amount, bill: clio_core::Json, #[clio(flatten)] more: More";
    assert_eq!(activity(good), [""; 0]);
}

/// What the compiler is told to say of a type that does not fit.
#[test]
fn types_that_do_not_fit() {
    let told = |object, name| {
        let form = form(object).unwrap();
        let told = tell(form, form.field(name).unwrap());
        format!("{}: {}", told.message, told.label)
    };
    let cases = [
        ("Matter", "id", "which holds an id: take `Id<Matter>`"),
        ("MatterBase", "id", "which holds an id: take `Id<Matter>`"),
        ("Matter", "client_id", "which holds an id: take `Id<Contact>`"),
        ("MatterBase", "client_id", "which holds an id: take `Id<Contact>`"),
        ("DocumentVersion", "document_id", "which holds an id: take `Id<..>`"),
        ("CalendarEntry", "id", "which holds an id that is text: take `TextId<CalendarEntry>`"),
        ("Matter", "billable", "which holds true or false: take `bool`"),
        ("Matter", "number", "which holds a whole number: take `i64`, `i32`, `u64`, `u32` or `Amount`"),
        ("TaxRateConfiguration", "rate", "which holds a decimal number: take `Amount` or `f64`"),
        (
            "Activity",
            "quantity",
            "which holds a time in seconds, not in hours: take `Seconds`, `Amount` or `f64`",
        ),
        (
            "LineItem",
            "quantity",
            "which holds a time in hours, not in seconds: take `Hours`, `Amount` or `f64`",
        ),
        ("Activity", "total", "which holds money, which a binary float cannot hold: take `Amount`"),
        ("Matter", "description", "which holds text: take `String`, `Box<str>` or `Etag`"),
        ("User", "roles", "which holds a list, each of text: take a `Vec` of `String`, `Box<str>` or `Etag`"),
        ("Matter", "open_date", "which holds a date: take `chrono::NaiveDate`"),
        ("Matter", "status", "which holds a word of a list: take `MatterStatus` or `String`"),
    ];
    for (object, name, rest) in cases {
        assert_eq!(
            told(object, name),
            format!("`{{Self}}` does not fit `{name}` of Clio's {object}, {rest}")
        );
    }
    assert_eq!(
        told("Matter", "client"),
        "`{Self}` cannot be selected inside Matter: Clio answers only plain fields there: \
         `client` of Clio's Matter takes a selection of plain fields of ContactBase"
    );
}

#[test]
fn attributes_that_are_none() {
    let takes = "on a field `clio` takes `rename`, `default`, `flatten`, not";
    let cases = [
        ("#[clio(renme = \"id\")] id: Id<Matter>", format!("{takes} `renme`; did you mean `rename`?")),
        ("#[clio(skip)] id: Id<Matter>", format!("{takes} `skip`")),
        ("#[clio(rename)] id: Id<Matter>", "`rename` takes a text: `rename = \"..\"`".into()),
        ("#[clio(rename = id)] id: Id<Matter>", "`rename` takes a text: `rename = \"..\"`".into()),
        ("#[clio(default = \"x\")] number: i64", "`default` takes no value".into()),
        ("#[clio(default, default)] number: i64", "this attribute stands here twice".into()),
        (
            "#[clio(default)] number: Option<i64>",
            "an `Option` is `None` where the value is missing: leave `default` out, or the `Option`".into(),
        ),
        (
            "#[clio(flatten, rename = \"x\")] more: More",
            "`flatten` goes with no other attribute: the flattened selection names its own fields".into(),
        ),
        (
            "#[clio(flatten)] more: Option<More>",
            "a flattened selection is there or the record is not: take it as it is, not in an `Option` or a `Vec`".into(),
        ),
        ("number: i64, #[clio(rename = \"number\")] n: i64", "`number` is asked for twice".into()),
    ];
    for (fields, message) in cases {
        assert_eq!(matter(fields), [message], "{fields}");
    }
    assert_eq!(
        errors("#[clio(objekt = \"Matter\")] struct S { id: Id<Matter> }"),
        ["on a struct `clio` takes `object`, `crate`, not `objekt`; did you mean `object`?"]
    );
    assert_eq!(
        errors("#[clio(object = \"Matter\", crate = \"1\")] struct S { id: Id<Matter> }"),
        ["`crate` takes a path, such as `crate = \"::clio_core\"`"]
    );
}

#[test]
fn what_is_no_query() {
    let object = "#[clio(object = \"Matter\")]";
    assert_eq!(
        errors("struct S { id: Id<Matter> }"),
        ["name the object that the fields are of: `#[clio(object = \"Matter\")]` on the struct"]
    );
    let named = "a selection is a struct with named fields: each is a field that Clio is asked for";
    assert_eq!(errors(&format!("{object} struct S(Id<Matter>);")), [named]);
    assert_eq!(errors(&format!("{object} struct S;")), [named]);
    assert_eq!(errors(&format!("{object} struct S {{}}")), ["a selection asks for at least one field"]);
    let structs = "a selection is a struct: its fields are the fields that Clio is asked for";
    assert_eq!(errors(&format!("{object} enum S {{ A }}")), [structs]);
    assert_eq!(errors(&format!("{object} union S {{ a: u8 }}")), [structs]);
    let generic =
        "a selection cannot be generic: what it asks for is one constant text; write a struct for each case";
    assert_eq!(errors(&format!("{object} struct S<T> {{ id: Id<T> }}")), [generic]);
    assert_eq!(errors(&format!("{object} struct S<'a> {{ id: Id<&'a u8> }}")), [generic]);
    assert_eq!(errors(&format!("{object} struct S<const N: u8> {{ id: Id<[u8; N]> }}")), [generic]);
    assert_eq!(
        errors(&format!("{object} struct S where u8: Copy {{ id: Id<Matter> }}")),
        ["a selection cannot have a `where` clause"]
    );
}

#[test]
fn one_expansion() {
    let source = r#"
        #[clio(object = "Matter")]
        struct OpenMatter {
            id: Id<Matter>,
            #[clio(rename = "number")]
            n: Option<i64>,
            client: Option<ClientName>,
            #[clio(flatten)]
            version: Version,
        }
    "#;
    let expansion = crate::expand(&syn::parse_str(source).unwrap(), "::clio_core");
    insta::assert_snapshot!(prettyplease::unparse(&syn::parse2(expansion).unwrap()));
}
