//! What `cargo xtask simulate`, `crash` and `mutants` run.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use simulation::{Job, Tally, days, enumerate, run_all};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Goes through every fault and every crash, and through random weeks and days.
    Seeds(Seeds),
}

#[derive(clap::Args)]
struct Seeds {
    /// How many random weeks and days.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// Replays this one, and leaves everything else out.
    #[arg(long)]
    seed: Option<u64>,
    /// Goes through every n-th of the enumerated schedules only.
    #[arg(long, default_value_t = 1)]
    stride: usize,
    /// How many threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Seeds(seeds) => simulate(&seeds),
    }
}

fn simulate(told: &Seeds) -> ExitCode {
    let seeds = told.seed.map_or(1..=told.seeds, |seed| seed..=seed);
    let mut total = Tally::default();
    if told.seed.is_none() {
        let enumerated = run_all(enumerate::jobs(enumerate::Strides::times(told.stride)), told.threads, tell);
        println!("enumerated: {enumerated}");
        total += enumerated;
    }
    let jobs = seeds.map(|seed| Job::new(move || random(seed))).collect();
    let drawn = run_all(jobs, told.threads, tell);
    println!("at random: {drawn}");
    total += drawn;
    ExitCode::SUCCESS
}

async fn random(seed: u64) -> Tally {
    let mut tally = Tally { seeds: 1, ..Tally::default() };
    let mode = days::Mode::ALL[usize::try_from(seed).unwrap_or(0) % days::Mode::ALL.len()];
    tally.add(format!("--seed {seed}, the day ({mode:?})"), 8, days::run(seed, mode).await);
    tally
}

fn tell(tally: &Tally) {
    for failed in &tally.failed {
        println!("FAILED {failed}");
    }
}
