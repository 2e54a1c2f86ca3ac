//! Tasks, lists of templates, notes.

use super::*;

const TASKS: &str = "/api/v4/tasks.json";

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

fn task(bench: &Bench, more: &Value) -> Value {
    let assignee = json!({"id": bench.world.users()[1].id, "type": "User"});
    let mut data = json!({"name": "Call", "description": "the court", "assignee": assignee});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

/// Clio's document; the words are those that users report.
#[test]
fn without_advanced_tasks_a_task_is_pending_or_complete() {
    let review = json!({"status": "in_review"});
    let plain = bench();
    let (status, body) = plain.write("POST", TASKS, &task(&plain, &review));
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["error"]["message"], r#"status must be one of ["complete", "pending"]"#);
    let advanced = Bench::new(|firm| firm.advanced_tasks(true));
    assert_eq!(advanced.write("POST", TASKS, &task(&advanced, &review)).0, StatusCode::CREATED);
}

/// Users read what is written as `High` as `high`; Clio's document shows `High`: a knob.
#[test]
fn a_priority_is_read_in_lower_case_or_as_written() {
    for (lower, read) in [("true", "high"), ("false", "High")] {
        let bench = Bench::new(|firm| firm.knob("lowercase_priorities", lower).unwrap());
        let target = format!("{TASKS}?fields=priority,status,permission,assigner,due_at");
        let (_, body) = bench.write(
            "POST",
            &target,
            &task(&bench, &json!({"priority": "High", "due_at": "2026-03-09T23:00:00Z"})),
        );
        let data = &body["data"];
        assert_eq!((&data["priority"], &data["due_at"]), (&json!(read), &json!("2026-03-09")));
        assert_eq!((&data["status"], &data["permission"]), (&json!("pending"), &json!("public")));
        assert_eq!(data["assigner"]["id"], bench.world.users()[0].id);
        assert_eq!(bench.ids(&format!("{TASKS}?priority=high")).len(), 1);
    }
}

/// Clio's document: the moment of completion.
#[test]
fn a_completed_task_says_when() {
    let bench = bench();
    let id = bench.make(TASKS, &task(&bench, &json!({})));
    let target = format!("/api/v4/tasks/{id}.json?fields=completed_at");
    let set = |status: &str| {
        bench.write("PATCH", &target, &json!({"status": status})).1["data"]["completed_at"].clone()
    };
    assert_eq!(set("complete"), "2026-03-02T09:00:00+00:00");
    assert_eq!(bench.ids(&format!("{TASKS}?complete=true")), [id]);
    assert_eq!(set("pending"), Value::Null);
    assert_eq!(bench.ids(&format!("{TASKS}?complete=false")), [id]);
}

/// Clio's document: the filters of tasks; whose they are takes kind and id.
#[test]
fn tasks_are_filtered() {
    let bench = bench();
    let matter = bench.world.matters()[0].id;
    let kept = bench.world.record("Matter", matter).unwrap();
    let due = json!({"due_at": "2026-03-09", "matter": {"id": matter}, "permission": "private"});
    let one = bench.make(TASKS, &task(&bench, &due));
    let two = bench.make(TASKS, &task(&bench, &json!({"name": "Write"})));
    let found = |query: &str| bench.ids(&format!("{TASKS}?{query}"));
    let user = bench.world.users()[1].id;
    assert_eq!(bench.get(&format!("{TASKS}?assignee_id={user}")).0, StatusCode::BAD_REQUEST);
    assert_eq!(found(&format!("assignee_id={user}&assignee_type=user")), [one, two]);
    assert!(found(&format!("assignee_id={user}&assignee_type=contact")).is_empty());
    assert_eq!(found("due_at_present=true"), [one]);
    assert_eq!(found("due_at_from=2026-03-09&due_at_to=2026-03-09"), [one]);
    assert!(found("due_at_from=2026-03-10").is_empty() && found("due_at_to=2026-03-08").is_empty());
    assert_eq!(found(&format!("client_id={}", kept["client"]["id"])), [one]);
    assert_eq!(found(&format!("responsible_attorney_id={}", kept["responsible_attorney"]["id"])), [one]);
    assert_eq!(found("matter_id=null"), [two]);
    assert_eq!(found("permission=private"), [one]);
    assert_eq!(found("statuses[]=pending&statuses[]=complete"), [one, two]);
    assert!(found("statuses[]=complete").is_empty());
    assert_eq!(found("query=wri"), [two]);
    let entry = json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 360, "task": {"id": two}});
    bench.make("/api/v4/activities.json", &entry);
    assert_eq!(found("time_entries_present=true"), [two]);
}

/// Clio's document: `TaskTemplateList#copy`, and lists that are assigned to a matter.
#[test]
fn a_list_is_copied_and_becomes_tasks() {
    let bench = bench();
    let lists = "/api/v4/task_template_lists.json";
    let list = bench.make(lists, &json!({"name": "Opening", "description": "first steps"}));
    for name in ["Engage", "Open the file"] {
        let template = json!({"name": name, "task_template_list": {"id": list}, "priority": "Low"});
        bench.make("/api/v4/task_templates.json", &template);
    }
    let copy = bench.make(&format!("/api/v4/task_template_lists/{list}/copy.json"), &json!({"name": "Copy"}));
    let kept = bench.world.record("TaskTemplateList", copy).unwrap();
    assert_eq!((&kept["name"], &kept["description"]), (&json!("Copy"), &json!("first steps")));
    assert_eq!(kept["templates_count"], 2);
    let empty = bench.make(lists, &json!({"name": "Empty", "description": "none"}));
    assert_eq!(bench.ids(&format!("{lists}?empty=true")), [empty]);
    let matter = bench.world.matters()[0].id;
    let assigned = json!({"task_template_list_instances": [
        {"task_template_list": {"id": copy}, "assignee_id": bench.world.users()[2].id, "due_at": "2026-04-01"},
    ]});
    let target = format!("/api/v4/matters/{matter}.json");
    assert_eq!(bench.write("PATCH", &target, &assigned).0, StatusCode::OK);
    let tasks = bench.world.records("Task");
    assert_eq!(
        tasks.iter().map(|task| task["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Engage", "Open the file"]
    );
    assert_eq!((&tasks[0]["matter"]["id"], &tasks[0]["due_at"]), (&json!(matter), &json!("2026-04-01")));
    assert_eq!(tasks[0]["assignee"]["id"], bench.world.users()[2].id);
    let unknown = json!({"task_template_list_instances": [{"task_template_list": {"id": 1}}]});
    assert_eq!(bench.write("PATCH", &target, &unknown).0, StatusCode::NOT_FOUND);
}

/// Clio's document: the list needs a type. In use a note needs what its type names, and nothing else.
#[test]
fn a_note_is_of_a_matter_or_of_a_contact() {
    let bench = bench();
    let notes = "/api/v4/notes.json";
    let matter = bench.world.matters()[0].id;
    let contact = bench.world.records("Contact")[0]["id"].clone();
    assert_eq!(bench.write("POST", notes, &json!({"type": "Matter"})).0, StatusCode::UNPROCESSABLE_ENTITY);
    let crossed = json!({"type": "Contact", "matter": {"id": matter}});
    assert_eq!(bench.write("POST", notes, &crossed).0, StatusCode::UNPROCESSABLE_ENTITY);
    let one = bench.make(notes, &json!({"type": "Matter", "matter": {"id": matter}, "subject": "Call"}));
    let two =
        bench.make(notes, &json!({"type": "Contact", "contact": {"id": contact}, "detail": "hates calls"}));
    assert_eq!(bench.get(notes).0, StatusCode::BAD_REQUEST);
    assert_eq!(bench.ids(&format!("{notes}?type=Matter")), [one]);
    assert_eq!(bench.ids(&format!("{notes}?type=Contact&query=CALLS")), [two]);
    let kept = bench.world.record("Note", one).unwrap();
    assert_eq!((&kept["date"], &kept["detail_text_type"]), (&json!("2026-03-02"), &json!("plain_text")));
    assert_eq!(kept["author"]["id"], bench.world.users()[0].id);
    let entry =
        json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 360, "matter_note": {"id": one}});
    bench.write("POST", "/api/v4/activities.json", &entry);
}
