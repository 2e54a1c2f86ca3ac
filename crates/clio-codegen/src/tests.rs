//! The whole way, from a document to files.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::{Document, Files, Overrides, Workspace, emit, files, ir, spec};

fn root() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into()
}

/// The code of the small document.
fn small() -> Files {
    let document = spec::read(spec::tests::SMALL).unwrap();
    let model = ir::resolve(&document, &Overrides::default()).unwrap();
    emit::code(&model, &root()).unwrap()
}

#[test]
fn the_repository_holds_what_the_generator_makes() {
    let workspace = Workspace::new(root());
    let (model, files) = workspace.generate(None).unwrap();
    let differing = workspace.differing(&files).unwrap();
    assert!(differing.is_empty(), "run `cargo xtask codegen`: {differing:?}");
    assert!(model.remarks.is_empty(), "{:?}", model.remarks);
}

#[test]
fn names_are_unique() {
    let document = Document::from_json(&fs::read_to_string(root().join(files::FACTS)).unwrap()).unwrap();
    let overrides = fs::read_to_string(root().join(files::OVERRIDES)).unwrap();
    let model = ir::resolve(&document, &Overrides::from_toml(&overrides).unwrap()).unwrap();
    let mut names = BTreeSet::new();
    let forms = model.forms().map(|(_, form)| &form.name);
    let choices = model.choices.iter().map(|choice| &choice.name);
    for name in forms.chain(choices).chain(model.operations().map(|operation| &operation.name)) {
        assert!(names.insert(name), "{name} is there twice");
    }
}

#[test]
fn the_same_document_makes_the_same_files() {
    assert_eq!(small(), small());
}

#[test]
fn every_file_says_that_it_is_generated() {
    for (path, text) in small() {
        assert!(text.starts_with(emit::MARK), "{path}");
    }
}

#[test]
fn a_marker_says_what_the_field_holds_and_no_more() {
    let files = small();
    let matter = &files[&format!("{}/objects/matter.rs", emit::SCHEMA)];
    let marker = "\
/// `status`: one of `Open`, `Closed` ([`MatterStatus`](crate::choices::MatterStatus)).
///
/// [Clio's reference](https://docs.developers.clio.com/api-reference/#tag/Matters)
pub struct status;
impl Field for status {
    type Kind = crate::kind::Choice<crate::choices::MatterStatus>;
    const NAME: &'static str = \"status\";
}
impl Has<status> for Matter {}
impl Has<status> for MatterBase {}
";
    assert!(matter.contains(marker), "{matter}");
    assert!(files.values().all(|text| !text.contains("PROSE")));
}

#[test]
fn the_table_of_the_derive_is_sorted() {
    let files = small();
    let table = &files[emit::DERIVE_TABLE];
    let names: Vec<_> = table.lines().filter_map(|line| line.trim().strip_prefix("name: \"")).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(table.contains(r#"Field::new("friends", Tag::List(&Tag::Object("ContactBase"))),"#), "{table}");
    assert!(table.contains(r#"Field::new("status", Tag::Choice("MatterStatus")),"#), "{table}");
}

#[test]
fn the_table_of_the_derive_says_what_is_null_at_times() {
    let document = spec::read(spec::tests::SMALL).unwrap();
    let overrides = Overrides::from_toml(r#"nullable = ["Matter.status"]"#).unwrap();
    let files = emit::code(&ir::resolve(&document, &overrides).unwrap(), &root()).unwrap();
    let table = &files[emit::DERIVE_TABLE];
    assert!(table.contains(r#"Field::nullable("status", Tag::Choice("MatterStatus")),"#), "{table}");
    assert!(!table.contains(r#"Field::new("status", "#), "of both forms: {table}");
}

#[test]
fn what_differs_is_written_once_and_what_is_left_over_goes() {
    let folder = std::env::temp_dir().join(format!("clio-codegen-write-{}", std::process::id()));
    let left_over = format!("{}/objects/gone.rs", emit::SCHEMA);
    fs::create_dir_all(folder.join(&left_over).parent().unwrap()).unwrap();
    fs::write(folder.join(&left_over), "").unwrap();
    let workspace = Workspace::new(&folder);
    let files = Files::from([(format!("{}/choices.rs", emit::SCHEMA), "new".to_owned())]);
    assert_eq!(workspace.write(&files).unwrap().len(), 2);
    assert!(!folder.join(&left_over).exists());
    assert_eq!(workspace.write(&files).unwrap(), Vec::<String>::new());
    fs::remove_dir_all(folder).unwrap();
}
