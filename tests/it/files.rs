//! Uploads and downloads: the client against the fake, in memory and under virtual time, and once on a socket.

mod downloads;
mod hosts;
mod parts;
mod socket;
mod uploads;

use std::{
    io::{self, Cursor},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use clio_api::{
    Clio, Id, Region,
    files::{Parent, Progress, ProgressEvent},
    objects::{Document, Matter},
};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, VirtualClock};
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

/// A firm that keeps what is uploaded, and its client.
struct Bench {
    clock: Arc<VirtualClock>,
    world: ClioWorld,
    clio: Clio,
}

impl Bench {
    fn new() -> Self {
        Self::with(|firm| firm)
    }

    /// Parts may be of four bytes here.
    fn with(settings: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let firm = ClioWorld::firm(7).clock(clock.clone()).keep_uploads(true).least_part(4);
        let world = settings(firm).start();
        let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
            .transport(world.transport())
            .clock(clock.clone())
            .token(world.token())
            .build()
            .expect("a client");
        Self { clock, world, clio }
    }

    fn matter(&self) -> Parent {
        Parent::Matter(Id::<Matter>::new(self.world.matters()[0].id))
    }

    /// The bytes of the only file there is.
    fn only_upload(&self) -> Bytes {
        let uploads = self.world.uploads();
        assert_eq!(uploads.len(), 1, "{uploads:?}");
        uploads[0].bytes.clone().expect("kept")
    }

    /// How many calls of this method were made to a path with this in it.
    fn calls(&self, method: &str, path: &str) -> usize {
        let calls = self.world.calls();
        calls.iter().filter(|call| call.method == method && call.path.contains(path)).count()
    }

    /// The documents that are there and not in the trash, finished or not.
    fn documents(&self) -> Vec<i64> {
        let all = self.world.records("Document");
        all.iter().filter(|one| one["deleted_at"].is_null()).filter_map(|one| one["id"].as_i64()).collect()
    }

    /// Uploads this text, and answers the document.
    async fn stored(&self, text: &'static str) -> Id<Document> {
        self.clio.documents().upload(self.matter(), "a.txt", text).await.expect("a document").id
    }
}

/// Remembers what an upload tells.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Progress>>>);

impl Told {
    fn listener(&self) -> impl FnMut(Progress) + Send + 'static {
        let told = self.0.clone();
        move |progress| told.lock().unwrap().push(progress)
    }

    fn events(&self) -> Vec<ProgressEvent> {
        self.0.lock().unwrap().iter().map(|one| one.event).collect()
    }

    fn last_sent(&self) -> u64 {
        self.0.lock().unwrap().last().map_or(0, |one| one.sent)
    }
}

/// Content that is another one after so many reads.
struct Shifty {
    now: Cursor<&'static str>,
    then: &'static str,
    reads: usize,
}

impl Shifty {
    fn new(now: &'static str, then: &'static str, reads: usize) -> Self {
        Self { now: Cursor::new(now), then, reads }
    }
}

impl AsyncRead for Shifty {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.reads.checked_sub(1) {
            Some(reads) => self.reads = reads,
            None => *self.now.get_mut() = self.then,
        }
        Pin::new(&mut self.now).poll_read(cx, to)
    }
}

impl AsyncSeek for Shifty {
    fn start_seek(mut self: Pin<&mut Self>, to: io::SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.now).start_seek(to)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.now).poll_complete(cx)
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
