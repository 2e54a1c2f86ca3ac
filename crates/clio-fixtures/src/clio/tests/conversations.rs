//! Conversations and their messages.

use super::*;
use crate::{NewMessage, Party};

const MESSAGES: &str = "/api/v4/conversation_messages.json";

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

fn message(bench: &Bench, more: &Value) -> Value {
    let mut data = json!({
        "subject": "Papers", "body": "Please sign.",
        "receivers": [{"id": bench.world.users()[1].id, "type": "User"}],
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

/// Clio's document: a message needs a subject, a body and receivers; it begins a conversation or continues one.
#[test]
fn a_message_begins_or_continues_a_conversation() {
    let bench = bench();
    for missing in ["subject", "body", "receivers"] {
        let (status, _) = bench.write("POST", MESSAGES, &message(&bench, &json!({missing: null})));
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
    }
    let matter = bench.world.matters()[0].id;
    let target = format!("{MESSAGES}?fields=id,conversation,sender");
    let (_, first) = bench.write("POST", &target, &message(&bench, &json!({"matter": {"id": matter}})));
    let conversation = first["data"]["conversation"]["id"].as_i64().unwrap();
    // Clio's document names no field of a sender.
    assert_eq!(first["data"]["sender"], json!({}));
    let next = json!({"conversation": {"id": conversation}, "subject": "ignored"});
    bench.make(MESSAGES, &message(&bench, &next));
    assert_eq!(bench.world.records("Conversation").len(), 1);
    let kept = bench.world.record("Conversation", conversation).unwrap();
    assert_eq!((&kept["subject"], &kept["message_count"]), (&json!("Papers"), &json!(2)));
    assert_eq!(kept["matter"]["id"], matter);
    assert_eq!(kept["memberships"].as_array().unwrap().len(), 2);
    assert_eq!(kept["first_message"]["id"], first["data"]["id"]);
    assert_eq!(bench.ids(&format!("{MESSAGES}?conversation_id={conversation}")).len(), 2);
    assert!(bench.ids(&format!("{MESSAGES}?conversation_id=1")).is_empty());
    // The document requires it; the status is a guess.
    assert_eq!(bench.get(MESSAGES).0, StatusCode::BAD_REQUEST);
}

/// Clio's document: read and archived are each member's own, and who is no member reads only.
#[test]
fn reading_is_the_members_own_affair() {
    let mut bench = bench();
    let users = bench.world.users();
    bench.make(MESSAGES, &message(&bench, &json!({})));
    let fields = "read,read_only,archived,current_user_is_member";
    let id = bench.world.records("Conversation")[0]["id"].as_i64().unwrap();
    let target = format!("/api/v4/conversations/{id}.json?fields={fields}");
    let mut of = |user: &UserRecord| {
        bench.token = bench.world.token_of(user.id).access.expose().to_owned();
        bench.get(&target).1["data"].clone()
    };
    assert_eq!(of(&users[0])["read"], true, "the sender has read it");
    assert_eq!(
        of(&users[1]),
        json!({"read": false, "read_only": false, "archived": false, "current_user_is_member": true})
    );
    assert_eq!(of(&users[2])["read_only"], true);
    of(&users[1]);
    let unread = |bench: &Bench| {
        bench.get("/api/v4/internal_notifications/event_metrics.json?fields=unread_secure_messages").1["data"]
            ["unread_secure_messages"]
            .clone()
    };
    assert_eq!(unread(&bench), 1);
    let (status, body) = bench.write("PATCH", &target, &json!({"read": true, "archived": true}));
    assert_eq!((status, &body["data"]["archived"]), (StatusCode::OK, &json!(true)));
    assert_eq!(unread(&bench), 0);
    assert_eq!(bench.ids("/api/v4/conversations.json?archived=true"), [id]);
    bench.token = bench.world.token_of(users[0].id).access.expose().to_owned();
    assert!(bench.ids("/api/v4/conversations.json?archived=true").is_empty());
}

/// Clio's document: the since filters of messages look at their conversation.
#[tokio::test(start_paused = true)]
async fn since_looks_at_the_conversation() {
    let bench = bench();
    let ada = bench.world.person("Ada");
    let to = vec![Party::User(bench.world.users()[1].id)];
    let first = ada.send_message(NewMessage { to: to.clone(), ..NewMessage::default() }).unwrap();
    let conversation = bench.world.records("Conversation")[0]["id"].as_i64().unwrap();
    bench.clock.sleep(Duration::from_secs(3600)).await;
    let list = format!("{MESSAGES}?conversation_id={conversation}&updated_since=2026-03-02T10:00:00Z");
    assert!(bench.ids(&list).is_empty());
    let next = NewMessage { to, conversation: Some(conversation), ..NewMessage::default() };
    let second = ada.send_message(next).unwrap();
    assert_eq!(bench.ids(&list), [first, second]);
    assert!(bench.ids(&list.replace("updated", "created")).is_empty());
    assert_eq!(ada.send_message(NewMessage { conversation: Some(1), ..NewMessage::default() }), None);
}

/// A client answers in the portal, and is found by contact.
#[test]
fn a_client_takes_part() {
    let bench = bench();
    let client = bench.world.records("Contact")[0]["id"].as_i64().unwrap();
    let from = Some(Party::Contact(client));
    let to = vec![Party::User(bench.world.users()[0].id)];
    bench.world.person("Ada").send_message(NewMessage { from, to, ..NewMessage::default() }).unwrap();
    assert_eq!(bench.ids(&format!("/api/v4/conversations.json?contact_id={client}")).len(), 1);
    assert_eq!(bench.ids("/api/v4/conversations.json?read_status=false").len(), 1);
}
