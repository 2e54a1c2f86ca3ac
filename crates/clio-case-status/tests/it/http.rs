//! The public part of Case Status's API, against the fake firm.

use std::{collections::BTreeSet, sync::Arc};

use clio_case_status::{CaseStatus, Http, HttpBuilder, Order};
use clio_core::Clock;
use clio_fixtures::{CaseStatusWorld, CaseStatusWorldBuilder, Fault, VirtualClock};
use clio_sync::{ConnectionState, ErrorKind, LineOutcome};

use crate::bench::Bench;

fn world(build: impl FnOnce(CaseStatusWorldBuilder) -> CaseStatusWorldBuilder) -> CaseStatusWorld {
    build(CaseStatusWorld::firm(7).clock(VirtualClock::new())).start()
}

fn builder(world: &CaseStatusWorld) -> HttpBuilder {
    Http::builder(world.api_key()).base(world.host_url()).transport(world.transport())
}

fn client(world: &CaseStatusWorld, order: Order) -> Http {
    builder(world).order(order).build().expect("a client")
}

fn all(world: &CaseStatusWorld) -> BTreeSet<String> {
    world.messages().iter().map(|message| message.id.to_string()).collect()
}

/// A walk to the end: what was on it, and how many requests it took. `meanwhile` happens after each page.
async fn walk(
    world: &CaseStatusWorld,
    client: &Http,
    since: Option<chrono::DateTime<chrono::Utc>>,
    mut meanwhile: impl FnMut(usize),
) -> (Vec<String>, usize) {
    let before = world.calls().len();
    let (mut found, mut position) = (Vec::new(), None);
    for number in 1.. {
        let page = client.messages(since, position.as_deref()).await.expect("a page");
        assert!(page.as_of.is_some(), "Case Status's own time");
        found.extend(page.items.iter().map(|message| message.id.to_string()));
        meanwhile(number);
        position = page.next;
        if position.is_none() {
            break;
        }
    }
    (found, world.calls().len() - before)
}

#[tokio::test(start_paused = true)]
async fn a_poll_with_nothing_new_takes_one_request_in_either_order() {
    for (order, newest_first) in [(Order::OldestFirst, false), (Order::NewestFirst, true)] {
        let world = world(|firm| firm.cases(2).messages(43).newest_first(newest_first));
        let client = client(&world, order);
        let (found, requests) = walk(&world, &client, None, |_| ()).await;
        assert_eq!((found.len(), requests), (43, 5), "{order:?}");
        // All that was there is older than this: the last message was sent a minute ago.
        let now = || Some(clock_of(&world));
        let (found, requests) = walk(&world, &client, now(), |_| ()).await;
        assert_eq!(requests, 1, "{order:?}: {found:?}");
        let since = now();
        let new = world.client("Ruth").send_message(world.cases()[0].id, "Any news?").expect("a message");
        let (found, requests) = walk(&world, &client, since, |_| ()).await;
        assert!(found.contains(&new.to_string()), "{order:?}");
        assert_eq!(requests, 1, "{order:?}");
    }
}

fn clock_of(_: &CaseStatusWorld) -> chrono::DateTime<chrono::Utc> {
    VirtualClock::new().now()
}

#[tokio::test(start_paused = true)]
async fn pages_that_move_while_they_are_read_lose_nothing() {
    for (order, newest_first) in [(Order::OldestFirst, false), (Order::NewestFirst, true)] {
        let world = world(|firm| firm.cases(2).messages(35).newest_first(newest_first));
        let before = all(&world);
        let client = client(&world, order);
        let case = world.cases()[0].id;
        let write = |number| {
            if number <= 3 {
                world.client("Ruth").send_message(case, "Meanwhile").expect("a message");
            }
        };
        let since = Some(clock_of(&world));
        let (found, _) = walk(&world, &client, None, write).await;
        let mut found: BTreeSet<String> = found.into_iter().collect();
        assert!(found.is_superset(&before), "{order:?}, newest first: {newest_first}");
        // What came meanwhile is there the next time, whichever way it is.
        found.extend(walk(&world, &client, since, |_| ()).await.0);
        assert_eq!(found, all(&world), "{order:?}, newest first: {newest_first}");
    }
}

/// The setting is wrong, and it is seen: a poll would pass over what is new.
#[tokio::test(start_paused = true)]
async fn lists_that_are_seen_to_be_in_the_other_order_are_refused() {
    for (order, newest_first, other) in
        [(Order::NewestFirst, false, "Order::OldestFirst"), (Order::OldestFirst, true, "Order::NewestFirst")]
    {
        let world = world(|firm| firm.cases(2).messages(25).files(4).newest_first(newest_first));
        let client = client(&world, order);
        let error = client.messages(None, None).await.expect_err("the other order");
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(other), "{error}");
        assert!(client.files(None, None).await.is_err());
    }
}

/// A full page, larger pages than expected, and a client that has forgotten where it was.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_whatever_a_page_has() {
    for (messages, page) in [(20, 10), (21, 10), (9, 10), (0, 10), (60, 25), (50, 25)] {
        let world = world(|firm| firm.cases(2).messages(messages).page(page));
        let client = client(&world, Order::OldestFirst);
        for n in 0..25 {
            let found: BTreeSet<String> = walk(&world, &client, None, |_| ()).await.0.into_iter().collect();
            assert_eq!(found, all(&world), "{messages} in pages of {page}, {n} later");
            let since = Some(clock_of(&world));
            let new = world.client("Ruth").send_message(world.cases()[0].id, "More").expect("a message");
            let (found, _) = walk(&world, &client, since, |_| ()).await;
            assert!(found.contains(&new.to_string()), "{messages} in pages of {page}, {n} later");
        }
        let error = client.messages(None, Some("0")).await.expect_err("no place");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
}

#[tokio::test(start_paused = true)]
async fn cases_are_found_in_the_whole_report_however_large_its_pages_are() {
    for largest in [100, 30] {
        let world = world(|firm| firm.cases(250).integration_ids(1..=250).largest_page(largest));
        let (http, staff) = (client(&world, Order::OldestFirst), world.staff("Sam"));
        let last = world.cases()[249].clone();
        let [case] = http.cases_of("250").await.expect("cases").try_into().expect("one");
        assert_eq!((case.id.as_str(), case.deleted), (last.id.to_string().as_str(), false));
        assert_eq!(case.fields.title, last.name);
        assert_eq!(case.fields.client.email.as_deref(), Some(last.client.email.as_str()));
        assert_eq!(case.fields.client.phone.as_deref(), Some(last.client.phone.as_str()));
        assert_eq!(case.status.as_deref(), Some(last.status.as_str()));
        assert_eq!(
            http.case(&case.id).await.expect("a case").map(|one| one.fields.integration_id),
            Some("250".into())
        );
        // A mistake that people have made is told as one, and what is deleted says so.
        assert!(staff.link(world.cases()[0].id, 250) && staff.delete_case(last.id));
        let mut twins = http.cases_of("250").await.expect("cases");
        twins.sort_by_key(|case| case.deleted);
        assert_eq!(twins.iter().map(|case| case.deleted).collect::<Vec<_>>(), [false, true]);
        assert!(http.cases_of("no").await.expect("cases").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_refused_is_a_setting_and_not_the_loss_of_clio() {
    let mut bench = Bench::new().await;
    let world = world(|firm| firm.messages(3));
    let wrong = Http::builder("cs-wrong").base(world.host_url()).transport(world.transport()).build();
    let wrong = wrong.expect("a client");
    assert_eq!(wrong.firm().await.expect_err("refused").kind(), ErrorKind::Configuration);
    assert!(!format!("{wrong:?} {:?}", wrong.firm().await).contains("cs-wrong"), "no key is shown");
    bench.restart_at(Arc::new(wrong));
    let error = bench.firm.run("case-status/messages").await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains("API key"), "{error}");
    let standing = bench.firm.connection().await.expect("the store").standing.state;
    assert_ne!(standing, ConnectionState::AuthorisationLost);
    assert!(client(&world, Order::OldestFirst).firm().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_no_request_is_published_for_is_refused_with_what_to_do() {
    let mut bench = Bench::new().await;
    let world = world(|firm| firm.cases(1));
    bench.restart_at(Arc::new(client(&world, Order::OldestFirst)));
    let report = bench.firm.run("case-status/matters").await;
    let error = report.expect_err("no case can be created");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("implement the port `CaseStatus`"), "{error}");
    assert!(world.calls().iter().all(|call| call.method == "GET"), "nothing is tried");
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_told_and_the_next_poll_goes_on() {
    for fault in Fault::ALL {
        let world = world(|firm| firm.cases(2).messages(5));
        let client = client(&world, Order::OldestFirst);
        world.faults().at_call(1, *fault);
        match client.messages(None, None).await {
            Ok(page) => assert_eq!(page.items.len(), 5, "{fault:?}"),
            Err(error) => {
                let known = [ErrorKind::Transient, ErrorKind::RateLimited, ErrorKind::Protocol];
                assert!(known.contains(&error.kind()), "{fault:?}: {error:?}");
            }
        }
        world.faults().clear();
        assert_eq!(client.messages(None, None).await.expect("a page").items.len(), 5, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_that_come_by_http_are_filed_in_clio() {
    let mut bench = Bench::new().await;
    let matter = bench.matter(0);
    let clock = bench.clock.clone();
    let world = CaseStatusWorld::firm(7).cases(1).integration_ids([matter]).clock(clock).start();
    bench.restart_at(Arc::new(client(&world, Order::OldestFirst)));
    bench.poll().await;
    let case = world.cases()[0].clone();
    world.client("Ruth Adeyemi").send_message(case.id, "Any news?").expect("a message");
    let report = bench.poll().await;
    assert_eq!(report.count(LineOutcome::Created), 1, "{report}");
    let filed = bench.world.records("Communication");
    let filed = filed.iter().filter(|one| one["subject"] == "Case Status Message");
    let filed: Vec<_> = filed.map(|one| (one["body"].clone(), one["matter"]["id"].clone())).collect();
    assert_eq!(filed, [("Any news?".into(), matter.into())]);
    let (there, here) = (world.calls().len(), bench.world.calls().len());
    bench.poll().await;
    assert_eq!((world.calls().len() - there, bench.world.calls().len() - here), (1, 0));
}
