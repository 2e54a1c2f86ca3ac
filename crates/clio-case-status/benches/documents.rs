//! What a large document costs: 2 GiB, made as they are read, go through the whole flow from Case Status to the fake Clio, which
//! hashes and counts them and keeps nothing.
//!
//! `cargo bench -p clio-case-status --bench documents` prints the peak of memory beside its bound; with `-- 64` for so many MiB.
//! Nothing here fails by being slow: the line is to be read. Both sides run in one process, so the peak is that of both.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and tells")]

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use clio_api::{Clio, Region, files::Content};
use clio_case_status::{CaseClient, CaseFields, CaseStatus, ClientName, Desk, Integration, Settings};
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_sync::{Engine, LineOutcome};
use clio_sync_sqlite::SqliteStore;
use peak_alloc::PeakAlloc;
use tokio::io::{AsyncRead, ReadBuf};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const MIB: u64 = 1024 * 1024;
const LENGTH: u64 = 2048 * MIB;
const BOUND: f64 = 64.0;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok());
    let length = asked.map_or(LENGTH, |mib| mib * MIB);
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).matters(2).rate_limit(None).clock(clock.clone()).start();
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
        .transport(world.transport())
        .clock(clock.clone())
        .token(world.token())
        .build()
        .expect("a client");
    let desk = Desk::new(clock.clone());
    let case = desk.create_case(&fields(world.matters()[0].id)).await.expect("a case").id;
    let made = move || Content::reader(Generated { left: length });
    desk.upload_made(&case, "video.mp4", Some(length), made).expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::options().clock(clock.clone()).inline();
    let engine = Engine::new(store.open(folder.path().join("state")).expect("a store"));
    let firm = engine.with_clock(clock).firm("acme-law", clio);
    firm.attach(Integration::new(Arc::new(desk), Settings::default()));

    ALLOCATED.reset_peak_usage();
    let start = Instant::now();
    let report = firm.run("case-status/documents").await.expect("a sync");
    let seconds = start.elapsed().as_secs_f64();
    let peak = f64::from(ALLOCATED.peak_usage_as_mb());
    let sent: u64 = world.uploads().iter().map(|upload| upload.size).sum();
    println!(
        "{} MiB in {seconds:.0} s, {} document, {} MiB at Clio: peak {peak:.1} MiB (bound: {BOUND} MiB)",
        length / MIB,
        report.count(LineOutcome::Created),
        sent / MIB,
    );
}

fn fields(matter: i64) -> CaseFields {
    CaseFields {
        title: "Lease".into(),
        integration_id: matter.to_string(),
        client: CaseClient { name: ClientName::Company("Client".into()), phone: None, email: None },
        practice_area: None,
        description: None,
        opened_on: None,
        attorney_email: None,
    }
}

/// Bytes that are made as they are read.
struct Generated {
    left: u64,
}

impl AsyncRead for Generated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(to.remaining()).min(256 * 1024);
        let byte = self.left.to_le_bytes()[2];
        to.initialize_unfilled_to(count).fill(byte);
        to.advance(count);
        self.left -= count as u64;
        Poll::Ready(Ok(()))
    }
}
