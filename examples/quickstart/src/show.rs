//! What the user sees.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use clio_api::Seconds;
use clio_fixtures::{GroupState, Origin, WiseTimeWorld};
use clio_sync::{DeadLetter, Event, FlowKey, IntentState, Progress, Store, Timing};
use clio_sync_sqlite::SqliteStore;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use crate::{
    day::{Account, Group},
    oracle::{Entry, Verdict},
    trouble::Trouble,
    worlds::Worlds,
};

/// Columns of the screen.
const WIDTH: u16 = 100;

/// A heading.
pub(crate) fn chapter(bar: &Bar, text: &str) {
    bar.say(&format!("\n{text}"));
}

/// The bar, fed by the engine's events. On anything but a terminal it is not there.
#[derive(Debug)]
pub(crate) struct Bar {
    line: ProgressBar,
    settled: Mutex<BTreeSet<String>>,
    open_question: Mutex<&'static str>,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner} [{bar:40}] {pos}/{len} groups settled  {msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            line: ProgressBar::hidden()
                .with_finish(ProgressFinish::AndClear)
                .with_style(style.progress_chars("=> ")),
            settled: Mutex::default(),
            open_question: Mutex::default(),
        }
    }

    /// From here on it is shown.
    pub(crate) fn start(&self, groups: usize) {
        self.line.set_length(groups as u64);
        // indicatif draws nothing where stderr is no terminal.
        self.line.set_draw_target(ProgressDrawTarget::stderr());
        self.line.enable_steady_tick(Duration::from_millis(100));
    }

    /// It goes away.
    pub(crate) fn stop(&self) {
        self.line.finish_and_clear();
    }

    /// What is said whenever nothing is being written.
    pub(crate) fn ask(&self, question: &'static str) {
        *self.open_question.lock().unwrap_or_else(PoisonError::into_inner) = question;
        self.line.set_message(question);
    }

    /// Prints above the bar.
    pub(crate) fn say(&self, text: &str) {
        self.line.suspend(|| println!("{text}"));
    }
}

impl Progress for Bar {
    fn event(&self, flow: &FlowKey, event: &Event) {
        if flow.flow != "posted-time" {
            return;
        }
        match event {
            Event::Sending => self.line.set_message("writing to Clio"),
            Event::Uncertain => self.line.set_message("an outcome is unknown"),
            Event::Settled(line) => {
                let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
                settled.insert(line.id.clone());
                self.line.set_position(settled.len() as u64);
                self.line.set_message(*self.open_question.lock().unwrap_or_else(PoisonError::into_inner));
            }
            _ => {}
        }
    }
}

/// Who takes part.
pub(crate) fn sides(bar: &Bar, worlds: &Worlds, account: &Account, state: &Path, is_temporary: bool) {
    let (clio, how) = match &worlds.fake {
        Some(_) => ("a fake firm on this machine", "by OAuth: authorisation code, PKCE"),
        None => ("a Clio that you named", "by the token that you gave"),
    };
    bar.say(&format!("  Clio      {}  {clio}", worlds.host));
    bar.say(&format!("            as {}, {how}", worlds.who));
    bar.say(&format!("            {} open matters, {} users", account.matters.len(), account.users.len()));
    bar.say(&format!("  WiseTime  {}  a fake team on this machine", worlds.wisetime.url()));
    bar.say(&format!("  State     {}", state.display()));
    if worlds.fake.is_none() {
        let first = account.matters.iter().take(8).map(|matter| matter.display_number.as_str());
        bar.say("\n  TIME ENTRIES WILL BE WRITTEN to this Clio account, dated 2026-03-12, to these matters:");
        bar.say(&format!("  {}", first.collect::<Vec<_>>().join(", ")));
        if is_temporary {
            bar.say("  Without --state nothing remembers them: another run would write them again.");
        }
    }
}

/// The crash, and what is known after it.
pub(crate) async fn crash(bar: &Bar, worlds: &Worlds, store: &SqliteStore) -> Result<(), Trouble> {
    let of = |state| store.intents(&worlds.firm, state);
    let written = of(IntentState::Confirmed).await?;
    let written = written.iter().filter(|intent| intent.flow.flow == "posted-time").count();
    let planned = of(IntentState::Planned).await?;
    chapter(bar, "4. The crash");
    bar.say(
        "  Clio has created an entry. Before the answer was read, the engine died, and its memory with it.",
    );
    bar.say("  A new engine has just opened the same state file. What it knows:");
    bar.say(&format!("    {written} written; {} more fetched and still to be sent;", planned.len()));
    for intent in of(IntentState::Sending).await? {
        let note = intent.write.content.get("note").and_then(|note| note.as_str()).unwrap_or_default();
        bar.say(&format!("    1 was being sent, and may stand in Clio or not: {}", intent.write.label));
        bar.say(&format!("      \"{note}\""));
        if planned.iter().any(|other| other.write.content == intent.write.content) {
            bar.say(
                "      One of those still to be sent is equal to it in everything: both have to be there.",
            );
        }
    }
    if let Some(fake) = &worlds.fake {
        let created = fake.world().activities();
        let created =
            created.iter().filter(|activity| matches!(activity.origin, Origin::Token { .. })).count();
        bar.say(&format!("    (Clio has {created}. We can see that here, the engine cannot.)"));
    }
    bar.ask("one outcome is unknown: waiting to look");
    let Timing { send_within, answer_within, settle, look_again_after, lease, .. } = crate::TIMING();
    bar.say("  It waits until the request can no longer take effect, looks in Clio, and only then decides. Shortened");
    bar.say(&format!(
        "  for this demonstration: send {send_within:?}, answer {answer_within:?}, settle {settle:?}, look again \
         {look_again_after:?}, lease {lease:?}."
    ));
    let careful = Timing::default();
    bar.say(&format!(
        "  In earnest: {:?}, {:?}, {:?}, {:?}, {:?}.",
        careful.send_within, careful.answer_within, careful.settle, careful.look_again_after, careful.lease
    ));
    Ok(())
}

/// The last lines.
pub(crate) fn verdict(bar: &Bar, verdict: &Verdict) {
    if verdict.waiting + verdict.wrong > 0 {
        bar.say(&format!(
            "\n{} groups still wait, {} were acknowledged with a wrong id",
            verdict.waiting, verdict.wrong
        ));
    }
    bar.say(&format!("\n{verdict}"));
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH).set_header(header);
    table
}

fn align_right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn hours(entries: &[&Entry]) -> String {
    entries.iter().map(|entry| Seconds(entry.content.seconds)).sum::<Seconds>().to_string()
}

/// What became of the day: what is posted in sums, what is not with its reason.
pub(crate) fn outcomes(account: &Account, entries: &[Entry], wisetime: &WiseTimeWorld) -> Table {
    let mut table = table(&["", "who", "count", "time", "what"]);
    for user in &account.users {
        let theirs: Vec<&Entry> =
            entries.iter().filter(|entry| entry.content.user == user.id.get()).collect();
        if theirs.is_empty() {
            continue;
        }
        let non_billable = theirs.iter().filter(|entry| entry.non_billable).count();
        let what =
            if non_billable == 0 { String::new() } else { format!("{non_billable} of it non-billable") };
        table.add_row([
            "posted".to_owned(),
            user.name.clone(),
            theirs.len().to_string(),
            hours(&theirs),
            what,
        ]);
    }
    let statuses = wisetime.statuses();
    let groups = wisetime.groups();
    let mut seen = BTreeSet::new();
    let groups: Vec<_> = groups.iter().filter(|group| seen.insert(&group.group_id)).collect();
    for word in ["skipped", "rejected", "waiting"] {
        for group in &groups {
            let mut said = statuses.iter().filter(|status| Some(&status.group_id) == group.group_id.as_ref());
            let outcome = match group.state {
                GroupState::Success if said.clone().any(|status| status.external_id.is_some()) => "posted",
                GroupState::Success => "skipped",
                GroupState::Failure => "rejected",
                _ => "waiting",
            };
            if outcome != word {
                continue;
            }
            let reason = said.next_back().and_then(|status| status.message.clone()).unwrap_or_default();
            let who = group.json["user"]["name"].as_str().unwrap_or_default().to_owned();
            let time = group.json["totalDurationSecs"].as_i64().map(|seconds| Seconds(seconds).to_string());
            table.add_row([word.to_owned(), who, "1".to_owned(), time.unwrap_or_default(), reason]);
        }
    }
    align_right(&mut table, &[2, 3]);
    table
}

/// What Clio says of each matter.
pub(crate) fn matters(account: &Account, entries: &[Entry]) -> Table {
    let mut by_matter: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_matter.entry(entry.content.matter).or_default().push(entry);
    }
    let mut table = table(&["matter", "about", "entries", "time"]);
    for matter in &account.matters {
        let Some(entries) = by_matter.get(&matter.id.get()) else { continue };
        table.add_row([
            matter.display_number.clone(),
            matter.description.clone().unwrap_or_default(),
            entries.len().to_string(),
            hours(entries),
        ]);
    }
    let all: Vec<&Entry> = entries.iter().collect();
    table.add_row(["all".to_owned(), String::new(), all.len().to_string(), hours(&all)]);
    align_right(&mut table, &[2, 3]);
    table
}

/// The dead letters of this day, each with the place in its JSON where there is one.
pub(crate) fn dead_letters(bar: &Bar, letters: &[DeadLetter], day: &[Group]) {
    bar.say("Dead letters in the state file, by group and place in its JSON:");
    for letter in letters.iter().filter(|letter| day.iter().any(|group| group.id == letter.source_id)) {
        bar.say(&format!("  {}  {}", letter.source_id, letter.path.as_deref().unwrap_or("(as a whole)")));
    }
}
