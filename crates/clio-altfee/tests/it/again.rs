//! What was kept or refused, when the matter is free again.

use std::time::Duration;

use clio_altfee::{Leaving, Unbilled};

use crate::bench::{Bench, bill, dec, today};

const PROJECTS: &str = "altfee/projects";

/// A project is taken out while its matter is not connected, and its fee was kept: connecting again takes it away.
#[tokio::test(start_paused = true)]
async fn what_was_kept_of_a_project_that_is_gone_goes() {
    for billed in [false, true] {
        let bench = Bench::new().await;
        let (matter, session) = (bench.connected().await, bench.session());
        let keep = Leaving { unbilled: Unbilled::Keep, ..Leaving::default() };
        session.disconnect(&matter, keep).await.expect("disconnected");
        let project = bench.projects(&matter).await.remove(0).id;
        bench.book.remove_project(&project).expect("removed");
        for _ in 0..3 {
            bench.clio.clock().sleep(Duration::from_secs(24 * 3600)).await;
            bench.firm.run(PROJECTS).await.expect("run");
        }
        assert_eq!(bench.fees().len(), 2, "it is not connected");
        if billed {
            bill(&bench, &[0]);
        }
        let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
        let gone = if billed { vec![] } else { vec![project.clone()] };
        assert_eq!(preview.gone, gone);
        let told = format!("{project}: it was taken out of its matter at AltFee, and is deleted");
        assert_eq!(preview.to_string().contains(&told), !billed, "{preview}");
        session.confirm(&preview).await.expect("connected");
        bench.firm.run(PROJECTS).await.expect("run");
        assert_eq!(bench.fees().len(), if billed { 2 } else { 1 });
    }
}

/// A price changes before AltFee is told of the draft, and Clio refuses it; once the draft is deleted it is sent.
#[tokio::test(start_paused = true)]
async fn what_a_bill_refused_is_sent_once_the_bill_is_gone() {
    let bench = Bench::new().await;
    let (matter, session) = (bench.connected().await, bench.session());
    bench.firm.run(PROJECTS).await.expect("run");
    let draft = bill(&bench, &[0]);
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("AltFee was not told");
    bench.firm.run(PROJECTS).await.expect("run");
    session.refresh(&matter).await.expect("told");
    assert_eq!(bench.fees()[0].2, dec("1250"), "it is on a draft");
    assert!(bench.world.person("Ada").delete_bill(draft));
    session.refresh(&matter).await.expect("told");
    bench.firm.run_to_rest(PROJECTS).await.expect("run");
    assert_eq!(bench.fees()[0].2, dec("1300"));
    assert!(session.confirmation(&matter).await.expect("read").is_complete());
}
