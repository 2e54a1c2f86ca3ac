//! The fake firm at Case Status. What is tested is what Airbyte's public connector relies on, unless a test says that it
//! is our choice.

use clio_core::{Limits, Payload, Random};
use serde_json::Value;

use super::*;
use crate::{Fault, SeededRandom, VirtualClock};

fn world(change: impl FnOnce(CaseStatusWorldBuilder) -> CaseStatusWorldBuilder) -> CaseStatusWorld {
    change(CaseStatusWorld::firm(7).clock(VirtualClock::new())).start()
}

fn get(world: &CaseStatusWorld, target: &str) -> (u16, Value) {
    let request = Request::get(format!("https://casestatus.test{target}"))
        .header("authorization", format!("ApiKey {}", world.api_key()))
        .body(Bytes::new())
        .unwrap();
    let answer = world.handle(request, world.clock().now());
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

fn ids(list: &Value, name: &str) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|one| one[name].as_i64().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn cases_are_a_report_in_pages_of_the_size_that_is_asked_for() {
    let world = world(|firm| firm.cases(250).integration_ids([11, 12]));
    let mut seen = Vec::new();
    for (page, rows) in [(1, 100), (2, 100), (3, 50), (4, 0)] {
        let (status, body) = get(&world, &format!("/reporting/cases?size=100&page[number]={page}"));
        let page = ids(&body["results"], "Internal ID");
        assert_eq!((status, page.len()), (200, rows));
        seen.extend(page);
    }
    assert_eq!(seen, world.cases().iter().map(|case| case.id).collect::<Vec<_>>());
    let (_, body) = get(&world, "/reporting/cases?size=2&page%5Bnumber%5D=1");
    let case = &body["results"][0];
    assert_eq!((body["results"].as_array().unwrap().len(), &case["Integration ID"]), (2, &"11".into()));
    assert_eq!(case["Clients"]["Client 1 Email"], world.cases()[0].client.email.as_str());
    assert!(get(&world, "/reporting/cases?page[number]=2").1["results"][0]["Integration ID"].is_null());
}

/// How large a page can be is not known.
#[tokio::test(start_paused = true)]
async fn the_largest_page_is_a_setting() {
    for (largest, expected) in [(100, 100), (30, 30), (1000, 200)] {
        let world = world(|firm| firm.cases(200).largest_page(largest));
        let (_, body) = get(&world, "/reporting/cases?size=1000");
        assert_eq!(body["results"].as_array().unwrap().len(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_firm_is_a_report_of_one_row() {
    let world = world(|firm| firm.cases(3));
    assert!(world.staff("Sam").close_case(world.cases()[0].id));
    let (_, body) = get(&world, "/reporting/firm?page[number]=1");
    assert_eq!(body["results"][0]["Cases Per Active User"], "2");
    assert_eq!(get(&world, "/reporting/firm?page[number]=2").1["results"], Value::Array(Vec::new()));
}

/// 10 a page is what the connector counts on; other sizes, and the order, are settings.
#[tokio::test(start_paused = true)]
async fn messages_and_files_are_bare_lists_in_pages() {
    for (page, newest_first) in [(10, false), (4, true)] {
        let world = world(|firm| firm.messages(23).files(11).page(page).newest_first(newest_first));
        for (path, all) in [
            ("/v1/api/messages", world.messages().iter().map(|one| one.id).collect::<Vec<_>>()),
            ("/v1/api/files", world.files().iter().map(|one| one.id).collect()),
        ] {
            let mut seen = Vec::new();
            for number in 1.. {
                let rows = ids(&get(&world, &format!("{path}?page[number]={number}")).1, "id");
                assert!(rows.len() <= page);
                seen.extend_from_slice(&rows);
                if rows.len() < page {
                    break;
                }
            }
            if newest_first {
                seen.reverse();
            }
            assert_eq!(seen, all);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_people_do_is_seen_in_the_lists_and_keeps_its_author() {
    let world = world(|firm| firm.cases(1).integration_ids([42]));
    let case = world.cases()[0].id;
    let (client, staff) = (world.client("Ruth Adeyemi"), world.staff("Sam"));
    let message = client.send_message(case, "Any news?").unwrap();
    assert!(staff.send_message(case, "Tomorrow.").is_some() && client.send_message(1, "x").is_none());
    let file = client.upload_file(case, "scan.pdf", "application/pdf", b"abc").unwrap();
    assert!(staff.move_status(case, "Negotiation") && !staff.move_status(1, "x"));

    let (_, messages) = get(&world, "/v1/api/messages?page[number]=1");
    assert_eq!((&messages[0]["id"], &messages[0]["integration_id"]), (&message.into(), &"42".into()));
    assert_eq!(
        (&messages[0]["sender_name"], &messages[1]["sender_name"]),
        (&"Ruth Adeyemi".into(), &"Sam".into())
    );
    let (_, files) = get(&world, "/v1/api/files?page[number]=1");
    assert_eq!(
        (&files[0]["id"], &files[0]["size"], &files[0]["extension"]),
        (&file.into(), &3.into(), &"pdf".into())
    );
    assert_eq!(files[0]["case_id"], case.to_string());
    let (_, report) = get(&world, "/reporting/cases");
    assert_eq!(
        (&report["results"][0]["Status"], &report["results"][0]["Total Documents Received"]),
        (&"Negotiation".into(), &1.into())
    );

    assert_eq!(world.messages()[0].by, CaseAuthor::Client("Ruth Adeyemi".into()));
    assert_eq!(world.messages()[1].by, CaseAuthor::Staff("Sam".into()));
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((world.files()[0].sha256.as_str(), &world.cases()[0].by), (digest, &CaseAuthor::Seed));
}

#[tokio::test(start_paused = true)]
async fn cases_are_opened_linked_closed_and_deleted_by_staff() {
    let world = world(|firm| firm.cases(0));
    let staff = world.staff("Sam");
    let case = staff.open_case("Brook v. Rail", "Omar", "Brook");
    assert!(staff.link(case, 99) && staff.close_case(case));
    assert!(get(&world, "/reporting/cases").1["results"][0]["Case Closed At"].is_string());
    assert!(staff.reopen_case(case) && staff.delete_case(case));
    let (_, report) = get(&world, "/reporting/cases");
    let row = &report["results"][0];
    assert!(row["Case Closed At"].is_null() && row["Case Deleted At"].is_string());
    assert_eq!(row["Integration ID"], "99");
    assert!(!staff.delete_case(case) && staff.send_message(case, "x").is_none());
}

#[tokio::test(start_paused = true)]
async fn other_keys_are_401_and_other_requests_404() {
    let world = world(|firm| firm);
    let status = |method: &str, path: &str, authorization: Option<String>| {
        let mut request = Request::builder().method(method).uri(format!("https://casestatus.test{path}"));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        world.handle(request.body(Bytes::new()).unwrap(), world.clock().now()).status().as_u16()
    };
    let key = world.api_key();
    for wrong in [None, Some("ApiKey no".to_owned()), Some(format!("Bearer {key}")), Some(key.clone())] {
        assert_eq!(status("GET", "/reporting/cases", wrong), 401);
    }
    let right = || Some(format!("ApiKey {key}"));
    for (method, path) in
        [("POST", "/v1/api/messages"), ("GET", "/v1/api/cases"), ("PATCH", "/reporting/cases")]
    {
        assert_eq!(status(method, path, right()), 404, "{method} {path} is not public");
    }
    for bad in ["page[number]=0", "page[number]=x", "size=0", "size=-1"] {
        assert_eq!(status("GET", &format!("/reporting/cases?{bad}"), right()), 400, "{bad}: our choice");
    }
}

#[tokio::test(start_paused = true)]
async fn a_firm_follows_from_its_seed() {
    let of = |seed| CaseStatusWorld::firm(seed).clock(VirtualClock::new()).messages(9).files(4).start();
    let all = |world: &CaseStatusWorld| (world.cases(), world.messages(), world.files(), world.api_key());
    assert_eq!(all(&of(3)), all(&of(3)));
    assert_ne!(all(&of(3)), all(&of(4)));
}

#[tokio::test(start_paused = true)]
async fn faults_work_as_in_the_other_worlds() {
    let world = world(|firm| firm);
    world.faults().at_call(1, Fault::ServerErrorNotApplied);
    let send = async || {
        let request = Request::get("https://casestatus.test/reporting/firm")
            .header("authorization", format!("ApiKey {}", world.api_key()))
            .body(Payload::Empty)
            .unwrap();
        world.transport().send(request, Limits::default()).await.unwrap().status().as_u16()
    };
    assert_eq!((send().await, send().await), (502, 200));
}

#[tokio::test]
async fn wiremock_and_a_socket_answer_out_of_the_world() {
    let world = CaseStatusWorld::firm(7).start();
    let mock = MockServer::start().await;
    world.mount(&mock).await;
    let served = world.serve().await.unwrap();
    for url in [mock.uri(), served.url()] {
        let request = Request::get(format!("{url}/reporting/firm"))
            .header("authorization", format!("ApiKey {}", world.api_key()))
            .body(Payload::Empty)
            .unwrap();
        let answer = crate::LoopbackTransport.send(request, Limits::default()).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(world.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_query_makes_the_world_panic() {
    let (world, random) = (world(|firm| firm.messages(3)), SeededRandom::new(5));
    for round in 0..500 {
        let noise = random.text(1 + round % 20);
        let _ = get(&world, &format!("/v1/api/messages?page[number]={noise}&{noise}"));
    }
    let huge = format!("/reporting/cases?size={0}&page[number]={0}", usize::MAX);
    assert_eq!(get(&world, &huge), (200, serde_json::json!({"results": []})));
}
