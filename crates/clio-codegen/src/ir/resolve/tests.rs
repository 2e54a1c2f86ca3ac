use serde_json::json;

use crate::{
    Error, Model, Overrides,
    ir::{
        facts::AnswerKind,
        model::{Kind, MemberKind, Operation, Style},
        resolve,
    },
    spec::{
        read,
        tests::{SMALL, changed},
    },
};

fn model(overrides: &str) -> Model {
    resolve(&read(SMALL).unwrap(), &Overrides::from_toml(overrides).unwrap()).unwrap()
}

fn kind(model: &Model, form: &str, field: &str) -> Kind {
    model.form(form).unwrap().fields.iter().find(|other| other.name == field).unwrap().kind.clone()
}

fn operation<'a>(model: &'a Model, id: &str) -> &'a Operation {
    model.operations().find(|operation| operation.id == id).unwrap()
}

fn status(words: &[&str]) -> Kind {
    Kind::Choice { name: "MatterStatus".to_owned(), words: words.iter().map(ToString::to_string).collect() }
}

#[test]
fn a_form_has_what_its_bases_have_and_its_own_wins() {
    let model = model("");
    assert_eq!(kind(&model, "Matter", "currency"), Kind::Object("ContactBase".to_owned()));
    assert_eq!(kind(&model, "MatterBase", "currency"), Kind::Json);
    assert_eq!(kind(&model, "Matter", "id"), Kind::Id);
    assert_eq!(kind(&model, "ContactBase", "id"), Kind::TextId);
    let friends = Kind::List(Box::new(Kind::Object("ContactBase".to_owned())));
    assert_eq!(kind(&model, "Matter", "friends"), friends);
    let markers: Vec<_> =
        model.form("Matter").unwrap().fields.iter().map(|field| field.marker.as_str()).collect();
    assert!(markers.contains(&"r#type"));
}

#[test]
fn tables_are_sorted() {
    let model = model("");
    for (_, form) in model.forms() {
        assert!(form.fields.is_sorted_by(|a, b| a.name < b.name), "{}", form.name);
    }
    for operation in model.operations() {
        assert!(operation.parameters.is_sorted_by(|a, b| a.name < b.name), "{}", operation.id);
    }
    assert!(model.choices.is_sorted_by(|a, b| a.name < b.name));
    assert!(model.families.is_sorted_by(|a, b| a.module < b.module));
}

#[test]
fn money_and_other_kinds_come_from_the_overrides() {
    assert_eq!(kind(&model(""), "MatterBase", "fee"), Kind::Number);
    let overrides = r#"
        money = ["Matter.fee", "Matter#create.rates.rate"]
        nullable = ["Matter.fee"]
        [kinds]
        "Matter.type" = "json"
        [notes]
        "Matter.fee" = "An hour."
    "#;
    let model = model(overrides);
    assert_eq!(kind(&model, "Matter", "fee"), Kind::Money);
    assert_eq!(kind(&model, "MatterBase", "type"), Kind::Json);
    let matter = model.form("Matter").unwrap();
    let fee = matter.fields.iter().find(|field| field.name == "fee").unwrap();
    assert_eq!((fee.nullable, fee.note.as_deref()), (true, Some("An hour.")));
    let create = operation(&model, "Matter#create");
    let rates = create.body.as_ref().unwrap().iter().find(|member| member.name == "rates").unwrap();
    let MemberKind::List(rates) = &rates.kind else { panic!("{rates:?}") };
    let MemberKind::Object(members) = &**rates else { panic!("{rates:?}") };
    let rate = members.iter().find(|member| member.name == "rate").unwrap();
    assert_eq!(rate.kind, MemberKind::Value(Kind::Money));
    assert!(model.remarks.is_empty());
}

#[test]
fn times_know_their_unit_from_the_overrides() {
    let seconds = model(r#"seconds = ["Matter.fee"]"#);
    assert_eq!(kind(&seconds, "Matter", "fee"), Kind::Seconds);
    let hours = model(r#"hours = ["Matter.fee"]"#);
    assert_eq!(kind(&hours, "MatterBase", "fee"), Kind::Hours);
    assert!(seconds.remarks.is_empty() && hours.remarks.is_empty());
    let of_an_id = model(r#"hours = ["Matter.id"]"#);
    assert_eq!(of_an_id.remarks, ["an override names nothing: Matter.id"]);
}

#[test]
fn lists_that_differ_in_casing_are_one_enum() {
    let model = model("");
    assert_eq!(kind(&model, "Matter", "status"), status(&["Open", "Closed"]));
    assert_eq!(operation(&model, "Matter#index").parameters[5].kind, status(&["open", "closed"]));
    let choice = model.choices.iter().find(|choice| choice.name == "MatterStatus").unwrap();
    let words: Vec<_> = choice.variants.iter().map(|word| (&*word.name, &*word.read, &*word.write)).collect();
    assert_eq!(words, [("Open", "Open", "open"), ("Closed", "Closed", "closed")]);
    assert_eq!(choice.places, ["Matter.status", "Matter#create.status", "Matter#index?status"]);
}

#[test]
fn enums_are_joined_split_and_respelled_by_the_overrides() {
    let overrides = r#"
        [choices]
        Joined = ["Matter.status", "Matter.codes"]
        Written = ["Matter#create.status"]
        [respelled]
        "a" = "first"
    "#;
    let model = model(overrides);
    let words = |name: &str| {
        let choice = model.choices.iter().find(|choice| choice.name == name).unwrap();
        choice.variants.iter().map(|word| word.read.clone()).collect::<Vec<_>>()
    };
    assert_eq!(words("Joined"), ["Open", "Closed", "first", "b"]);
    assert_eq!(words("Written"), ["open", "closed"]);
}

#[test]
fn operations_are_named_and_described() {
    let model = model(
        r#"
        comma_lists = ["Matter#index?status"]
        [operations]
        "Matter#download" = "FetchMatter"
        [answers]
        "Matter#download" = "html"
        [modules]
        "Matters" = "cases"
        "#,
    );
    let names: Vec<_> = model.operations().map(|operation| operation.name.as_str()).collect();
    assert_eq!(names, ["ListMatters", "CreateMatter", "GetMatter", "DeleteMatter", "FetchMatter"]);
    let group = &model.groups[0];
    assert_eq!((group.module.as_str(), &group.domains[..]), ("cases", &["Core".to_owned()][..]));
    let list = operation(&model, "Matter#index");
    let styles: Vec<_> =
        list.parameters.iter().map(|parameter| (&*parameter.name, parameter.style)).collect();
    assert_eq!(styles[1], ("ids[]", Style::Repeated));
    assert_eq!(styles[5], ("status", Style::Commas));
    assert_eq!((list.selects, &list.headers[..]), (true, &["X-API-VERSION".to_owned()][..]));
    let delete = operation(&model, "Matter#destroy");
    assert_eq!((delete.answer, delete.object.as_deref()), (AnswerKind::NoContent, Some("Matter")));
    assert_eq!(operation(&model, "Matter#download").answer, AnswerKind::Html);
}

#[test]
fn what_cannot_be_said_fails_by_name_unless_it_is_allowed() {
    let text = changed(|document| {
        document["components"]["schemas"]["Matter_base"]["properties"]["either"] = json!({"oneOf": []});
    });
    let document = read(&text).unwrap();
    let Err(Error::Inexpressible(names)) = resolve(&document, &Overrides::default()) else {
        panic!("it passed")
    };
    assert_eq!(names, ["Matter.either: oneOf"]);
    let allowed = Overrides::from_toml("[allowed]\n'Matter.either' = 'nobody asks for it'").unwrap();
    let model = resolve(&document, &allowed).unwrap();
    assert_eq!(kind(&model, "Matter", "either"), Kind::Json);
}

#[test]
fn an_override_that_names_nothing_is_a_remark() {
    assert_eq!(model(r#"money = ["Matter.gone"]"#).remarks, ["an override names nothing: Matter.gone"]);
}

#[test]
fn two_operations_of_one_name_are_refused() {
    let overrides = Overrides::from_toml("[operations]\n'Matter#show' = 'ListMatters'").unwrap();
    let error = resolve(&read(SMALL).unwrap(), &overrides).unwrap_err();
    assert!(error.to_string().contains("two operations are called ListMatters"), "{error}");
}
