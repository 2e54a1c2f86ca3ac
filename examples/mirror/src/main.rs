//! A law firm at Clio, copied into an SQLite file: interrupted in the middle, resumed at the page it had come to, and then
//! kept up to date with one request a list.
//!
//! Run it with `cargo run -p mirror -- --matters 20000`. Read [`story`] from top to bottom. [`firm`] says what is copied,
//! and [`bar`] is a progress bar to copy.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program for people at a terminal")]

mod bar;
mod firm;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use bar::Bar;
use clap::Parser;
use clio_api::{Clio, Region};
use clio_fixtures::{ClioWorld, Served};
use clio_sync::{Engine, Event, Firm, FlowKey, Progress, Store, Timing};
use clio_sync_sqlite::SqliteStore;
use firm::{LISTS, Mirror};
use tokio::sync::Notify;

/// An engine that died holds its firm until its lease ends: here for two seconds, for people who wait at a terminal. What the
/// times mean, and the careful defaults: [`Timing`].
const TIMING: fn() -> Timing =
    || Timing { send_within: Duration::from_secs(1), lease: Duration::from_secs(2), ..Timing::default() };

/// What Clio gives at once.
const PAGE: u64 = 200;

/// Copies a fake law firm at Clio into an SQLite file.
#[derive(Debug, Parser)]
#[command(name = "mirror")]
struct Args {
    /// How many matters the firm has. It has as many time entries, and a client for every two matters or so.
    #[arg(long, default_value_t = 2_000)]
    matters: usize,
    /// How many calls a minute the firm takes. No limit unless said: at Clio's 50 a minute, 20,000 matters with their
    /// contacts and time entries take five minutes and more.
    #[arg(long)]
    rate_limit: Option<u32>,
    /// Where the copy goes. A temporary file unless said.
    #[arg(long)]
    state: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match story(&Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mirror: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers whether everything is as it should be.
async fn story(args: &Args) -> Result<bool, Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let state = args.state.clone().unwrap_or_else(|| scratch.path().join("firm.sqlite"));
    let world = ClioWorld::firm(7).matters(args.matters).activities(args.matters);
    let clio = world.rate_limit(args.rate_limit).start().serve().await?;
    println!("A firm with {} matters at {}, copied to {}", args.matters, clio.url(), state.display());

    println!("\n1. The first pull, interrupted in the middle of the matters");
    let middle = Arc::new(Middle { of: "matters", at: args.matters as u64 / 2, reached: Notify::new() });
    let copier = start(&state, &clio, middle.clone())?;
    let interrupted = tokio::select! {
        biased;
        () = middle.reached.notified() => true,
        done = pull(&copier.firm) => done.map(|()| false)?,
    };
    // The run is gone, and now all that was in memory: what remains is the file.
    drop(copier);
    let there = SqliteStore::open(&state)?.mirrored(&flow("matters"), None, usize::MAX).await?.len();
    let how = if interrupted { "Interrupted" } else { "Too few matters to interrupt" };
    println!("   {how}: {there} of {} matters are there.", args.matters);

    println!("\n2. Started anew, it goes on at the page it had come to");
    let bar = Arc::new(Bar::new());
    let copier = start(&state, &clio, bar.clone())?;
    pull(&copier.firm).await?;
    bar.stop();
    let first = Requests::of(&clio);
    println!("   {:20} {:>8} {:>9} {:>6}", "list", "records", "requests", "floor");
    let mut good = true;
    for (name, path) in LISTS {
        let records = copier.store.mirrored(&flow(name), None, usize::MAX).await?.len() as u64;
        let (requests, floor) = (first.to(path), records.div_ceil(PAGE).max(1));
        // The page that was on its way when the run was dropped is asked for again.
        let again = u64::from(interrupted && name == "matters" && requests > floor);
        let note = if again == 1 { "  one was on its way when it was interrupted" } else { "" };
        println!("   {name:20} {records:>8} {requests:>9} {floor:>6}{note}");
        good &= requests == floor + again;
    }
    good &= copier.store.mirrored(&flow("matters"), None, usize::MAX).await?.len() == args.matters;

    println!("\n3. Once more, and nothing has changed");
    pull(&copier.firm).await?;
    let second = Requests::of(&clio);
    for (name, path) in LISTS {
        good &= second.to(path) - first.to(path) == 1;
        println!("   {name:20} {:>9} request", second.to(path) - first.to(path));
    }
    println!(
        "\n{} requests for everything, {} when nothing changed",
        first.all(),
        second.all() - first.all()
    );
    Ok(good)
}

/// Everything that one start of the program holds in memory.
struct Copier {
    store: SqliteStore,
    firm: Firm,
}

fn start(
    state: &Path,
    clio: &Served<ClioWorld>,
    progress: Arc<dyn Progress>,
) -> Result<Copier, Box<dyn Error>> {
    let store = SqliteStore::open(state)?;
    let token = clio.world().token();
    let client = Clio::builder(Region::custom(&clio.url())?).token(token).build()?;
    let firm =
        Engine::new(store.clone()).with_timing(TIMING()).with_progress(progress).firm("acme-law", client);
    firm.attach(Mirror);
    Ok(Copier { store, firm })
}

/// Brings every list up to date.
async fn pull(firm: &Firm) -> Result<(), clio_sync::Error> {
    for (key, _) in firm.flows() {
        firm.run_to_rest(&key.path()).await?;
    }
    Ok(())
}

fn flow(name: &str) -> FlowKey {
    FlowKey { firm: "acme-law".into(), adapter: "mirror".into(), flow: name.into() }
}

/// Says when a list has been read this far, by the bar that it feeds meanwhile.
#[derive(Debug)]
struct Middle {
    of: &'static str,
    at: u64,
    reached: Notify,
}

impl Progress for Middle {
    fn event(&self, flow: &FlowKey, event: &Event) {
        match event {
            Event::Walked { read, total: Some(total) }
                if flow.flow == self.of && *read >= self.at && read < total =>
            {
                self.reached.notify_one();
            }
            _ => {}
        }
    }
}

/// What the firm was asked, by its own book.
struct Requests(Vec<String>);

impl Requests {
    fn of(clio: &Served<ClioWorld>) -> Self {
        Self(clio.world().calls().into_iter().map(|call| call.path).collect())
    }

    fn to(&self, list: &str) -> u64 {
        self.0.iter().filter(|path| path.ends_with(list)).count() as u64
    }

    fn all(&self) -> usize {
        self.0.len()
    }
}
