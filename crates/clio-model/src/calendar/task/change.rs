use chrono::NaiveDate;
use clio_core::{
    Field, Id, Members,
    schema::{
        choices::{Priority, TaskStatus},
        objects,
    },
};

use super::{Task, check_words};
use crate::{
    Result,
    body::{checked, different, given, not_blank, shows},
    people::{Participant, ParticipantId},
};

/// A change of a task: what is not said stays as it is.
///
/// ```
/// use clio_core::{Body, schema::{choices::TaskStatus, operations::UpdateTask}};
/// use clio_model::calendar::TaskChange;
///
/// let change = TaskChange::new().status(TaskStatus::Complete).due(None);
/// assert_eq!(Body::<UpdateTask>::json(&change)?, r#"{"due_at":null,"status":"complete"}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "a change does nothing before it is sent"]
pub struct TaskChange {
    name: Option<String>,
    description: Option<String>,
    assignee: Option<ParticipantId>,
    matter: Option<Id<objects::Matter>>,
    due: Field<NaiveDate>,
    priority: Option<Priority>,
    status: Option<TaskStatus>,
}

impl TaskChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Another description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// To somebody else.
    pub fn assignee(mut self, assignee: impl Into<ParticipantId>) -> Self {
        self.assignee = Some(assignee.into());
        self
    }

    /// Another matter. It cannot be taken off: Clio's document takes no null here.
    pub const fn matter(mut self, matter: Id<objects::Matter>) -> Self {
        self.matter = Some(matter);
        self
    }

    /// Another day; `None` takes it off, with a null (nobody says that Clio takes it: our choice).
    pub fn due(mut self, day: impl Into<Field<NaiveDate>>) -> Self {
        self.due = day.into();
        self
    }

    /// Another urgency.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Where it stands now: see [`NewTask::status`](super::NewTask::status).
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// What of this change is still to be made to the task, as it was read: what stands there already is left out.
    pub fn relative_to(mut self, task: &Task) -> Self {
        self.name = self.name.filter(|name| task.name.as_ref() != Some(name));
        self.description = self.description.filter(|text| task.description.as_ref() != Some(text));
        let assignee = task.assignee.as_ref().and_then(Participant::participant_id);
        self.assignee = self.assignee.filter(|one| assignee != Some(*one));
        self.matter = self.matter.filter(|id| task.matter.map(|matter| matter.id) != Some(*id));
        self.due = different(self.due, task.due_at.as_ref());
        self.priority = self.priority.filter(|word| task.priority.as_ref() != Some(word));
        self.status = self.status.filter(|word| task.status.as_ref() != Some(word));
        self
    }

    /// There is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a blank name, and for a priority or a status that is not
    /// known.
    pub fn check(&self) -> Result<()> {
        self.name.as_ref().map_or(Ok(()), |name| not_blank("the name of a task", name))?;
        check_words(self.priority.as_ref(), self.status.as_ref())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("name", given(self.name.clone()));
        members.set("description", given(self.description.clone()));
        members.set("assignee", given(self.assignee));
        members.set_reference("matter", given(self.matter));
        members.set("due_at", self.due);
        members.set_word("priority", given(self.priority.clone()), &[]);
        members.set_word("status", given(self.status.clone()), &[]);
        members
    }
}

checked! { TaskChange is the body of UpdateTask; }
shows! { TaskChange: assignee, matter; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    /// Users read priorities in lower case, Clio's document shows them in upper case: one and the same.
    #[test]
    fn what_stands_there_already_is_left_out() {
        let json = r#"{"id":1,"etag":"","name":"Call","description":"d","priority":"high","status":"pending",
            "due_at":"2026-03-31","assignee":{"id":4,"type":"User"},"matter":{"id":7}}"#;
        let task: Task = clio_core::decode::<objects::Task, _>(json).unwrap();
        let same = TaskChange::new()
            .name("Call")
            .description("d")
            .assignee(Id::<objects::User>::new(4))
            .matter(Id::new(7))
            .due(task.due_at.unwrap())
            .priority(Priority::High)
            .status(TaskStatus::Pending);
        assert_eq!(
            same.json().unwrap(),
            concat!(
                r#"{"name":"Call","description":"d","assignee":{"id":4,"type":"User"},"matter":{"id":7},"#,
                r#""due_at":"2026-03-31","priority":"High","status":"pending"}"#,
            ),
        );
        assert!(same.relative_to(&task).is_empty());
        let other =
            TaskChange::new().name("Write").assignee(Id::<objects::Contact>::new(4)).relative_to(&task);
        assert_eq!(other.json().unwrap(), r#"{"name":"Write","assignee":{"id":4,"type":"Contact"}}"#);
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        assert!(TaskChange::new().name(" ").check().is_err());
        assert!(TaskChange::new().status(TaskStatus::Unknown("done".into())).json().is_err());
    }
}
