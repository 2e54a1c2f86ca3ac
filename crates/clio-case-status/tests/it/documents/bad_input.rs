//! Files that cannot be taken over as they are: each is told, and keeps no other from coming.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use clio_api::files::Content;
use clio_sync::{LineOutcome, Report};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::{POLL, bench, case_of, documents, names, poll, sizes};
use crate::bench::Bench;

/// What is left of a file that was deleted while it was read.
struct Gone;

impl AsyncRead for Gone {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::other("the file is gone")))
    }
}

fn reason(report: &Report, outcome: LineOutcome) -> &str {
    let line = report.lines.iter().find(|line| line.outcome == outcome).expect("a line");
    line.reason.as_deref().expect("a reason")
}

#[tokio::test(start_paused = true)]
async fn a_file_of_a_case_without_a_matter_is_left_out_and_of_one_that_names_none_told() {
    let (bench, case) = bench().await;
    for (named, outcome, said) in [
        ("  ", LineOutcome::Skipped, "the case is of no matter in Clio"),
        ("abc", LineOutcome::Rejected, "Clio has no matter abc, which the case names"),
        ("-7", LineOutcome::Rejected, "Clio has no matter -7, which the case names"),
        ("1e3", LineOutcome::Rejected, "Clio has no matter 1e3, which the case names"),
        ("99999999", LineOutcome::Rejected, "Clio has no matter 99999999, which the case names"),
    ] {
        let other = case_of(&bench, named).await;
        bench.desk.upload(&other, "lost.txt", "x").expect("a file");
        let report = poll(&bench).await;
        assert_eq!(reason(&report, outcome), said, "{named}");
        bench.pass(POLL).await;
    }
    bench.desk.upload(&case, "found.txt", "x").expect("a file");
    poll(&bench).await;
    assert_eq!(names(&bench, bench.matter(0)), ["found.txt"]);
    assert_eq!(bench.world.uploads().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_made_fit_for_a_file() {
    let (bench, case) = bench().await;
    for name in [
        "../../a/b\\c.txt",
        "x\u{0}\r\n.txt",
        ".profile",
        "NUL.txt",
        "a\u{202E}txt.exe",
        "",
        &"y".repeat(999),
    ] {
        bench.desk.upload(&case, name, "x").expect("a file");
    }
    poll(&bench).await;
    let mut names = names(&bench, bench.matter(0));
    names.sort();
    let long = "y".repeat(255);
    let mut fit = ["_.._a_b_c.txt", "x___.txt", "profile", "_NUL.txt", "a_txt.exe", "unnamed", &long]
        .map(str::to_owned);
    fit.sort();
    assert_eq!(names, fit);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_too_large_is_told_with_both_sizes_and_comes_once_the_limit_is_raised() {
    let mut bench = Bench::with(|world| world.matters(2), |set, _| set.largest_file = Some(4 << 10)).await;
    let matter = bench.matter(0);
    let case = case_of(&bench, &matter.to_string()).await;
    bench.desk.upload(&case, "small.bin", vec![1; 4 << 10]).expect("a file");
    bench.desk.upload(&case, "large.bin", vec![1; (4 << 10) + 1]).expect("a file");
    let report = poll(&bench).await;
    let said = "the file has 4.1 KiB, and at most 4.0 KiB are taken over";
    assert_eq!(reason(&report, LineOutcome::Rejected), said);
    assert_eq!(names(&bench, matter), ["small.bin"]);
    bench.restart_with(|set, _| set.largest_file = None);
    bench.pass(POLL).await;
    poll(&bench).await;
    assert_eq!(names(&bench, matter), ["small.bin", "large.bin"]);
    assert!(bench.firm.dead_letters().await.expect("letters").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_turns_out_too_large_leaves_nothing_behind() {
    let bench = Bench::with(|world| world.matters(2), |set, _| set.largest_file = Some(1000)).await;
    let case = case_of(&bench, &bench.matter(0).to_string()).await;
    let endless = || Content::reader(tokio::io::repeat(7));
    bench.desk.upload_made(&case, "endless.bin", None, endless).expect("a file");
    let report = poll(&bench).await;
    assert!(reason(&report, LineOutcome::Rejected).contains("more than 1000 bytes"), "{report:?}");
    assert!(documents(&bench, bench.matter(0)).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_vanished_before_it_was_read_is_never_begun() {
    let (bench, case) = bench().await;
    // It is listed, and gone when it is opened.
    let file = bench.desk.upload(&case, "gone.txt", "x").expect("a file");
    let gone = bench.desk.clone();
    gone.fail(2, clio_case_status::DeskFault::Gone);
    bench.desk.upload(&case, "here.txt", "x").expect("a file");
    let report = poll(&bench).await;
    assert_eq!(report.count(LineOutcome::Rejected), 1, "{report:?}");
    assert_eq!(names(&bench, bench.matter(0)), ["here.txt"]);
    let begun = bench.world.calls().iter().filter(|call| call.method == "POST").count();
    assert_eq!(begun, 1, "{file}");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_vanishes_midway_leaves_no_document_and_comes_when_it_changes() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let broken = || Content::reader_of(tokio::io::repeat(7).take(100).chain(Gone), 500);
    let file = bench.desk.upload_made(&case, "half.bin", Some(500), broken).expect("a file");
    let mut report = poll(&bench).await;
    if report.pending > 0 {
        report = bench.firm.run_to_rest(super::FLOW).await.expect("at rest");
    }
    assert!(documents(&bench, matter).is_empty(), "{report:?}");
    assert!(bench.world.uploads().is_empty());
    bench.pass(POLL).await;
    assert!(bench.desk.replace(&file, "whole"));
    bench.firm.run_to_rest(super::FLOW).await.expect("at rest");
    assert_eq!(names(&bench, matter), ["half.bin"]);
    assert_eq!(sizes(&bench, &documents(&bench, matter)[0]), [5]);
}
