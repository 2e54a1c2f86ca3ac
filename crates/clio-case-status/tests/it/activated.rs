//! Activated by OAuth alone (row CS1).

use std::sync::Arc;

use clio_api::{
    App, Clio, OAuth, Region,
    http::{Request, header::LOCATION},
};
use clio_case_status::{Integration, Settings, SyncResult};
use clio_core::{Limits, Payload};
use clio_sync::{ConnectionState, Engine};
use clio_sync_sqlite::SqliteStore;

use crate::bench::{Bench, DAY};

/// A person logs into Clio and selects "Allow Access": what is left to do is nothing.
#[tokio::test(start_paused = true)]
async fn cs1_allow_access_in_clio_is_the_whole_setup() {
    let bench = Bench::new().await;
    let (world, folder) = (&bench.world, tempfile::tempdir().expect("a folder"));
    let region = Region::custom(&world.host_url()).expect("an address");
    let app = App::new(world.app().0, world.app().1);
    let oauth =
        OAuth::new(region.clone(), app.clone(), "http://127.0.0.1:8765/callback").expect("an address");
    let oauth = oauth.transport(world.transport()).clock(bench.clock.clone());
    let begun = oauth.begin();
    let page = Request::get(begun.url.as_str()).body(Payload::Empty).expect("a request");
    let answer = world.transport().send(page, Limits::default()).await.expect("a page");
    let callback = answer.headers()[LOCATION].to_str().expect("text").parse().expect("an address");
    let token = oauth.finish(&begun, &callback).await.expect("a token");

    let clio = Clio::builder(region).app(app).token(token).transport(world.transport());
    let clio = clio.clock(bench.clock.clone()).build().expect("a client");
    let store = SqliteStore::options().clock(bench.clock.clone()).inline();
    let engine = Engine::new(store.open(folder.path().join("state")).expect("a store"));
    let engine = engine.with_clock(bench.clock.clone());
    let firm = engine.connect("acme-law", clio).await.expect("connected");
    let integration = Integration::new(Arc::new(bench.desk.clone()), Settings::default());
    firm.attach(integration.clone());

    let connection = firm.connection().await.expect("the store");
    assert_eq!(connection.standing.state, ConnectionState::Connected);
    assert!(connection.standing.authorised_by.is_some());
    let flows: Vec<_> = firm.flows().into_iter().map(|(key, _)| key.flow).collect();
    assert!(flows.contains(&"matters".to_owned()) && flows.contains(&"messages".to_owned()), "{flows:?}");
    let report = integration.session(&firm).sync_all().await.expect("a sync");
    assert!(report.count(SyncResult::Imported) > 0, "{report}");
    // Days later too: tokens are renewed.
    bench.pass(3 * DAY).await;
    let again = integration.session(&firm).sync_all().await.expect("a sync");
    assert_eq!(again.count(SyncResult::Imported), 0, "{again}");
}
