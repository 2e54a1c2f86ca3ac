//! What a run did, record by record.

use std::{collections::HashMap, fmt, time::Duration};

use serde::Serialize;

use crate::{FlowKey, link::id_alone};

/// What one run of a flow did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The flow.
    pub flow: FlowKey,
    /// Each record that was attempted, in the order in which its outcome became known.
    pub lines: Vec<Line>,
    /// Writes and acknowledgements that a later run has to see to: those whose outcome is not known yet, above all.
    pub pending: usize,
    /// When the first of them comes due, from the end of the run.
    pub next_due: Option<Duration>,
    /// Looks at the target after a write of unknown outcome.
    pub looks: u64,
    /// Requests sent to Clio.
    pub requests: u64,
    /// Records that a mirror took in, because they are new or of another version. They have no lines.
    pub mirrored: u64,
    /// Records that a mirror had already as they are.
    pub as_mirrored: u64,
    /// Records that a source gave although they say that they changed before the moment it was asked about. That does no
    /// harm; many of them mean that the source does not heed what it is asked.
    pub older: u64,
}

/// What became of one record. `Debug` leaves out the words about it, which are of clients; a report is for who may see them.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// The record's id at the source.
    pub id: String,
    /// What became of it.
    pub outcome: LineOutcome,
    /// What it is, in a few words; empty for a record that could not be read.
    pub label: String,
    /// Its id at the target.
    pub remote_id: Option<String>,
    /// Why, where there is something to say.
    pub reason: Option<String>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("id", &self.id)
            .field("outcome", &self.outcome)
            .field("remote_id", &self.remote_id.as_deref().map(id_alone))
            .finish_non_exhaustive()
    }
}

/// What became of a record in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LineOutcome {
    /// It was created at the target.
    Created,
    /// It was brought up to date there.
    Updated,
    /// It was deleted there.
    Deleted,
    /// It was as it should be.
    Unchanged,
    /// Nothing was to be written.
    Skipped,
    /// It went to the dead letters.
    Rejected,
    /// It waits for a person.
    Parked,
    /// It was written, and a second record says the same: a person has to look. Comes beside another line for the record,
    /// mostly of an earlier run.
    PossibleDouble,
}

impl LineOutcome {
    /// Every outcome once.
    pub const ALL: &[Self] = &[
        Self::Created,
        Self::Updated,
        Self::Deleted,
        Self::Unchanged,
        Self::Skipped,
        Self::Rejected,
        Self::Parked,
        Self::PossibleDouble,
    ];
}

impl Report {
    pub(crate) fn new(flow: FlowKey) -> Self {
        Self {
            flow,
            lines: Vec::new(),
            pending: 0,
            next_due: None,
            looks: 0,
            requests: 0,
            mirrored: 0,
            as_mirrored: 0,
            older: 0,
        }
    }

    /// How many records had this outcome.
    pub fn count(&self, outcome: LineOutcome) -> usize {
        self.lines.iter().filter(|line| line.outcome == outcome).count()
    }

    /// Adds a later run of the same flow. A record that both speak of keeps the later line, unless that only says that
    /// nothing has changed since.
    pub fn merge(&mut self, later: Self) {
        let mut known: HashMap<String, usize> =
            self.lines.iter().enumerate().map(|(at, line)| (line.id.clone(), at)).collect();
        for line in later.lines {
            match known.get(&line.id) {
                Some(_) if line.outcome == LineOutcome::Unchanged => {}
                Some(_) if line.outcome == LineOutcome::PossibleDouble => self.lines.push(line),
                Some(at) => self.lines[*at] = line,
                None => {
                    known.insert(line.id.clone(), self.lines.len());
                    self.lines.push(line);
                }
            }
        }
        self.pending = later.pending;
        self.next_due = later.next_due;
        self.looks += later.looks;
        self.requests += later.requests;
        self.mirrored += later.mirrored;
        self.as_mirrored += later.as_mirrored;
        self.older += later.older;
    }
}

impl fmt::Display for Report {
    /// The totals, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LineOutcome::{Created, Deleted, Parked, Rejected, Skipped, Unchanged, Updated};
        write!(f, "{}: ", self.flow.path())?;
        for (outcome, word) in [
            (Created, "created"),
            (Updated, "updated"),
            (Deleted, "deleted"),
            (Unchanged, "unchanged"),
            (Skipped, "skipped"),
            (Rejected, "rejected"),
            (Parked, "parked"),
        ] {
            write!(f, "{word} {}, ", self.count(outcome))?;
        }
        write!(f, "pending {}; {} requests, {} looks", self.pending, self.requests, self.looks)?;
        if self.mirrored + self.as_mirrored > 0 {
            write!(f, "; mirrored {}, as before {}", self.mirrored, self.as_mirrored)?;
        }
        if self.older > 0 {
            write!(f, "; {} older than asked", self.older)?;
        }
        Ok(())
    }
}

/// Something happened during a run. For whoever wants to show a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A page or a batch of this many records was read and recorded.
    Read(usize),
    /// A walk through a cursor source has come this far; also after it was taken up again.
    Walked {
        /// The records that were read and recorded since the walk began, by earlier runs too.
        read: u64,
        /// The records that the walk has in all, where the source says so.
        total: Option<u64>,
    },
    /// A write is being sent.
    Sending,
    /// The outcome of a write is not known; it will be looked for.
    Uncertain,
    /// The outcome of a record became known.
    Settled(Line),
}

/// Receives the events of all runs of an engine. It must not block.
pub trait Progress: fmt::Debug + Send + Sync {
    /// Something happened.
    fn event(&self, flow: &FlowKey, event: &Event);
}
