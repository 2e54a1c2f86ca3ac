//! The lists of Clio as sources.

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region, Selection, choices::MatterStatus, objects};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, ClioWorldBuilder, VirtualClock};
use clio_sync::{
    CursorPage, CursorSource, ErrorKind, Incoming,
    hub::lists::{self, Listed, Listing},
};

use simulation::seams::Tamper;

struct Office {
    clock: Arc<VirtualClock>,
    world: ClioWorld,
    clio: Clio,
}

fn office(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Office {
    let clock = VirtualClock::new();
    let world = change(ClioWorld::firm(7).rate_limit(None).clock(clock.clone())).start();
    let clio = connect(&world, &clock, world.transport());
    Office { clock, world, clio }
}

fn connect(world: &ClioWorld, clock: &Arc<VirtualClock>, transport: Arc<dyn clio_core::Transport>) -> Clio {
    let builder = Clio::builder(Region::custom(&world.host_url()).unwrap()).transport(transport);
    builder.clock(clock.clone()).token(world.token()).build().unwrap()
}

/// Everything that a source has.
async fn all<S: CursorSource>(source: &S) -> Vec<Incoming<S::Record>> {
    let (mut records, mut position) = (Vec::new(), None::<String>);
    loop {
        let page = source.page(None, position.as_deref()).await.unwrap();
        records.extend(page.records);
        position = page.next;
        if position.is_none() {
            return records;
        }
    }
}

/// Every record of the object comes, each can be read by itself, and one that is not there is not.
async fn agrees<Op: Listing, S: Selection<Op::Object> + Send + Sync + 'static>(
    world: &ClioWorld,
    object: &str,
    source: Listed<Op, S>,
) {
    let there = world.records(object);
    let records = all(&source).await;
    assert!(!records.is_empty(), "{object}: the firm has some");
    assert!(records.len() <= there.len(), "{object}");
    assert!(source.reads_changes(), "{object}");
    for record in &records {
        assert!(record.record.is_ok(), "{object} {}: {:?}", record.id, record.record.as_ref().err());
        let known = there.iter().any(|known| known["id"].to_string().trim_matches('"') == record.id);
        assert!(known, "{object} {}", record.id);
        let one = source.one(&record.id).await.unwrap().unwrap_or_else(|| panic!("{object} {}", record.id));
        assert_eq!((&one.id, &one.version), (&record.id, &record.version), "{object}");
    }
    for none in ["987654321", "unreadable-0123456789ab"] {
        assert!(source.one(none).await.unwrap().is_none(), "{object}: there is no {none}");
    }
    let texts = all(&source.as_text()).await;
    assert_eq!(texts.len(), records.len());
    for (text, record) in texts.iter().zip(&records) {
        assert_eq!((&text.id, &text.version), (&record.id, &record.version), "{object}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_list_gives_what_is_there() {
    let Office { world, clio, .. } =
        office(|firm| firm.matters(20).activities(30).bills(6).messages(5).one_of_each());
    let world = &world;
    agrees(world, "Matter", lists::matters(&clio)).await;
    agrees(world, "Contact", lists::contacts(&clio)).await;
    agrees(world, "Activity", lists::activities(&clio)).await;
    agrees(world, "Bill", lists::bills(&clio)).await;
    agrees(world, "LineItem", lists::line_items(&clio)).await;
    agrees(world, "Document", lists::documents(&clio)).await;
    agrees(world, "Folder", lists::folders(&clio)).await;
    agrees(world, "Communication", lists::communications(&clio)).await;
    agrees(world, "CalendarEntry", lists::calendar_entries(&clio)).await;
    agrees(world, "Task", lists::tasks(&clio)).await;
    agrees(world, "Note", lists::notes(&clio).only(|list| list)).await;
    agrees(world, "User", lists::users(&clio)).await;
    agrees(world, "PracticeArea", lists::practice_areas(&clio)).await;
    agrees(world, "MatterStage", lists::matter_stages(&clio)).await;
    agrees(world, "ActivityDescription", lists::activity_descriptions(&clio)).await;
    agrees(world, "CustomField", lists::custom_fields(&clio)).await;
    agrees(world, "Relationship", lists::relationships(&clio)).await;
    agrees(world, "BankAccount", lists::bank_accounts(&clio)).await;
    agrees(world, "BankTransaction", lists::bank_transactions(&clio)).await;
}

/// Neither id nor etag: the source reads them itself.
#[derive(Debug, Selection)]
#[clio(object = "Matter")]
struct Numbered {
    display_number: String,
    status: MatterStatus,
}

#[tokio::test(start_paused = true)]
async fn a_selection_of_ones_own_and_a_filter() {
    let Office { world, clio, clock } = office(|firm| firm.matters(5));
    let matters = world.matters();
    let source = lists::matters(&clio).select::<Numbered>().only(|list| list.status([MatterStatus::Open]));
    assert!(world.person("Ada").close_matter(matters[1].id));
    let page = source.page(None, None).await.unwrap();
    let numbers: Vec<_> =
        page.records.iter().map(|record| &record.record.as_ref().unwrap().display_number).collect();
    assert_eq!(numbers, [&matters[0], &matters[2], &matters[3], &matters[4]].map(|m| &m.display_number));
    assert!(page.records.iter().all(|record| record.record.as_ref().unwrap().status == MatterStatus::Open));
    assert_eq!((page.total, page.older, page.next), (Some(4), 0, None));
    assert_eq!(page.records[0].id, matters[0].id.to_string());
    // A record is read by itself whatever the filter says.
    let closed = source.one(&matters[1].id.to_string()).await.unwrap().expect("it is there");
    assert_eq!(closed.record.unwrap().status, MatterStatus::Closed);
    let asked = world.calls().last().unwrap().path.clone();
    assert!(asked.contains(&matters[1].id.to_string()), "{asked}");
    // What changed since, and the version with it.
    clock.sleep(Duration::from_secs(3600)).await;
    let since = clock.now();
    assert!(world.person("Ada").rename_matter(matters[4].id, "00099-Renamed"));
    let changed = source.page(Some(since), None).await.unwrap();
    assert_eq!(changed.records.len(), 1);
    assert_eq!(changed.records[0].id, matters[4].id.to_string());
    assert_ne!(changed.records[0].version, page.records[3].version);
}

/// The matters of a Clio whose answers are changed on their way.
async fn tampered(change: fn(String) -> String) -> CursorPage<Numbered> {
    let Office { world, clock, .. } = office(|firm| firm.matters(3));
    let clio = connect(&world, &clock, Tamper::text(world.transport(), "GET", "/matters.json", change));
    let since = clock.now() - Duration::from_secs(3600 * 24 * 365 * 10);
    lists::matters(&clio).select::<Numbered>().page(Some(since), None).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_record_that_does_not_decode_is_one_bad_record() {
    let page = tampered(|body| body.replacen(r#""status":"Open""#, r#""status":null"#, 1)).await;
    let bad = page.records[0].record.as_ref().unwrap_err();
    assert_eq!(bad.path.as_deref(), Some("data[0].status"));
    assert!(page.records[0].id.parse::<i64>().is_ok(), "its id can be read: {}", page.records[0].id);
    assert!(page.records[1].record.is_ok() && page.records[2].record.is_ok());
    let page = tampered(|body| body.replacen(r#""id":"#, r#""no":"#, 1)).await;
    assert!(page.records[0].id.starts_with("unreadable-") && page.records[0].record.is_err());
    assert!(page.records[1].record.is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_an_etag_the_text_is_the_version() {
    let plain = tampered(|body| body.replace(r#""etag":"#, r#""tag":"#)).await;
    let again = tampered(|body| body.replace(r#""etag":"#, r#""tag":"#)).await;
    let other = tampered(|body| body.replace(r#""etag":"#, r#""tag":"#).replacen("Open", "Closed", 1)).await;
    let versions = |page: &CursorPage<Numbered>| -> Vec<String> {
        page.records.iter().map(|record| record.version.clone()).collect()
    };
    assert_eq!(versions(&plain), versions(&again));
    assert_ne!(versions(&plain)[0], versions(&other)[0], "another text is another version");
    assert_eq!(versions(&plain)[1..], versions(&other)[1..]);
    assert_ne!(versions(&plain)[0], versions(&plain)[1]);
}

#[tokio::test(start_paused = true)]
async fn records_older_than_asked_are_counted() {
    let old = |body: String| {
        let year = body.find(r#""updated_at":""#).unwrap() + r#""updated_at":""#.len();
        format!("{}1999{}", &body[..year], &body[year + 4..])
    };
    assert_eq!(tampered(old).await.older, 1);
    assert_eq!(tampered(|body| body).await.older, 0);
}

#[tokio::test(start_paused = true)]
async fn a_selection_that_clio_would_refuse_is_a_configuration() {
    #[derive(Debug)]
    struct Odd;
    impl Selection<objects::Matter> for Odd {
        const FIELDS: &'static str = "id,cleint";
        fn decode<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Ok(Self)
        }
    }
    let Office { clio, world, .. } = office(|firm| firm.matters(1));
    let source = lists::matters(&clio).select::<Odd>();
    let error = source.page(None, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("cleint"), "{error}");
    assert_eq!(world.calls().len(), 0, "Clio is not even asked");
}
