//! Each setting TRUE, FALSE, absent and wrong, from each place that it can come from.

use std::ffi::OsString;

use clio_core::{Etag, Id};
use clio_model::ActivityCategory;
use clio_wisetime::{Settings, WrongSettings};
use serde_json::json;

/// A setting that is TRUE or FALSE, and where it ends up.
type Flag = (&'static str, fn(&Settings) -> bool);

const FLAGS: [Flag; 2] = [
    ("SHOW_CLOSED_CASES", |settings| settings.show_closed_cases),
    ("ADD_SUMMARY_TO_NARRATIVE", |settings| settings.add_summary_to_narrative),
];

const LIST: &str = "ACTIVITY_TYPES_NON_BILLABLE";

fn read(name: &str, value: &str) -> Result<Settings, WrongSettings> {
    Settings::read([(name, value)]).map(|read| read.settings)
}

#[test]
fn a_flag_is_true_or_false_however_people_write_it() {
    for (name, flag) in FLAGS {
        for text in ["TRUE", "true", " True ", "yes", "Yes", "1"] {
            assert!(flag(&read(name, text).unwrap()), "{name}={text}");
        }
        // Over TRUE, so that FALSE is what was read and not what was there before.
        let all = Settings::read(FLAGS.map(|(name, _)| (name, "TRUE"))).unwrap().settings;
        for text in ["FALSE", "false", "\tFalse\n", "no", "NO", "0"] {
            assert!(!flag(&all.clone().with([(name, text)]).unwrap().settings), "{name}={text}");
        }
        for text in ["", "  "] {
            assert!(flag(&all.clone().with([(name, text)]).unwrap().settings), "a blank {name} says nothing");
        }
    }
}

#[test]
fn a_flag_that_is_neither_is_refused_by_its_name() {
    for (name, _) in FLAGS {
        for text in ["maybe", "2", "TRUE FALSE", "on", "t", "-1"] {
            let error = read(name, text).unwrap_err();
            assert!(error.to_string().contains(name), "{name}={text}: {error}");
            assert_eq!(error.wrong.len(), 1);
            assert_eq!(error.wrong[0].name, name);
        }
    }
}

#[test]
fn a_value_that_is_refused_is_not_shown() {
    let error = read("SHOW_CLOSED_CASES", "wt-secret").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[test]
fn the_list_has_names_nothing_or_a_quote_too_many() {
    let names = |text| read(LIST, text).unwrap().activity_types_non_billable;
    assert_eq!(names("Non-Billable, Marketing"), ["Non-Billable", "Marketing"]);
    assert_eq!(names(r#""Travel, local""#), ["Travel, local"]);
    assert_eq!(names("  "), [""; 0]);
    assert!(read(LIST, r#""Travel"#).unwrap_err().to_string().contains(LIST));
}

#[test]
fn wt15_with_none_set_each_has_its_default() {
    let read = Settings::read::<&str, &str>([]).unwrap();
    assert_eq!(read.settings, Settings::default());
    assert!(!read.settings.show_closed_cases && !read.settings.add_summary_to_narrative);
    assert!(read.settings.activity_types_non_billable.is_empty() && read.unknown.is_empty());
}

#[test]
fn every_wrong_one_is_told_at_once_and_every_unknown_one_beside_it() {
    let values = [
        ("SHOW_CLOSED_CASES", "maybe"),
        ("SHOW_CLOSED_CASE", "TRUE"),
        (LIST, "\""),
        ("ADD_SUMMARY_TO_NARRATIVE", "TRUE"),
    ];
    let error = Settings::read(values).unwrap_err();
    let names: Vec<&str> = error.wrong.iter().map(|wrong| wrong.name.as_str()).collect();
    assert_eq!(names, ["SHOW_CLOSED_CASES", LIST]);

    let read = Settings::read(values.into_iter().filter(|(name, _)| !names.contains(name))).unwrap();
    assert_eq!(read.unknown, ["SHOW_CLOSED_CASE"]);
    assert!(read.settings.add_summary_to_narrative && !read.settings.show_closed_cases);
    let lower = Settings::read([("show_closed_cases", "TRUE")]).unwrap();
    assert_eq!((lower.unknown.len(), lower.settings), (1, Settings::default()), "names are exact");
}

/// The example in WiseTime's document has a `true` that is no text.
#[test]
fn a_managed_configuration_may_hold_more_than_texts() {
    let object = |json: serde_json::Value| json.as_object().cloned().unwrap();
    let configuration = object(json!({
        "ADD_SUMMARY_TO_NARRATIVE": true, "SHOW_CLOSED_CASES": 1, (LIST): "Marketing", "TAG_SCAN": "ENABLED"
    }));
    let read = Settings::default().with_json(&configuration).unwrap();
    assert!(read.settings.add_summary_to_narrative && read.settings.show_closed_cases);
    assert_eq!(read.settings.activity_types_non_billable, ["Marketing"]);
    assert_eq!(read.unknown, ["TAG_SCAN"]);

    let absent = Settings::default().with_json(&object(json!({"SHOW_CLOSED_CASES": null}))).unwrap();
    assert_eq!(absent.settings, Settings::default());
    let list = Settings::default().with_json(&object(json!({(LIST): ["Marketing"]}))).unwrap_err();
    assert!(list.to_string().contains(LIST));
}

#[test]
fn the_environment_is_everybodys() {
    let variables = |pairs: &[(&str, &str)]| -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    };
    let set = variables(&[("PATH", "/bin"), ("SHOW_CLOSED_CASES", "yes"), (LIST, "Marketing")]);
    let settings = Settings::from_environment(set).unwrap();
    assert!(settings.show_closed_cases);
    assert_eq!(settings.activity_types_non_billable, ["Marketing"]);

    // What is said nearer to the program counts more than what WiseTime says.
    let managed = Settings::read([("SHOW_CLOSED_CASES", "TRUE"), (LIST, "Travel")]).unwrap().settings;
    let both = managed.with_environment(variables(&[("SHOW_CLOSED_CASES", "FALSE")])).unwrap();
    assert!(!both.show_closed_cases);
    assert_eq!(both.activity_types_non_billable, ["Travel"]);
    let none = both.with_environment(variables(&[(LIST, "\"\"")])).unwrap();
    assert_eq!(none.activity_types_non_billable, [""; 0]);

    let wrong = Settings::from_environment(variables(&[("SHOW_CLOSED_CASES", "x"), (LIST, "\"")]));
    assert_eq!(wrong.unwrap_err().wrong.len(), 2);
}

#[test]
fn each_is_shown_with_its_value_and_whether_it_is_the_default() {
    let shown = Settings::default().to_string();
    assert_eq!(
        shown,
        "SHOW_CLOSED_CASES            FALSE   (default)\n\
         ADD_SUMMARY_TO_NARRATIVE     FALSE   (default)\n\
         ACTIVITY_TYPES_NON_BILLABLE  (none)  (default)"
    );
    let settings = Settings {
        show_closed_cases: true,
        activity_types_non_billable: vec!["Travel, local".into(), "Marketing".into()],
        ..Settings::default()
    };
    let lines = settings.describe();
    assert_eq!(lines[0], ("SHOW_CLOSED_CASES", "TRUE".to_owned(), false));
    assert_eq!(lines[1], ("ADD_SUMMARY_TO_NARRATIVE", "FALSE".to_owned(), true));
    assert_eq!(lines[2], (LIST, r#""Travel, local", Marketing"#.to_owned(), false));
    // What is shown can be set.
    let pairs = lines.iter().map(|(name, value, _)| (name, value));
    assert_eq!(Settings::read(pairs).unwrap().settings, settings);
    assert!(settings.to_string().starts_with("SHOW_CLOSED_CASES            TRUE\n"));
}

/// It is the name that counts: after a renaming in Clio the old one is told, and the category is billable.
#[test]
fn names_that_clio_does_not_have_are_told() {
    let category = |id, name: &str| ActivityCategory {
        id: Id::new(id),
        etag: Etag::new("e"),
        name: name.into(),
        rate: None,
    };
    let settings = read(LIST, r#"marketing , Travel, local, "Travel, local""#).unwrap();
    let before = [category(1, "Marketing"), category(2, "Travel, local")];
    assert_eq!(settings.check(&before), ["Travel", "local"], "a comma without quotes");
    let renamed = [category(1, "Business development"), category(2, "Travel, local")];
    assert_eq!(settings.check(&renamed), ["marketing", "Travel", "local"]);
    assert!(Settings::default().check(&[]).is_empty());
}
