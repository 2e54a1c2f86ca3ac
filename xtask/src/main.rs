//! The chores of this workspace: `cargo xtask` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;

use xtask::{
    arrows, bench_build, codegen,
    coverage::{Coverage, Tables, Typed},
    simulation,
};

const HELP: &str = "usage: cargo xtask TASK

tasks:
  arrows                          check which crate depends on which against the table in docs/ARCHITECTURE.md
  bench-build [--peers]           time the builds of small crates of users, and of clio-api and clio-schema; append to
                                  docs/build-times.jsonl; with --peers beside other API clients, as docs/BUILD-TIMES.md
  codegen [--spec FILE] [--check] generate code from the facts in crates/clio-codegen/schema; with --spec from Clio's
                                  OpenAPI document, such as ../shared/specs/clio-manage-v4.openapi.json, whose facts
                                  are then written there; with --check write nothing and fail where files differ
  coverage --spec FILE            count what Clio's OpenAPI document has against what the tables hold and what typed calls
                                  really send; fail if any is missing
  crash [--rounds N] [--seed S]   kill and suspend processes that write to a real file; fail if anything is doubled or lost
  mutants                         break the engine on purpose; fail if a mutant lives, or the sound engine fails a trial
  simulate [--seeds N] [--seed S] put the engine through every fault and crash, and random weeks; fail if anything is
                                  doubled, lost, touched or parked; --seed replays one; --stride N thins the enumeration";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let done = match arguments.next().as_deref() {
        Some("arrows") => check_arrows(),
        Some("bench-build") => bench(arguments),
        Some("codegen") => generate(arguments),
        Some("coverage") => cover(arguments),
        Some(task @ ("crash" | "mutants" | "simulate")) => simulation::run(task, arguments),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no task `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("{told}");
            ExitCode::FAILURE
        }
    }
}

fn check_arrows() -> Result<(), String> {
    let wrong = arrows::check().map_err(|error| format!("cargo metadata failed: {error}"))?;
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    println!("every arrow is allowed");
    Ok(())
}

fn bench(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let peers = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => false,
        (Some("--peers"), None) => true,
        _ => return Err("bench-build takes --peers and nothing else".to_owned()),
    };
    let report = bench_build::run(peers)?;
    println!("{}", report.line());
    Ok(())
}

fn generate(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let options = codegen::Options::parse(arguments)?;
    let report = codegen::run(&options)?;
    for remark in &report.remarks {
        eprintln!("note: {remark}");
    }
    let (forms, choices, operations) = report.counts;
    let differing = report.differing.len();
    if options.check && differing > 0 {
        return Err(format!(
            "{differing} files are not what the generator makes; run `cargo xtask codegen`:\n  {}",
            report.differing.join("\n  ")
        ));
    }
    let done = if options.check {
        "every file is what the generator makes".to_owned()
    } else {
        format!("{differing} files written")
    };
    println!("{operations} operations, {forms} forms of objects, {choices} enums; {done}");
    Ok(())
}

fn cover(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let (Some("--spec"), Some(path), None) =
        (arguments.next().as_deref(), arguments.next(), arguments.next())
    else {
        return Err("coverage needs --spec FILE".to_owned());
    };
    let document = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let typed = Typed::run()?;
    let coverage = Coverage::of(&document, &[&Tables, &typed]).map_err(|error| format!("{path}: {error}"))?;
    for line in coverage.lines() {
        println!("{line}");
    }
    for missing in &coverage.missing {
        eprintln!("missing: {missing}");
    }
    println!("{}", coverage.last_line());
    if coverage.missing.is_empty() { Ok(()) } else { Err(format!("{} are missing", coverage.missing.len())) }
}
