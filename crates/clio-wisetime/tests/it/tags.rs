//! Matters are tags, and follow what becomes of them: WT2, WT3, WT12.

use clio_sync::{Brake, ErrorKind, LineOutcome, Scope};

use crate::bench::Bench;
use crate::office::{SWEEP, TAGS, closed_too, lines};

/// WT2.
#[tokio::test(start_paused = true)]
async fn wt2_matters_are_tags_with_number_description_address_and_keyword() {
    let office = Bench::new();
    office.firm().run(TAGS).await.expect("a run");
    office.assert_tags("each matter has its tag");
    let matter = &office.clio.matters()[0];
    let tags = office.wisetime.tags();
    let tag = tags.iter().find(|tag| tag.name == matter.display_number).expect("a tag");
    let url = format!("https://clio.test/nc/#/matters/{}", matter.id);
    assert_eq!(tag.url.as_deref(), Some(url.as_str()));
    assert!(tag.description.as_deref().is_some_and(|text| text.ends_with(&matter.description)), "{tag:?}");
    assert_eq!(tag.keywords, std::slice::from_ref(&matter.display_number));
}

/// WT2: a number that is changed is another tag, and the old one goes.
#[tokio::test(start_paused = true)]
async fn wt2_a_renamed_matter_has_its_new_tag_and_not_the_old_one() {
    let office = Bench::new();
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    office.later().await;
    office.rename(4, "00099-Renamed");
    let before = office.calls();
    firm.run(TAGS).await.expect("a run");
    office.assert_tags("renamed");
    assert_eq!(office.asked_since(before), ["tag/batch", "tag/delete"]);
}

/// Of two that change their numbers with each other neither loses its tag, whichever comes first.
#[tokio::test(start_paused = true)]
async fn matters_that_exchange_their_numbers_keep_a_tag_each() {
    for [one, other] in [[1, 6], [6, 1]] {
        let office = Bench::new();
        let firm = office.firm();
        firm.run(TAGS).await.expect("a run");
        office.later().await;
        let (first, second) = (office.matter(one).1, office.matter(other).1);
        office.rename(one, &second);
        office.rename(other, &first);
        firm.run(TAGS).await.expect("a run");
        office.assert_tags("exchanged");
    }
}

/// The number of a closed matter goes to another one in the same run.
#[tokio::test(start_paused = true)]
async fn a_number_that_is_taken_over_from_a_closed_matter_keeps_its_tag() {
    for [closed, heir] in [[1, 6], [6, 1]] {
        let office = Bench::new();
        let firm = office.firm();
        firm.run(TAGS).await.expect("a run");
        office.later().await;
        let number = office.matter(closed).1;
        office.close(closed);
        office.rename(closed, "00098-Old");
        office.rename(heir, &number);
        firm.run(TAGS).await.expect("a run");
        office.assert_tags("taken over");
    }
}

/// WT3, FALSE.
#[tokio::test(start_paused = true)]
async fn wt3_false_a_closed_matter_has_no_tag_until_it_is_opened_again() {
    let office = Bench::new();
    office.close(2);
    let firm = office.firm();
    let report = firm.run(TAGS).await.expect("a run");
    office.assert_tags("closed before");
    assert_eq!(lines(&report, LineOutcome::Skipped).len(), 1);
    office.later().await;
    office.close(3);
    let report = firm.run(TAGS).await.expect("a run");
    office.assert_tags("closed now");
    let [line] = lines(&report, LineOutcome::Deleted)[..] else { panic!("one line: {report:?}") };
    assert!(line.label.contains("time that was tagged with it before can still be posted"), "{}", line.label);
    office.later().await;
    office.reopen(2);
    office.reopen(3);
    let report = firm.run(TAGS).await.expect("a run");
    office.assert_tags("opened again");
    assert_eq!(lines(&report, LineOutcome::Created).len(), 2);
}

/// WT3, TRUE.
#[tokio::test(start_paused = true)]
async fn wt3_true_closed_matters_are_tags_for_a_team_that_wants_them() {
    let office = Bench::new();
    office.close(2);
    let firm = office.firm_with(closed_too());
    firm.run(TAGS).await.expect("a run");
    office.later().await;
    office.close(3);
    firm.run(TAGS).await.expect("a run");
    assert_eq!(office.tags(), office.expected(true));
    assert_eq!(office.tags().len(), office.clio.matters().len());
}

/// Nobody resets anything, and no matter changes.
#[tokio::test(start_paused = true)]
async fn another_setting_is_in_force_at_the_next_run() {
    let office = Bench::new();
    office.close(2);
    office.firm().run(TAGS).await.expect("a run");
    office.later().await;
    for round in 0..2 {
        office.firm_with(closed_too()).run(TAGS).await.expect("a run");
        assert_eq!(office.tags(), office.expected(true), "TRUE, {round}");
        let report = office.firm().run(TAGS).await.expect("a run");
        office.assert_tags("FALSE");
        assert_eq!(lines(&report, LineOutcome::Deleted).len(), 1);
        let before = office.calls();
        office.firm().run(TAGS).await.expect("a run");
        let after = office.calls();
        assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 0], "all is read once: {round}");
    }
}

/// WT12: no list of Clio tells that a matter was deleted.
#[tokio::test(start_paused = true)]
async fn wt12_the_tag_of_a_deleted_matter_goes_with_the_second_sweep() {
    let office = Bench::new();
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    office.later().await;
    office.delete_matter(office.matter(3).0);
    firm.run(TAGS).await.expect("a run");
    firm.run(SWEEP).await.expect("a sweep");
    assert_eq!(office.tags().len(), 8, "once may be by chance");
    office.days(1).await;
    let report = firm.run(SWEEP).await.expect("a sweep");
    office.assert_tags("deleted");
    let [line] = lines(&report, LineOutcome::Deleted)[..] else { panic!("one line: {report:?}") };
    assert!(line.label.contains("cannot be posted to it any more"), "{}", line.label);
}

/// Whoever loses his rights sees no matters.
#[tokio::test(start_paused = true)]
async fn many_matters_that_are_gone_at_once_are_not_believed() {
    let office = Bench::with(|clio| clio.matters(40), |team| team);
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    office.later().await;
    for at in (0..=Brake::default().count).rev() {
        office.delete_matter(office.matter(at).0);
    }
    firm.run(SWEEP).await.expect("a sweep");
    office.days(1).await;
    let error = firm.run(SWEEP).await.expect_err("a brake");
    assert_eq!((error.kind(), office.tags().len()), (ErrorKind::Braked, 40));
    firm.run_scoped(SWEEP, Scope::SweepWithoutBrake).await.expect("a person has looked");
    office.assert_tags("let go");
}

/// One by its id is asked for at once, as when Clio's webhook told of it.
#[tokio::test(start_paused = true)]
async fn one_matter_that_is_deleted_and_asked_for_loses_its_tag() {
    let office = Bench::new();
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    let id = office.matter(3).0;
    office.delete_matter(id);
    firm.run_one(TAGS, &id.to_string()).await.expect("a run");
    office.assert_tags("deleted");
}

/// A page of Clio is 200 matters, a batch of WiseTime 2,000 tags.
#[tokio::test(start_paused = true)]
async fn it_takes_as_few_requests_as_it_can() {
    let office = Bench::with(|clio| clio.matters(400), |team| team);
    let firm = office.firm();
    for expected in [[2, 1], [1, 0]] {
        let before = office.calls();
        firm.run(TAGS).await.expect("a run");
        let after = office.calls();
        assert_eq!([after[0] - before[0], after[1] - before[1]], expected);
        office.later().await;
    }
    office.assert_tags("all");
}
