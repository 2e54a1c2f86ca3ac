//! Tags that WiseTime refuses, one or many: WT13.

use clio_sync::{IntentState, LineOutcome, Store};

use crate::bench::Bench;
use crate::office::{SWEEP, TAGS, lines};

/// Whether WiseTime says which ones are bad or not, and whether it takes the others or not.
#[tokio::test(start_paused = true)]
async fn bad_tags_keep_no_good_one_out() {
    for (silent, keeps) in [(false, false), (false, true), (true, false), (true, true)] {
        let office =
            Bench::with(|clio| clio.matters(40), |team| team.silent_refusals(silent).keeps_good_tags(keeps));
        for at in [0, 17, 39] {
            office.rename(at, " ");
        }
        let before = office.calls();
        let report = office.firm().run(TAGS).await.expect("a run");
        assert_eq!(lines(&report, LineOutcome::Created).len(), 37, "{silent} {keeps}");
        assert_eq!(office.tags().len(), 37);
        let letters = office.letters().await;
        assert_eq!(letters.len(), 3);
        assert!(letters.iter().all(|letter| !letter.reason.is_empty()));
        let asked = office.asked_since(before).len();
        assert!(asked <= if silent { 30 } else { 2 }, "{asked} requests");
        let before = office.calls();
        office.firm().run(TAGS).await.expect("a run");
        assert_eq!(office.asked_since(before), [""; 0], "what was refused is not sent again");
    }
}

/// WT13: told once, in words, and the rest goes on.
#[tokio::test(start_paused = true)]
async fn wt13_tags_beyond_the_plan_are_told_once_and_come_in_after_an_upgrade() {
    let office = Bench::with(|clio| clio.matters(40), |team| team.tag_limit(Some(25)));
    let firm = office.firm();
    let before = office.calls();
    let report = firm.run(TAGS).await.expect("a run");
    assert_eq!((lines(&report, LineOutcome::Created).len(), office.tags().len()), (25, 25));
    let refused = lines(&report, LineOutcome::Rejected);
    assert_eq!(refused.len(), 15);
    assert!(refused.iter().all(|line| line.reason.as_ref().is_some_and(|reason| reason.contains("upgrade"))));
    assert!(office.asked_since(before).len() <= 14, "{:?}", office.asked_since(before));
    assert_eq!(office.letters().await.len(), 15);

    // Not in a loop, and updates of tags that stand go on.
    let tagged = (0..40).find(|at| office.tags().contains_key(&office.matter(*at).1)).expect("a tag");
    office.later().await;
    office.rename(tagged, "00077-Renamed");
    for expected in [2, 0, 0] {
        let before = office.calls();
        firm.run(TAGS).await.expect("a run");
        let asked = office.asked_since(before);
        assert!(asked.len() <= expected + 2, "{asked:?}");
        office.later().await;
    }
    assert!(office.tags().contains_key("00077-Renamed"), "a renamed tag takes the place of its old one");
    assert_eq!(office.tags().len(), 25);

    // Renewals ask again now and then, and leave one letter each.
    for _ in 0..13 {
        office.days(1).await;
        firm.run(SWEEP).await.expect("a sweep");
    }
    assert_eq!((office.tags().len(), office.letters().await.len()), (25, 15));

    office.wisetime.change_plan(None);
    for letter in office.letters().await {
        firm.retry(&letter).await.expect("a retry");
    }
    office.assert_tags("all came in");
    assert_eq!(office.letters().await, []);
    assert_eq!(office.store().intents("acme-law", IntentState::Planned).await.expect("intents"), []);
}

/// A tag that goes makes room for a new one in the same run.
#[tokio::test(start_paused = true)]
async fn a_closed_matter_makes_room() {
    let office = Bench::with(|clio| clio, |team| team.tag_limit(Some(7)));
    office.close(0);
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    office.assert_tags("seven");
    office.later().await;
    office.reopen(0);
    office.close(7);
    firm.run(TAGS).await.expect("a run");
    office.assert_tags("another seven");
    assert_eq!(office.letters().await, []);
}

/// WiseTime says that it takes 400 tags or none; no number of pages goes wrong.
#[tokio::test(start_paused = true)]
async fn a_refusal_in_a_late_page_takes_nothing_from_the_early_ones() {
    let office = Bench::with(|clio| clio.matters(450), |team| team.silent_refusals(true));
    office.rename(449, " ");
    office.firm().run(TAGS).await.expect("a run");
    assert_eq!((office.tags().len(), office.letters().await.len()), (449, 1));
}
