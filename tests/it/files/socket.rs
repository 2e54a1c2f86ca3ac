//! Once with the real transport, over a real socket.

use std::io::Cursor;

use clio_api::{
    Clio, Id, Region,
    files::{Content, Parent},
};
use clio_fixtures::{ClioWorld, Fault};

#[tokio::test]
async fn files_travel_over_a_socket() {
    let world = ClioWorld::firm(7).keep_uploads(true).least_part(100_000).start();
    let served = world.serve().await.unwrap();
    let clio = Clio::builder(Region::custom(&served.url()).unwrap()).token(world.token()).build().unwrap();
    let matter = Parent::Matter(Id::new(world.matters()[0].id));
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let contents = [
        bytes.clone().into(),
        Content::seekable(Cursor::new(bytes.clone())),
        Content::reader_of(Cursor::new(bytes.clone()), bytes.len() as u64),
        Content::reader(Cursor::new(bytes.clone())),
    ];
    let mut sent = 0;
    for (at, content) in contents.into_iter().enumerate() {
        let upload = clio.documents().upload(matter, "a.bin", content).least_part(100_000);
        let upload = if at == 1 { upload.parts_from(1).part_size(300_000) } else { upload };
        let document = upload.on_progress(|progress| sent = progress.sent).await.unwrap();
        assert_eq!(sent, bytes.len() as u64);
        world.faults().at_call(world.calls().len() as u64 + 2, Fault::BodyBreaks);
        let downloaded = clio.documents().download(document.id).fetch().await.unwrap();
        assert_eq!(downloaded.length, Some(bytes.len() as u64));
        assert!(downloaded.bytes(1_000_000).await.unwrap() == bytes, "{at}");
    }
    assert_eq!(world.uploads()[1].parts.len(), 4);
}
