//! Tasks, and the lists of templates that they are made from.

use bytes::Bytes;
use chrono::NaiveDate;
use clio_core::schema::OperationInfo;
use http::Response;
use serde_json::Value as Json;

use super::{
    Behaviour, Compute,
    attached::{count, flag, many, reminders, time_entries},
    contacts::CONTACT,
    matters::{AREA, MATTER},
    users::USER,
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write, body, fields, one},
    store::{Record, Resource, Value, handles},
};

handles!(TASK: Task = task {
    assignee,
    assigner,
    completed_at,
    description,
    description_text_type,
    due_at,
    matter,
    name,
    permission,
    priority,
    status,
    task_type,
});
handles!(LIST: TaskTemplateList = task_template_list { creator, description, name, practice_area });
handles!(TEMPLATE: TaskTemplate = task_template {
    assignee,
    description,
    name,
    priority,
    private,
    task_template_list,
    task_type,
    template_creator,
});

pub(crate) struct Tasks;

impl Behaviour for Tasks {
    fn resource(&self) -> Option<Resource> {
        Some(TASK.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            // Written as `High`; users read `high`, Clio's document shows `High`: a knob.
            "priority" => |view, _, task| match task.get(TASK.priority).as_str() {
                Some(word) if view.firm.settings.lowercase_priorities => Value::from(word.to_lowercase()),
                _ => task.get(TASK.priority).clone(),
            },
            "due_at_strict" => |_, _, task| task.get(TASK.due_at).clone(),
            "reminders" => reminders,
            "time_entries" => |view, resource, task| time_entries(view, "task", resource, task),
            "time_entries_count" => |view, resource, task| count(&time_entries(view, "task", resource, task)),
            _ => return None,
        })
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let status = record.get(TASK.status).as_str().unwrap_or("pending").to_owned();
        // Without the Advanced Tasks of the larger plans there are two (Clio's document; the words are those that users report).
        if write.sends("status")
            && !firm.settings.advanced_tasks
            && status != "complete"
            && status != "pending"
        {
            return Err(Refusal::unprocessable(r#"status must be one of ["complete", "pending"]"#));
        }
        let done = status == "complete";
        match (done, record.get(TASK.completed_at).is_null()) {
            (true, true) => record.set(TASK.completed_at, write.now),
            (false, false) => record.set(TASK.completed_at, Value::Null),
            _ => {}
        }
        if write.creates() {
            record.set(TASK.assigner, Value::Link(USER.resource, write.user));
        }
        for (slot, value) in [
            (TASK.status, Value::Word("pending")),
            (TASK.priority, Value::Word("Normal")),
            (TASK.permission, Value::Word("public")),
            (TASK.description_text_type, Value::Word("plain_text")),
        ] {
            if record.get(slot).is_null() {
                record.set(slot, value);
            }
        }
        Ok(())
    }

    /// Clio's document: whose task is asked for by kind and id. That one without the other is 400 is a guess.
    fn admits(&self, ask: &Ask<'_>) -> Result<(), Refusal> {
        if ask.param("assignee_id").is_some_and(|id| id != "null") && ask.param("assignee_type").is_none() {
            return Err(Refusal::argument("assignee_id needs assignee_type"));
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "assignee_id",
            "assignee_type",
            "client_id",
            "complete",
            "due_at_from",
            "due_at_present",
            "due_at_to",
            "permission",
            "responsible_attorney_id",
            "statuses[]",
            "time_entries_present",
        ]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let due = |task: &Record| task.get(TASK.due_at).as_date();
        Some(match parameter {
            "assignee_id" if value == "null" => Box::new(|_, task| task.get(TASK.assignee).link().is_none()),
            "assignee_id" => {
                let id: i64 = value.parse().ok()?;
                Box::new(move |_, task| task.get(TASK.assignee).link() == Some(id))
            }
            "assignee_type" => {
                let kind = if value == "user" { USER.resource } else { CONTACT.resource };
                Box::new(
                    move |_, task| matches!(task.get(TASK.assignee), Value::Link(one, _) if *one == kind),
                )
            }
            "client_id" => by_matter(MATTER.client, value)?,
            "responsible_attorney_id" => by_matter(MATTER.responsible_attorney, value)?,
            "complete" => {
                return flag(value, |_, task| task.get(TASK.status).as_str() == Some("complete"));
            }
            "permission" => {
                let wanted = value.to_owned();
                Box::new(move |_, task| task.get(TASK.permission).as_str() == Some(&wanted))
            }
            "due_at_present" => return flag(value, |_, task| !task.get(TASK.due_at).is_null()),
            "due_at_from" => {
                let first: NaiveDate = value.get(..10)?.parse().ok()?;
                Box::new(move |_, task| due(task).is_some_and(|day| day >= first))
            }
            "due_at_to" => {
                let last: NaiveDate = value.get(..10)?.parse().ok()?;
                Box::new(move |_, task| due(task).is_some_and(|day| day <= last))
            }
            "time_entries_present" => {
                return flag(value, |view, task| {
                    !time_entries(view, "task", TASK.resource, task).links().is_empty()
                });
            }
            // Several of them: see `listed`.
            _ => Box::new(|_, _| true),
        })
    }

    fn listed(&self, _view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        let wanted: Vec<_> = ask
            .params()
            .iter()
            .filter(|(key, _)| key == "statuses[]")
            .map(|(_, word)| word.clone())
            .collect();
        let one_of = move |task: &Record| {
            wanted.iter().any(|word| task.get(TASK.status).as_str() == Some(word)) || wanted.is_empty()
        };
        Some(Box::new(move |_, task| one_of(task)))
    }

    /// Clio's document: name and description.
    fn searched(&self, _view: View<'_>, task: &Record) -> Option<String> {
        let text = |slot| task.get(slot).as_str().unwrap_or_default();
        Some(format!("{}\n{}", text(TASK.name), text(TASK.description)))
    }
}

fn by_matter(slot: u16, value: &str) -> Option<Test> {
    let id: i64 = value.parse().ok()?;
    Some(Box::new(move |view, task| {
        let matter = task.get(TASK.matter).link().and_then(|id| view.firm.get(MATTER.resource, id));
        matter.is_some_and(|matter| matter.get(slot).link() == Some(id))
    }))
}

pub(crate) struct Lists;

impl Behaviour for Lists {
    fn resource(&self) -> Option<Resource> {
        Some(LIST.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        match field {
            "templates_count" => Some(|view, _, list| many(templates(view.firm, list.id).count())),
            _ => None,
        }
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if write.creates() {
            record.set(LIST.creator, Value::Link(USER.resource, write.user));
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["empty"]
    }

    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        flag(value, |view, list| templates(view.firm, list.id).next().is_none())
    }

    fn searched(&self, _view: View<'_>, list: &Record) -> Option<String> {
        Some(list.get(LIST.name).as_str().unwrap_or_default().to_owned())
    }
}

pub(crate) struct Templates;

impl Behaviour for Templates {
    fn resource(&self) -> Option<Resource> {
        Some(TEMPLATE.resource)
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if write.creates() {
            record.set(TEMPLATE.template_creator, Value::Link(USER.resource, write.user));
        }
        Ok(())
    }

    fn searched(&self, _view: View<'_>, template: &Record) -> Option<String> {
        Some(template.get(TEMPLATE.name).as_str().unwrap_or_default().to_owned())
    }
}

fn templates(firm: &Firm, list: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(TEMPLATE.resource).values();
    all.filter(move |template| template.get(TEMPLATE.task_template_list).link() == Some(list))
}

/// `POST /task_template_lists/{id}/copy`: the list and its templates once more, with what was sent in place of its own.
pub(crate) fn copy(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let data = body(ask)?;
    let by = ask.origin_of_writes();
    let source = ids.first().copied().unwrap_or(0);
    let list = firm.get(LIST.resource, source).cloned();
    let list = list.ok_or_else(|| Refusal::not_found(&format!("TaskTemplateList {source}")))?;
    let area = data.get("practice_area").and_then(|area| area.get("id")?.as_i64());
    if let Some(area) = area.filter(|id| firm.get(AREA.resource, *id).is_none()) {
        return Err(Refusal::unknown_reference(firm, &format!("PracticeArea {area}")));
    }
    let parts: Vec<_> = templates(firm, source).cloned().collect();
    let id = firm.make(LIST.resource, ask.now, &by, |copy| {
        copy.take_from(&list);
        for (name, slot) in [("name", LIST.name), ("description", LIST.description)] {
            if let Some(text) = data.get(name).and_then(Json::as_str) {
                copy.set(slot, text);
            }
        }
        if let Some(area) = area {
            copy.set(LIST.practice_area, Value::Link(AREA.resource, area));
        }
        copy.set(LIST.creator, Value::Link(USER.resource, access.user));
    });
    for template in parts {
        firm.make(TEMPLATE.resource, ask.now, &by, |copy| {
            copy.take_from(&template);
            copy.set(TEMPLATE.task_template_list, Value::Link(LIST.resource, id));
        });
    }
    let copy = firm.get(LIST.resource, id).ok_or_else(|| Refusal::not_found("TaskTemplateList"))?;
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, LIST.resource, copy))
}

/// Refuses lists and people that do not exist, where a matter is given lists of tasks.
pub(crate) fn check_lists(firm: &Firm, write: &Write<'_>) -> Result<(), Refusal> {
    for item in lists(write) {
        let list = item.get("task_template_list").and_then(|list| list.get("id")?.as_i64());
        if let Some(id) = list.filter(|id| firm.get(LIST.resource, *id).is_none()) {
            return Err(Refusal::unknown_reference(firm, &format!("TaskTemplateList {id}")));
        }
        let user = item.get("assignee_id").and_then(Json::as_i64);
        if let Some(id) = user.filter(|id| firm.get(USER.resource, *id).is_none()) {
            return Err(Refusal::unknown_reference(firm, &format!("User {id}")));
        }
    }
    Ok(())
}

/// A matter that is given a list of task templates gets a task of each (Clio's document: the lists can be assigned so, and not
/// read). Whatever the templates say about days from the assignment cannot be read either: the tasks are due together.
pub(crate) fn assign_lists(firm: &mut Firm, matter: i64, write: &Write<'_>) {
    for item in lists(write) {
        let Some(list) = item.get("task_template_list").and_then(|list| list.get("id")?.as_i64()) else {
            continue;
        };
        let user = item.get("assignee_id").and_then(Json::as_i64);
        let due: Option<NaiveDate> =
            item.get("due_at").and_then(Json::as_str).and_then(|day| day.get(..10)?.parse().ok());
        let parts: Vec<_> = templates(firm, list).cloned().collect();
        for template in parts {
            let assignee = template.get(TEMPLATE.assignee).link().or(user).unwrap_or(write.user);
            let private = template.get(TEMPLATE.private).is_true();
            firm.make(TASK.resource, write.now, write.by, |task| {
                for (from, to) in [
                    (TEMPLATE.name, TASK.name),
                    (TEMPLATE.description, TASK.description),
                    (TEMPLATE.priority, TASK.priority),
                    (TEMPLATE.task_type, TASK.task_type),
                ] {
                    task.set(to, template.get(from).clone());
                }
                task.set(TASK.assignee, Value::Link(USER.resource, assignee));
                task.set(TASK.assigner, Value::Link(USER.resource, write.user));
                task.set(TASK.matter, Value::Link(MATTER.resource, matter));
                task.set(TASK.status, Value::Word("pending"));
                task.set(TASK.permission, Value::Word(if private { "private" } else { "public" }));
                task.set(TASK.description_text_type, Value::Word("plain_text"));
                task.set(TASK.due_at, due);
            });
        }
    }
}

fn lists<'a>(write: &'a Write<'_>) -> impl Iterator<Item = &'a Json> {
    write.data.get("task_template_list_instances").and_then(Json::as_array).into_iter().flatten()
}
