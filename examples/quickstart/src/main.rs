//! A day of WiseTime postings becomes Clio time entries, each exactly once, although the engine dies on the way.
//!
//! Run it with `cargo run -q -p quickstart`. Read [`story`] from top to bottom: it is what a program of one's own would
//! do, and a crash.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program for people at a terminal")]

mod args;
mod crash;
mod day;
mod oracle;
mod show;
mod trouble;
mod worlds;

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use args::Args;
use clap::Parser;
use clio_api::Clio;
use clio_sync::{Engine, Firm, IntentState, Progress, Store, Timing};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Settings, WiseTime};
use crash::CrashAt;
use day::Account;
use oracle::{Ledger, Verdict};
use show::{Bar, chapter};
use trouble::Trouble;
use worlds::Worlds;

/// The engine dies when Clio has created this many entries. `day.json` puts the first of two equal groups there.
const CRASH_AT: usize = 20;

/// The main job: what was posted becomes time entries.
const POSTED_TIME: &str = "wisetime/posted-time";

/// The setting `ACTIVITY_TYPES_NON_BILLABLE` of the connection.
const NON_BILLABLE: &str = "Marketing";

/// Short, for people who wait at a terminal. What they mean, and the careful defaults: [`Timing`].
const TIMING: fn() -> Timing = || Timing {
    send_within: Duration::from_secs(1),
    answer_within: Duration::from_secs(2),
    settle: Duration::from_secs(1),
    look_again_after: Duration::from_secs(1),
    lease: Duration::from_secs(2),
    ..Timing::default()
};

#[tokio::main]
async fn main() -> ExitCode {
    match story(&Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that one start of the connector holds in memory. A crash takes it away.
struct Connector {
    store: SqliteStore,
    firm: Firm,
    _engine: Engine,
}

/// What a program does when it starts, whether for the first time or after a crash: it need not know which.
fn start(state: &Path, worlds: &Worlds, clio: Clio, bar: &Arc<Bar>) -> Result<Connector, Trouble> {
    let store = SqliteStore::open(state)?;
    let progress: Arc<dyn Progress> = bar.clone();
    let engine = Engine::new(store.clone()).with_timing(TIMING()).with_progress(progress);
    let firm = engine.firm(&worlds.firm, clio);
    let settings =
        Settings { activity_types_non_billable: vec![NON_BILLABLE.to_owned()], ..Settings::default() };
    firm.attach(WiseTime::connect(worlds.wisetime_client()?, settings));
    Ok(Connector { store, firm, _engine: engine })
}

/// Answers whether everything is as it should be.
async fn story(args: &Args) -> Result<bool, Trouble> {
    let bar = Arc::new(Bar::new());
    let scratch =
        tempfile::tempdir().map_err(|error| Trouble::new(format!("no temporary folder: {error}")))?;
    let state = args.state.clone().unwrap_or_else(|| scratch.path().join("firm.sqlite"));
    // Before anything is sent anywhere: a state that cannot be kept is the end.
    drop(SqliteStore::open(&state)?);

    chapter(&bar, "1. Connect");
    let worlds = Worlds::open(args).await?;
    let wisetime = worlds.wisetime.world();
    let account = Account::read(&worlds.clio(worlds.wire()?)?).await?;
    let ledger = Ledger::open(worlds.clio(worlds.wire()?)?).await?;
    let day = day::groups(&account)?;
    show::sides(&bar, &worlds, &account, &state, args.state.is_none());

    let crash = Arc::new(CrashAt::new(worlds.wire()?, CRASH_AT));
    let connector = start(&state, &worlds, worlds.clio(crash.clone())?, &bar)?;
    let written_before = connector.store.intents(&worlds.firm, IntentState::Confirmed).await?;
    let is_fresh = !written_before.iter().any(|intent| intent.flow.flow == "posted-time");

    chapter(&bar, "2. Matters become tags");
    let report = connector.firm.run_to_rest("wisetime/matter-tags").await?;
    bar.say(&format!("  {report}"));
    bar.say(&format!("  WiseTime has {} tags of this run.", wisetime.tags().len()));

    chapter(&bar, &format!("3. The team posts its day: {} groups", day.len()));
    bar.say(&format!(
        "  Time in the charge code {NON_BILLABLE} is non-billable (ACTIVITY_TYPES_NON_BILLABLE)."
    ));
    for group in &day {
        wisetime.post(group.json.clone());
    }
    bar.start(day.len());
    let crashed = tokio::select! {
        biased;
        () = crash.struck() => true,
        done = connector.firm.run_to_rest(POSTED_TIME) => done.map(|_| false)?,
    };
    // The future of the run is gone already, and now the rest: nothing that was in memory survives.
    drop(connector);
    drop(crash);
    let at_crash = worlds.calls();
    let connector = start(&state, &worlds, worlds.clio(worlds.wire()?)?, &bar)?;
    if crashed {
        show::crash(&bar, &worlds, &connector.store).await?;
    } else {
        chapter(&bar, "4. No crash");
        bar.say(
            "  The state file knew this day already: too little was left to send. It was only restarted.",
        );
    }
    connector.firm.run_to_rest(POSTED_TIME).await?;
    bar.stop();
    let looks = worlds.calls().since(at_crash).looks;

    chapter(&bar, "5. What became of the day");
    let entries = ledger.entries(&day, wisetime).await?;
    bar.say(&format!("{}", show::outcomes(&account, &entries, wisetime)));
    show::dead_letters(&bar, &connector.store.dead_letters(&worlds.firm).await?, &day);
    bar.say(&format!("\nRead from Clio:\n{}", show::matters(&account, &entries)));

    chapter(&bar, "6. The same once more");
    bar.say("  WiseTime hands the whole day out again, as if no acknowledgement had arrived.");
    for group in &day {
        wisetime.post(group.json.clone());
    }
    let before = worlds.calls();
    let report = connector.firm.run_to_rest(POSTED_TIME).await?;
    let second_pass = worlds.calls().since(before).writes;
    bar.say(&format!("  {report}"));

    let entries = ledger.entries(&day, wisetime).await?;
    let verdict = Verdict { looks, second_pass, ..Verdict::of(&worlds, &day, &entries) };
    show::verdict(&bar, &verdict);
    Ok(verdict.is_good(is_fresh || crashed))
}
