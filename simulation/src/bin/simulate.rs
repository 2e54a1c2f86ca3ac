//! What `cargo xtask simulate`, `crash` and `mutants` run.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
#[cfg(unix)]
use simulation::crash;
use simulation::{Job, Tally, Verdict, days, enumerate, mutants, run_all, week};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Goes through every fault and every crash, and through random weeks and days.
    Seeds(Seeds),
    /// Kills real processes that write to a real file.
    #[cfg(unix)]
    Crash {
        /// How many rounds.
        #[arg(long, default_value_t = 20)]
        rounds: usize,
        /// Where chance begins.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The process that is killed.
    #[cfg(unix)]
    #[command(hide = true)]
    Worker {
        /// The file of its orders.
        orders: std::path::PathBuf,
    },
    /// Breaks the engine on purpose, in every way that we know.
    Mutants {
        /// How many threads.
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
}

#[derive(clap::Args)]
#[expect(clippy::struct_field_names, reason = "its names are the options")]
struct Seeds {
    /// How many seeds, each of a random week and a random day.
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
        #[cfg(unix)]
        Task::Crash { rounds, seed } => crash_processes(rounds, seed),
        #[cfg(unix)]
        Task::Worker { orders } => work(&orders),
        Task::Mutants { threads } => kill_mutants(threads),
    }
}

fn simulate(told: &Seeds) -> ExitCode {
    let mut total = Tally::default();
    if told.seed.is_none() {
        let strides = enumerate::Strides::times(told.stride);
        println!("every n-th of the schedules: {strides:?}");
        let enumerated = run_all(enumerate::jobs(strides), told.threads, tell);
        println!("enumerated: {enumerated}");
        total += enumerated;
    }
    let seeds = told.seed.map_or(1..=told.seeds, |seed| seed..=seed);
    let jobs =
        seeds.flat_map(|seed| [Job::new(move || a_week(seed)), Job::new(move || a_day(seed))]).collect();
    let drawn = run_all(jobs, told.threads, tell);
    println!("at random: {drawn}");
    total += drawn;
    sum_up(&total)
}

async fn a_week(seed: u64) -> Tally {
    let mut tally = Tally { seeds: 1, ..Tally::default() };
    let course = week::run(seed).await;
    tally.add(format!("--seed {seed}, its week"), course);
    tally
}

async fn a_day(seed: u64) -> Tally {
    let mut tally = Tally::default();
    let modes = days::Mode::ALL;
    let mode = modes[usize::try_from(seed).unwrap_or(0) % modes.len()];
    tally.add(format!("--seed {seed}, its day, {mode:?}"), days::run(seed, mode).await);
    tally
}

fn tell(tally: &Tally) {
    for failed in &tally.failed {
        println!("FAILED {failed}");
    }
}

fn sum_up(total: &Tally) -> ExitCode {
    let Verdict { doubled, lost, touched, parked, claimed, .. } = total.verdict;
    println!("all: {total}");
    println!(
        "after a person had a hand in it: {} parked, {} written again",
        total.verdict.parked_after_a_person, total.verdict.written_again
    );
    for (name, count) in total.verdict.failures().iter().skip(4) {
        println!("{count} {name}");
    }
    println!(
        "{} seeds: {doubled} doubled, {lost} lost, {touched} touched without a link, {parked} parked without a person, \
         {claimed} claimed from a person",
        total.seeds
    );
    if total.verdict.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn kill_mutants(threads: usize) -> ExitCode {
    let failed = mutants::run_control(threads);
    for (trial, verdict) in &failed {
        println!("the sound engine fails {trial}: {verdict}");
    }
    println!(
        "the sound engine passes {} of {} trials",
        mutants::TRIALS.len() - failed.len(),
        mutants::TRIALS.len()
    );
    let deaths = mutants::run_all(threads, |death| println!("{death}"));
    let killed = deaths.iter().filter(|death| death.by.is_some()).count();
    println!("{killed} of {} killed", deaths.len());
    if failed.is_empty() && killed == deaths.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(unix)]
fn crash_processes(rounds: usize, seed: u64) -> ExitCode {
    let program = vec![std::env::current_exe().expect("this program"), "worker".into()];
    let told = |seed, outcome: crash::Outcome| {
        if !outcome.is_clean() {
            println!("FAILED round of seed {seed}: {outcome:?}");
        }
    };
    let outcome = in_real_time(crash::run(rounds, seed, &program, told));
    println!("{} kills, {} suspended while another one took over", outcome.kills, outcome.suspended);
    println!("{outcome}");
    if outcome.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(unix)]
fn work(orders: &std::path::Path) -> ExitCode {
    match in_real_time(crash::work(orders)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("the worker cannot work: {told}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn in_real_time<T>(job: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(job)
}
