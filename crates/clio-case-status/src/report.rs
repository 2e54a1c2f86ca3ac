//! What a sync did, matter by matter.

use std::fmt;

use clio_sync::{LineOutcome, Report, spreadsheet};
use serde::Serialize;

/// What a sync did, for whoever asked for it. `Display` is a table; it serialises as JSON, and [`SyncReport::to_csv`] is what
/// people get by e-mail. It names matters and clients: `Debug` leaves those out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SyncReport {
    /// Every matter that was attempted.
    pub matters: Vec<Attempted>,
    /// The stages that matters are in and that no status is named for, each once.
    pub unmapped: Vec<UnmappedStage>,
}

/// A matter that was attempted.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attempted {
    /// Its id in Clio.
    pub integration_id: String,
    /// The title of the case; empty where the matter did not change, or could not be read.
    pub title: String,
    /// What became of it.
    pub result: SyncResult,
    /// Why, in words for people.
    pub reason: Option<String>,
    /// The id of the case.
    pub case: Option<String>,
}

impl fmt::Debug for Attempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempted")
            .field("integration_id", &self.integration_id)
            .field("result", &self.result)
            .field("case", &self.case)
            .finish_non_exhaustive()
    }
}

/// What became of a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncResult {
    /// There is a case of it now.
    Imported,
    /// Its case was brought up to date.
    Updated,
    /// Its case was as it should be.
    Unchanged,
    /// It was left out, for a reason that is no fault.
    LeftOut,
    /// It could not be imported or brought up to date: the reason says what it lacks, or what Case Status said.
    Failed,
    /// Whether it was written is not known: a person has to look.
    Unclear,
}

impl SyncResult {
    /// The word of the CSV: `imported`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::LeftOut => "left out",
            Self::Failed => "failed",
            Self::Unclear => "unclear",
        }
    }

    const fn of(outcome: LineOutcome) -> Self {
        match outcome {
            LineOutcome::Created => Self::Imported,
            LineOutcome::Updated => Self::Updated,
            LineOutcome::Unchanged => Self::Unchanged,
            LineOutcome::Rejected => Self::Failed,
            LineOutcome::Parked | LineOutcome::PossibleDouble => Self::Unclear,
            _ => Self::LeftOut,
        }
    }
}

/// A stage that no status is named for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UnmappedStage {
    /// The id of the stage in Clio.
    pub stage: i64,
    /// Its name.
    pub name: String,
}

impl fmt::Debug for UnmappedStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnmappedStage").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl SyncReport {
    pub(crate) fn of(report: &Report, unmapped: Vec<UnmappedStage>) -> Self {
        let matters = report.lines.iter().map(|line| Attempted {
            integration_id: line.id.clone(),
            title: line.label.clone(),
            result: SyncResult::of(line.outcome),
            reason: line.reason.clone(),
            case: line.remote_id.clone(),
        });
        Self { matters: matters.collect(), unmapped }
    }

    /// How many matters had this result.
    pub fn count(&self, result: SyncResult) -> usize {
        self.matters.iter().filter(|matter| matter.result == result).count()
    }

    /// The matters as CSV (RFC 4180, UTF-8), with a head. Case Status does not publish its columns; these are ours:
    ///
    /// | column | what it is |
    /// |---|---|
    /// | `integration_id` | the id of the matter in Clio |
    /// | `title` | the title of the case; empty where nothing changed |
    /// | `result` | `imported`, `updated`, `unchanged`, `left out`, `failed` or `unclear` |
    /// | `reason` | why, in words |
    /// | `case` | the id of the case at Case Status |
    ///
    /// A cell that a spreadsheet would take for a formula is made text of.
    pub fn to_csv(&self) -> String {
        let rows = self.matters.iter().map(|matter| {
            let (reason, case) = (matter.reason.as_deref(), matter.case.as_deref());
            let cells: [&str; 5] = [
                &matter.integration_id,
                &matter.title,
                matter.result.word(),
                reason.unwrap_or_default(),
                case.unwrap_or_default(),
            ];
            cells
        });
        spreadsheet::csv(["integration_id", "title", "result", "reason", "case"], rows)
    }
}

impl fmt::Debug for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncReport")
            .field("matters", &self.matters)
            .field("unmapped", &self.unmapped)
            .finish()
    }
}

impl fmt::Display for SyncReport {
    /// A line for each matter, one for each stage without a status, and the sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use SyncResult::{Failed, Imported, LeftOut, Unchanged, Unclear, Updated};
        for matter in &self.matters {
            let (title, reason) = (&matter.title, matter.reason.as_deref().unwrap_or_default());
            let line =
                format!("{:<12} {:<10} {title}  {reason}", matter.integration_id, matter.result.word());
            writeln!(f, "{}", line.trim_end())?;
        }
        for stage in &self.unmapped {
            writeln!(f, "stage `{}` ({}) has no status", stage.name, stage.stage)?;
        }
        let sums = [Imported, Updated, Unchanged, LeftOut, Failed, Unclear]
            .map(|result| (result, self.count(result)));
        let said = sums
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(result, count)| format!("{count} {}", result.word()));
        let said: Vec<String> = said.collect();
        f.write_str(if said.is_empty() { "nothing to sync" } else { "" })?;
        f.write_str(&said.join(", "))
    }
}
