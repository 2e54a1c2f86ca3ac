//! Finding the client in Clio, and its matters.

use clio_altfee::{ClientId, ClientMatch, Error, FoundBy};
use clio_core::Id;

use crate::bench::Bench;

#[tokio::test(start_paused = true)]
async fn a_client_is_found_by_name_and_then_by_its_link() {
    let bench = Bench::new().await;
    let session = bench.session();
    let ClientMatch::Found(contact, FoundBy::Name) = session.find_client(&bench.bernie).await.expect("read")
    else {
        panic!("found by name")
    };
    assert_eq!((contact, bench.writes()), (bench.contact, 0));
    session.link_client(&bench.bernie, contact).await.expect("linked");
    let found = session.find_client(&bench.bernie).await.expect("read");
    assert_eq!(found, ClientMatch::Found(contact, FoundBy::Link));
    let matters = session.matters_of(contact).await.expect("read");
    assert!(matters.iter().any(|matter| matter.id == bench.clio_matter));
    assert!(matters.iter().all(|matter| matter.client.as_ref().is_some_and(|of| of.id == contact)));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_be_told_is_a_question() {
    let bench = Bench::new().await;
    let session = bench.session();
    let name = bench.world.record("Contact", bench.contact.get()).expect("there")["name"].clone();
    let other = bench.book.add_client(name.as_str().expect("a name"), Some("nobody@example.com"));
    let found = session.find_client(&other).await.expect("read");
    let ClientMatch::Ambiguous(candidates) = found else { panic!("a question, not {found:?}") };
    assert_eq!(candidates[0].id, bench.contact);
    let unknown = bench.book.add_client("Nobody at all", None);
    assert_eq!(session.find_client(&unknown).await.expect("read"), ClientMatch::Unknown);
    session.link_client(&unknown, Id::new(1)).await.expect("linked");
    let broken = session.find_client(&unknown).await.expect("read");
    assert_eq!(broken, ClientMatch::LinkBroken(Id::new(1)));
    let nobody = session.find_client(&ClientId::new("x")).await;
    assert!(matches!(nobody, Err(Error::NoSuchClient(_))));
}
