use clio_core::Id;

use super::*;
use crate::{MatterId, ProjectId, Service};

fn project(name: &str, price: &str, services: &[&str]) -> Project {
    let service = |text: &&str| Service { description: (*text).to_owned(), chosen: true };
    Project {
        id: ProjectId::new("p"),
        matter: MatterId::new("m"),
        name: name.into(),
        price: price.parse().unwrap(),
        services: services.iter().map(service).collect(),
        scoped_on: NaiveDate::from_ymd_opt(2026, 2, 1),
        status: None,
        lock: None,
    }
}

fn connection() -> Connection {
    let since = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    Connection { matter: MatterId::new("m"), clio_matter: Id::new(7), clio_client: Id::new(3), since }
}

fn settings() -> Settings {
    Settings::new(Currency::USD, FeeForm::Category(Id::new(9)))
}

fn note_of(name: &str, services: &[&str]) -> String {
    fee(&project(name, "10 USD", services), &connection(), &settings()).unwrap().note
}

#[test]
fn a_project_becomes_a_flat_fee_of_its_exact_amount() {
    let one = project("Shareholder agreement", "1500 USD", &["Drafting", "Two rounds of comments"]);
    let written = write(&one, &connection(), &settings()).unwrap();
    assert_eq!(
        written.payload,
        "{\"type\":\"TimeEntry\",\"date\":\"2026-03-02\",\"quantity\":60,\"matter\":{\"id\":7},\
         \"note\":\"Shareholder agreement\\n• Drafting\\n• Two rounds of comments\",\
         \"activity_description\":{\"id\":9},\"price\":1500}",
    );
    assert_eq!(written.label, "1500.00 USD Shareholder agreement (2 bullets)");
}

#[test]
fn an_expense_a_user_and_another_day_are_choices() {
    let mut chosen = Settings::new(Currency::USD, FeeForm::Expense);
    (chosen.date, chosen.user) = (FeeDate::Scoped, Some(Id::new(4)));
    let content = write(&project("Will", "0.01 USD", &[]), &connection(), &chosen).unwrap().content;
    assert_eq!((&content["type"], &content["quantity"]), (&"ExpenseEntry".into(), &"1".into()));
    assert_eq!((&content["date"], &content["user.id"]), (&"2026-02-01".into(), &4.into()));
    let undated = Project { scoped_on: None, ..project("Will", "1 USD", &[]) };
    assert_eq!(fee(&undated, &connection(), &chosen).unwrap().date, connection().since);
}

#[test]
fn only_what_was_chosen_is_on_the_bill() {
    let mut one = project("Will", "10 USD", &["Drafting", "Signing"]);
    one.services[0].chosen = false;
    assert_eq!(fee(&one, &connection(), &settings()).unwrap().note, "Will\n• Signing");
}

#[test]
fn a_price_that_cannot_be_billed_is_refused() {
    for (price, unfit) in [
        ("-1 USD", Unfit::NegativePrice),
        ("0.00 USD", Unfit::NoPrice),
        ("1500.005 USD", Unfit::PartOfACoin),
        ("1500 CAD", Unfit::ForeignCurrency { price: Currency::CAD, firm: Currency::USD }),
    ] {
        assert_eq!(fee(&project("Will", price, &[]), &connection(), &settings()), Err(unfit), "{price}");
    }
    let fits = fee(&project("Will", "1500.5000 USD", &[]), &connection(), &settings());
    assert_eq!(fits.unwrap().amount, "1500.50 USD".parse().unwrap(), "noughts are no part of a coin");
}

#[test]
fn a_description_is_one_line_and_has_one_bullet() {
    for (text, shown) in [
        ("two\r\nlines\n\nand a tab\there", "two lines and a tab here"),
        ("• - * Drafting", "Drafting"),
        ("•Drafting", "Drafting"),
        ("-5 % for cash", "-5 % for cash"),
        ("inside • stays", "inside • stays"),
        ("נוסח ראשון של ההסכם", "נוסח ראשון של ההסכם"),
        ("\u{202b}עברית\u{202c}", "\u{202b}עברית\u{202c}"),
        ("👩🏽‍⚖️ Hearing", "👩🏽‍⚖️ Hearing"),
        ("bell\u{7}", "bell"),
    ] {
        assert_eq!(note_of("Will", &[text]), format!("Will\n• {shown}"), "{text:?}");
    }
    assert_eq!(note_of("  Will \n and codicil ", &[" ", "•"]), "Will and codicil");
}

#[test]
fn a_long_note_is_sent_whole_unless_the_firm_limits_it() {
    let long = "Ω".repeat(5_000);
    assert_eq!(note_of("Will", &[&long]).chars().count(), 5_007);
    let limited = Settings { longest_note: Some(5_000), ..settings() };
    let refused = fee(&project("Will", "1 USD", &[&long]), &connection(), &limited);
    assert_eq!(refused, Err(Unfit::NoteTooLong { letters: 5_007, longest: 5_000 }));
}

#[test]
fn what_nobody_can_see_is_no_name() {
    for name in ["", " \n", "\u{7}"] {
        assert_eq!(fee(&project(name, "1 USD", &[]), &connection(), &settings()), Err(Unfit::NoName));
    }
}

#[test]
fn a_fee_of_no_time_is_a_wrong_setting() {
    let none = Settings { duration: clio_core::Seconds(0), ..settings() };
    let refused = write(&project("Will", "1 USD", &[]), &connection(), &none);
    assert!(matches!(refused, Err(Unfit::NoFee(_))), "{refused:?}");
}

#[test]
fn debug_shows_no_words() {
    let one = project("Will of Ada", "1 USD", &["Ada's codicil"]);
    let fee = fee(&one, &connection(), &settings()).unwrap();
    assert!(!format!("{one:?} {fee:?}").contains("Ada"));
}
