use proptest::prelude::*;

use super::*;
use crate::ErrorKind;

fn pattern(text: &str) -> NumberPattern {
    text.parse().unwrap()
}

#[test]
fn the_ones_of_clios_help() {
    for (text, ready, number) in [
        ("[00001]-[client]", NumberPattern::clio_default(), "00001-Byron"),
        ("[00001]", NumberPattern::counter_only(), "00001"),
        ("[YYYY]-[00001]", NumberPattern::yearly(), "2026-00001"),
        ("[YYYY]-[MM]-[00001]", NumberPattern::monthly(), "2026-03-00001"),
    ] {
        assert_eq!((pattern(text), ready.to_string()), (ready.clone(), text.to_owned()));
        assert_eq!(ready.read(&number.parse().unwrap()).unwrap().counter, 1);
    }
}

#[test]
fn a_number_of_another_pattern_is_refused() {
    let default = NumberPattern::clio_default();
    for number in
        ["1-Byron", "00001", "00001-", "000001-Byron", "Byron-00001", "x00001-Byron", "00001- Byron"]
    {
        assert!(!default.fits(&number.parse().unwrap()), "{number}");
    }
    assert!(default.fits(&"100000-Byron".parse().unwrap()), "more digits than the width");
    assert!(!default.fits(&"99999999999999999999-Byron".parse().unwrap()), "more than can be counted");
    for number in ["26-03-00001", "2026-3-00001", "2026-13-00001", "2026-03-00001-Byron"] {
        assert!(!NumberPattern::monthly().fits(&number.parse().unwrap()), "{number}");
    }
}

/// One of the fields that Clio's help lists.
#[test]
fn a_year_may_have_two_digits() {
    let pattern = pattern("[YY]/[001]");
    let parts = NumberParts { counter: 7, year: Some(26), ..NumberParts::default() };
    assert_eq!(pattern.read(&"26/007".parse().unwrap()).unwrap(), parts);
    assert_eq!(pattern.number(&parts).unwrap().as_str(), "26/007");
    assert!(pattern.number(&NumberParts { year: Some(2026), ..parts }).is_err());
    assert!("[YY]-[YYYY]-[001]".parse::<NumberPattern>().is_err());
}

#[test]
fn a_client_may_be_called_like_a_number() {
    let pattern = pattern("[client]-[001]");
    let parts = pattern.read(&"Route-66-007".parse().unwrap()).unwrap();
    assert_eq!((parts.client.as_deref(), parts.counter), (Some("Route-66"), 7));
}

#[test]
fn a_pattern_that_could_be_read_in_two_ways_is_refused() {
    for text in [
        "",
        "[client]",
        "[001][client]",
        "[YYYY][001]",
        "[001]-[001]",
        "[001]-[client]-[client]",
        "7[001]",
        "[001]0-[client]",
        "[001",
        "[001]]",
        "[002]-x",
        "[]",
        "[Client]-[1]",
        " [001]",
        "[00000000000000000001]",
    ] {
        assert_eq!(text.parse::<NumberPattern>().unwrap_err().kind(), ErrorKind::Invalid, "{text}");
    }
}

#[test]
fn parts_that_the_pattern_cannot_show_are_refused() {
    let byron = NumberParts { counter: 1, client: Some("Byron".into()), ..NumberParts::default() };
    assert!(NumberPattern::counter_only().number(&byron).is_err(), "a client too many");
    let nobody = NumberParts { client: None, ..byron.clone() };
    assert!(NumberPattern::clio_default().number(&nobody).is_err());
    let blank = NumberParts { client: Some(" Byron".into()), ..byron };
    assert!(NumberPattern::clio_default().number(&blank).is_err());
    let month = NumberParts { month: Some(13), year: Some(2026), ..nobody };
    assert!(NumberPattern::monthly().number(&month).is_err());
}

fn patterns() -> impl Strategy<Value = NumberPattern> {
    let parts = prop::sample::subsequence(vec!["[client]", "[YYYY]", "[MM]"], 0..=3);
    let year = prop::sample::select(vec!["[YYYY]", "[YY]"]);
    let counter = prop::sample::select(vec!["[1]", "[001]", "[00001]"]);
    (parts, year, counter, "[-. /_a-z]{1,3}", "(|[A-Z(]{1,2})").prop_flat_map(
        |(mut parts, year, counter, between, before)| {
            parts.iter_mut().filter(|part| **part == "[YYYY]").for_each(|part| *part = year);
            parts.push(counter);
            Just(parts)
                .prop_shuffle()
                .prop_map(move |parts| pattern(&format!("{before}{}", parts.join(&between))))
        },
    )
}

proptest! {
    #[test]
    fn a_pattern_is_printed_and_read_back(pattern in patterns()) {
        prop_assert_eq!(pattern.to_string().parse::<NumberPattern>().unwrap(), pattern);
    }

    #[test]
    fn a_number_is_printed_and_read_back(
        pattern in patterns(),
        counter in prop_oneof![0_u64..200_000, any::<u64>()],
        client in "[A-Za-z0-9](|[-A-Za-z0-9 .é]{0,8}[A-Za-z0-9é])",
        year in 0_u16..10_000,
        month in 1_u8..=12,
    ) {
        let has = |part: &Part| pattern.0.contains(part);
        let parts = NumberParts {
            counter,
            client: has(&Part::Client).then_some(client),
            year: if has(&Part::ShortYear) { Some(year % 100) } else { has(&Part::Year).then_some(year) },
            month: has(&Part::Month).then_some(month),
        };
        let number = pattern.number(&parts).unwrap();
        prop_assert_eq!(pattern.read(&number).unwrap(), parts);
    }

    #[test]
    fn what_is_read_is_printed_as_it_was(pattern in patterns(), text in "[-0-9A-Z. ]{1,14}") {
        let Ok(number) = text.parse::<MatterNumber>() else { return Ok(()) };
        if let Ok(parts) = pattern.read(&number) {
            prop_assert_eq!(pattern.number(&parts).unwrap(), number);
        }
    }
}
