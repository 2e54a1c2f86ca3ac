//! Which phone number of a client is taken, and in which form.

use clio_model::people::ContactPhone;
use phonenumber::{Mode, country};

use crate::{PhoneChoice, Settings, matter::Client};

/// The number in E.164, such as `+14155550123`; `None` if it is none that could be called.
pub(crate) fn normal(number: &str, country: &str) -> Option<String> {
    let country = country.trim().to_uppercase().parse::<country::Id>().ok();
    let number = phonenumber::parse(country, number.trim()).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
}

/// The number of a client that is taken, in E.164.
pub(crate) fn of(client: &Client, all: &[ContactPhone], settings: &Settings) -> Option<String> {
    let valid = |number: Option<&str>| normal(number?, &settings.country);
    let chosen = settings.phones.iter().find_map(|choice| match choice {
        PhoneChoice::Primary => valid(client.primary_phone_number.as_deref()),
        PhoneChoice::Labelled(label) => {
            let mut labelled = all.iter().filter(|phone| phone.name.as_ref() == Some(label));
            labelled.find_map(|phone| valid(phone.number.as_deref()))
        }
    });
    chosen
        .or_else(|| all.iter().find_map(|phone| valid(phone.number.as_deref())))
        .or_else(|| valid(client.primary_phone_number.as_deref()))
}

/// The default number decides by itself: the others need not be asked for.
pub(crate) fn primary_decides(client: &Client, settings: &Settings) -> bool {
    let first = settings.phones.first() == Some(&PhoneChoice::Primary);
    let number = client.primary_phone_number.as_deref();
    first && number.is_some_and(|number| normal(number, &settings.country).is_some())
}

#[cfg(test)]
mod tests {
    use clio_core::decode;
    use serde_json::json;

    use super::*;

    fn client(primary: Option<&str>) -> Client {
        let client = json!({"id": 1, "primary_phone_number": primary});
        decode::<clio_core::schema::objects::Contact, _>(&client.to_string()).unwrap()
    }

    fn phones(numbers: &[(&str, &str)]) -> Vec<ContactPhone> {
        let phone = |(at, (name, number)): (usize, &(&str, &str))| {
            let phone =
                json!({"id": at + 1, "etag": "e", "name": name, "number": number, "default_number": false});
            decode::<clio_core::schema::objects::PhoneNumber, _>(&phone.to_string()).unwrap()
        };
        numbers.iter().enumerate().map(phone).collect()
    }

    #[test]
    fn numbers_become_e_164_as_the_country_has_it() {
        for (number, country, expected) in [
            ("(415) 555-2671", "US", Some("+14155552671")),
            ("415.555.2671", " us ", Some("+14155552671")),
            ("1-415-555-2671", "US", Some("+14155552671")),
            ("+1 415 555 2671", "DE", Some("+14155552671")),
            ("020 7946 0958", "GB", Some("+442079460958")),
            ("+44 20 7946 0958", "US", Some("+442079460958")),
            ("020 7946 0958", "US", None),
            ("(415) 555-2671 x12", "US", Some("+14155552671")),
            ("(415) 555-2671 ext. 12", "US", Some("+14155552671")),
            ("030 901820", "DE", Some("+4930901820")),
        ] {
            assert_eq!(normal(number, country).as_deref(), expected, "{number} in {country}");
        }
    }

    #[test]
    fn what_nobody_can_call_is_no_number() {
        for number in [
            "",
            " ",
            "12",
            "call my sister",
            "+",
            "+999 123 456 789",
            "555-2671",
            "0000000000",
            "415 555 267",
        ] {
            assert_eq!(normal(number, "US"), None, "{number:?}");
        }
        assert_eq!(normal("(415) 555-2671", "no country"), None);
        assert_eq!(normal("+1 415 555 2671", "no country").as_deref(), Some("+14155552671"));
        assert_eq!(normal(&"4".repeat(10_000), "US"), None);
    }

    #[test]
    fn the_first_choice_that_is_valid_is_taken_and_any_valid_one_at_last() {
        let settings = Settings::default();
        let (work, home, mobile) = ("(415) 555-0101", "(415) 555-0102", "(415) 555-0103");
        let all = phones(&[("Work", work), ("Home", home), ("Mobile", "none"), ("Mobile", mobile)]);
        let chosen = |primary, all: &[ContactPhone], settings: &Settings| of(&client(primary), all, settings);
        assert_eq!(chosen(Some(work), &all, &settings).as_deref(), Some("+14155550101"), "the default one");
        assert_eq!(chosen(Some("none"), &all, &settings).as_deref(), Some("+14155550103"), "a mobile one");
        let no_mobile = phones(&[("Work", work), ("Home", home)]);
        assert_eq!(chosen(None, &no_mobile, &settings).as_deref(), Some("+14155550102"), "home before work");
        let fax = phones(&[("Fax", "none"), ("Fax", work)]);
        assert_eq!(chosen(None, &fax, &settings).as_deref(), Some("+14155550101"), "any");
        assert_eq!(chosen(Some("none"), &phones(&[("Home", "12")]), &settings), None);
        let none = Settings { phones: Vec::new(), ..Settings::default() };
        assert_eq!(
            chosen(Some(mobile), &[], &none).as_deref(),
            Some("+14155550103"),
            "the default one at last"
        );
    }

    #[test]
    fn the_others_are_asked_for_where_the_default_one_does_not_decide() {
        let settings = Settings::default();
        assert!(primary_decides(&client(Some("(415) 555-2671")), &settings));
        assert!(!primary_decides(&client(Some("12")), &settings));
        assert!(!primary_decides(&client(None), &settings));
        let mobile = PhoneChoice::Labelled(clio_core::schema::choices::PhoneNumberName::Mobile);
        let mobile_first = Settings { phones: vec![mobile, PhoneChoice::Primary], ..Settings::default() };
        assert!(!primary_decides(&client(Some("(415) 555-2671")), &mobile_first));
    }
}
