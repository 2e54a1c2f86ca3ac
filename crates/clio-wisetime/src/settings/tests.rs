//! A list of names in one text, and whether time is billable.

use proptest::prelude::*;

use super::{Settings, names};

fn split(text: &str) -> Vec<String> {
    names::split(text).expect("a list of names")
}

#[test]
fn a_list_is_written_as_people_write_it() {
    assert_eq!(split("Non-Billable, Marketing"), ["Non-Billable", "Marketing"]);
    assert_eq!(split(" , Marketing ,, marketing ,"), ["Marketing"], "no name twice, and none that is empty");
    assert_eq!(split(""), [""; 0]);
    assert_eq!(split(r#"Marketing, "Travel, local" ,Pro bono"#), ["Marketing", "Travel, local", "Pro bono"]);
    assert_eq!(split(r#""The ""old"" one",27" screens"#), [r#"The "old" one"#, r#"27" screens"#]);
    assert_eq!(split(r#""""#), [""; 0]);
}

#[test]
fn a_list_that_is_none_is_told() {
    assert!(names::split(r#"Marketing, "Travel, local"#).unwrap_err().contains("not closed"));
    assert!(names::split(r#""Travel" local, Marketing"#).unwrap_err().contains("comma"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(names in prop::collection::vec(r#"[a-c",]{1,6}"#, 0..5)) {
        let mut different: Vec<String> = Vec::new();
        for name in names {
            if !different.iter().any(|known| names::same(known, &name)) {
                different.push(name);
            }
        }
        prop_assert_eq!(split(&names::join(&different)), different);
    }
}

#[test]
fn a_name_is_the_same_in_any_case_and_with_blanks_around() {
    let settings = Settings { activity_types_non_billable: vec![" MARKETING".into()], ..Settings::default() };
    assert!(settings.is_non_billable("Marketing "));
    assert!(!settings.is_non_billable("Marketing (events)"));
    assert!(!Settings::default().is_non_billable(""));
}
