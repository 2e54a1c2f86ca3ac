use chrono::NaiveDate;
use clio_core::{
    Field, Id, Members,
    schema::{
        choices::{Priority, TaskPermission, TaskStatus},
        objects,
    },
};

use super::check_words;
use crate::{
    Result,
    body::{checked, given, not_blank, shows},
    people::ParticipantId,
};

/// A task to be created.
///
/// ```
/// use clio_core::{Body, Id, schema::{objects::User, operations::CreateTask}};
/// use clio_model::calendar::NewTask;
///
/// let lawyer: Id<User> = Id::new(4);
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let draft = NewTask::new("File the deed", "At the registry", lawyer).due(day);
/// assert_eq!(
///     Body::<CreateTask>::json(&draft)?,
///     r#"{"name":"File the deed","description":"At the registry","assignee":{"id":4,"type":"User"},"due_at":"2026-03-31"}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewTask {
    name: String,
    description: String,
    assignee: ParticipantId,
    matter: Option<Id<objects::Matter>>,
    due: Option<NaiveDate>,
    priority: Option<Priority>,
    status: Option<TaskStatus>,
    task_type: Option<Id<objects::TaskType>>,
    permission: Option<TaskPermission>,
    notify_assignee: Option<bool>,
}

impl NewTask {
    /// A draft for this user or contact. Clio's document requires a description; it may be blank here.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        assignee: impl Into<ParticipantId>,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            assignee: assignee.into(),
            matter: None,
            due: None,
            priority: None,
            status: None,
            task_type: None,
            permission: None,
            notify_assignee: None,
        }
    }

    /// The matter that it is for.
    pub const fn matter(mut self, matter: Id<objects::Matter>) -> Self {
        self.matter = Some(matter);
        self
    }

    /// The day by which it is to be done. Clio's document has a moment as the type of it, and a date in its words; a
    /// date is answered. A date is what is sent: a moment may be another day elsewhere.
    pub const fn due(mut self, day: NaiveDate) -> Self {
        self.due = Some(day);
        self
    }

    /// How urgent it is, in place of normal.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Where it stands, in place of pending. Without Clio's Advanced Tasks, a matter of the plan, there are pending and
    /// complete only (Clio's document; users report a refusal of the others), which cannot be known here.
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// What kind of task it is.
    pub const fn task_type(mut self, task_type: Id<objects::TaskType>) -> Self {
        self.task_type = Some(task_type);
        self
    }

    /// Who sees it, in place of everybody.
    pub fn permission(mut self, permission: TaskPermission) -> Self {
        self.permission = Some(permission);
        self
    }

    /// Whether Clio tells the assignee. It decides itself if this is not said.
    pub const fn notify_assignee(mut self, notify: bool) -> Self {
        self.notify_assignee = Some(notify);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a blank name, and for a priority or a status that is not
    /// known.
    pub fn check(&self) -> Result<()> {
        not_blank("the name of a task", &self.name)?;
        check_words(self.priority.as_ref(), self.status.as_ref())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("name", Field::Value(self.name.clone()));
        members.set("description", Field::Value(self.description.clone()));
        members.set("assignee", Field::Value(self.assignee));
        members.set_reference("matter", given(self.matter));
        members.set("due_at", given(self.due));
        members.set_word("priority", given(self.priority.clone()), &[]);
        members.set_word("status", given(self.status.clone()), &[]);
        members.set_reference("task_type", given(self.task_type));
        members.set_word("permission", given(self.permission.clone()), &[]);
        members.set("notify_assignee", given(self.notify_assignee));
        members
    }
}

checked! { NewTask is the body of CreateTask; }
shows! { NewTask: assignee, matter; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn task(name: &str) -> NewTask {
        NewTask::new(name, "", Id::<objects::Contact>::new(3))
    }

    #[test]
    fn all_that_is_said_is_sent() {
        let draft = task("Call")
            .matter(Id::new(7))
            .priority(Priority::High)
            .status(TaskStatus::Complete)
            .task_type(Id::new(5))
            .permission(TaskPermission::Private)
            .notify_assignee(false);
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"name":"Call","description":"","assignee":{"id":3,"type":"Contact"},"matter":{"id":7},"priority":"High","#,
                r#""status":"complete","task_type":{"id":5},"permission":"private","notify_assignee":false}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        assert_eq!(task("").check().unwrap_err().to_string(), "the name of a task is blank");
        let urgent = task("Call").priority(Priority::Unknown("Urgent".into()));
        assert_eq!(
            urgent.check().unwrap_err().to_string(),
            "the priority of a task is none of High, Normal, Low"
        );
        let strange = task("Call").status(TaskStatus::Unknown("done".into()));
        assert_eq!(strange.json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
    }
}
