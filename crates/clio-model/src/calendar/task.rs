//! Tasks.

mod change;
mod draft;

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Etag, Id, Reference, Selection,
    schema::{
        choices::{Priority, TaskStatus},
        objects,
    },
};

pub use change::TaskChange;
pub use draft::NewTask;

use crate::{
    Result,
    body::{known_word, shows},
    people::Participant,
};

/// A task.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Task")]
pub struct Task {
    /// The task.
    pub id: Id<objects::Task>,
    /// The version of the record.
    pub etag: Etag,
    /// What is to be done.
    pub name: Option<String>,
    /// What there is to know of it.
    pub description: Option<String>,
    /// Where it stands.
    pub status: Option<TaskStatus>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// The day by which it is to be done.
    pub due_at: Option<NaiveDate>,
    /// It was done then.
    pub completed_at: Option<DateTime<Utc>>,
    /// The matter that it is for.
    pub matter: Option<Reference<objects::Matter>>,
    /// Who is to do it.
    pub assignee: Option<Participant>,
    /// Who gave it to them.
    pub assigner: Option<Reference<objects::User>>,
    /// What kind of task it is.
    pub task_type: Option<Reference<objects::TaskType>>,
    /// Who sees it: `private` or `public`. Clio's document lists the words where it is written only.
    pub permission: Option<String>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The words of Clio's document. Casing is never an issue here: [`Priority`] and [`TaskStatus`] are written as listed.
const PRIORITIES: &[&str] = &["High", "Normal", "Low"];
const STATUSES: &[&str] = &["pending", "in_progress", "in_review", "complete", "draft"];

fn check_words(priority: Option<&Priority>, status: Option<&TaskStatus>) -> Result<()> {
    priority.map_or(Ok(()), |word| known_word("the priority of a task", word, PRIORITIES))?;
    status.map_or(Ok(()), |word| known_word("the status of a task", word, STATUSES))
}

shows! { Task: id, etag, status; }
