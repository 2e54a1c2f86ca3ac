//! Each tag is sent again within a fortnight, in portions.

use clio_sync::LineOutcome;
use clio_wisetime::wire::DeleteTag;

use crate::bench::Bench;
use crate::office::{SWEEP, TAGS, lines};

#[tokio::test(start_paused = true)]
async fn tags_that_were_lost_at_wisetime_come_back_within_a_fortnight() {
    let office = Bench::with(|clio| clio.matters(60), |team| team);
    let firm = office.firm();
    firm.run(TAGS).await.expect("a run");
    for name in office.tags().into_keys() {
        assert!(office.client().delete_tag(&DeleteTag::Name(name)).await.expect("deleted"));
    }
    let mut most = 0;
    for _ in 0..13 {
        office.days(1).await;
        let report = firm.run(SWEEP).await.expect("a sweep");
        most = most.max(lines(&report, LineOutcome::Updated).len());
        firm.run(TAGS).await.expect("a run");
    }
    office.assert_tags("all are back");
    assert!(most < 20, "in portions: {most}");
}

/// The name of a tag is its key. Of two matters that share it only one can have the tag, always the same, and the firm hears
/// of the other. When the one goes, the other has it.
#[tokio::test(start_paused = true)]
async fn of_two_matters_with_one_number_the_other_is_told_until_the_first_goes() {
    let office = Bench::new();
    let number = office.matter(1).1;
    office.rename(5, &number);
    let firm = office.firm();
    let report = firm.run(TAGS).await.expect("a run");
    let [line] = lines(&report, LineOutcome::Rejected)[..] else { panic!("one line: {report:?}") };
    let owner = office.tags()[&number].clone();
    assert_ne!(owner, line.id);
    let told = format!("matter {owner} has the number {number} too");
    assert!(line.reason.as_ref().is_some_and(|reason| reason.contains(&told)), "{:?}", line.reason);
    for _ in 0..30 {
        office.days(1).await;
        firm.run(SWEEP).await.expect("a sweep");
        assert_eq!((&office.tags()[&number], office.letters().await.len()), (&owner, 1));
    }
    let (at, other) = if office.matter(1).0.to_string() == owner { (1, 5) } else { (5, 1) };
    office.close(at);
    firm.run(TAGS).await.expect("a run");
    assert_eq!(office.tags().get(&number), None);
    for _ in 0..13 {
        office.days(1).await;
        firm.run(SWEEP).await.expect("a sweep");
    }
    assert_eq!(office.tags()[&number], office.matter(other).0.to_string());
    assert_eq!(office.letters().await, []);
}
