//! The way of the bytes: in one piece, or in parts.

use std::{sync::Arc, time::Duration};

use clio_core::{Error, ErrorKind, Payload, Selection, schema::objects::Document};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::Method;

use super::{
    Parent,
    content::{Content, Opened, Reader, read_up_to},
    parts::{Part, Parts, Source},
    piece::{Meter, Piece, body_of},
    plan::part_size,
    progress::ProgressEvent,
    seen::{Address, Seen},
    session::{Job, Session},
    storage::{exchange, refusal},
};

/// The shortest life of an address that any source speaks of is ten minutes. After so long it may be spent.
const FRESH: Duration = Duration::from_secs(8 * 60);

/// A renewed address that is refused this early is refused for another reason than its age.
const NEW: Duration = Duration::from_secs(60);

/// Uploads the content, and answers the document as it is then.
pub(super) async fn upload<S: Selection<Document>>(job: Arc<Job>, content: Content) -> Result<S, Error> {
    let session = match route(&job, content).await? {
        Route::Single(whole) => single(&job, whole).await?,
        Route::Parts(parts) => multipart(&job, parts).await?,
    };
    let completed = session.complete().await;
    match completed {
        Err(error) if error.applied() == clio_core::Applied::No => Err(session.abandon(error).await),
        // It may be complete by now, or become so: then it is not to be deleted.
        Err(error) => Err(session.leave(error)),
        done => done,
    }
}

/// Goes on with an upload that was begun before, and answers the document as it is then.
pub(super) async fn resume<S: Selection<Document>>(mut job: Job, content: Content) -> Result<S, Error> {
    if let Parent::Document(document) = job.parent
        && !job.take_up(document).await?
    {
        return job.document(document).await;
    }
    upload(Arc::new(job), content).await
}

enum Route {
    Single(Whole),
    Parts(Parts),
}

/// A file that goes in one piece.
enum Whole {
    Again(Piece),
    Once(Option<Reader>, u64),
}

/// What is short goes in one piece, what is long in parts. Of what has no known length one part is read to see.
async fn route(job: &Job, content: Content) -> Result<Route, Error> {
    let (settings, opened) = (&job.settings, content.open().await?);
    let length = opened.length();
    if let Some(length) = length {
        job.events.set_total(length);
    }
    let size = part_size(settings.part_size, settings.least_part, length)?;
    let short = |length: u64| length < settings.parts_from;
    let parts = |source| Ok(Route::Parts(Parts::new(source, size, settings.parallel)));
    match opened {
        Opened::Bytes(bytes) if short(bytes.len() as u64) => {
            Ok(Route::Single(Whole::Again(Piece::Held(bytes))))
        }
        Opened::Bytes(bytes) => parts(Source::Bytes(bytes)),
        Opened::Seekable(file) if short(file.length()) => {
            let length = file.length();
            Ok(Route::Single(Whole::Again(Piece::At { file, offset: 0, length })))
        }
        Opened::Seekable(file) => parts(Source::Seekable(file)),
        Opened::Reader(reader, Some(length)) if short(length) => {
            Ok(Route::Single(Whole::Once(Some(reader), length)))
        }
        Opened::Reader(reader, Some(length)) => {
            parts(Source::Reader { ahead: None, reader, left: Some(length) })
        }
        Opened::Reader(mut reader, None) => {
            let most = usize::try_from(size).unwrap_or(usize::MAX);
            let ahead = read_up_to(&mut reader, most).await?;
            if ahead.len() < most {
                job.events.set_total(ahead.len() as u64);
                return Ok(Route::Single(Whole::Again(Piece::Held(ahead))));
            }
            parts(Source::Reader { ahead: Some(ahead), reader, left: None })
        }
    }
}

impl Whole {
    fn length(&self) -> u64 {
        match self {
            Self::Again(piece) => piece.length(),
            Self::Once(_, length) => *length,
        }
    }

    /// `None` when there is no body any more.
    fn body(&mut self, meter: Meter) -> Option<Payload> {
        Some(Payload::Stream(match self {
            Self::Again(piece) => piece.body(meter),
            Self::Once(reader, length) => body_of(reader.take()?, *length, meter),
        }))
    }

    fn can_go_again(&self) -> bool {
        matches!(self, Self::Again(_) | Self::Once(Some(_), _))
    }

    async fn must_be_at_the_end(&mut self) -> Result<(), Error> {
        match self {
            Self::Again(Piece::At { file, .. }) => file.must_not_have_grown().await,
            _ => Ok(()),
        }
    }
}

/// The first two steps of a file in one piece.
async fn single(job: &Arc<Job>, mut whole: Whole) -> Result<Session, Error> {
    let (mut session, mut address) = begin(job, whole.length()).await?;
    let mut backoff = job.backoff();
    loop {
        let meter = Meter::new(&job.events);
        let Some(body) = whole.body(meter.clone()) else {
            let error = Error::new(ErrorKind::Content, "the content can be read only once");
            return Err(session.abandon(error).await);
        };
        let error = match put(job, &address, whole.length(), body).await {
            Ok(()) => break,
            Err(error) => meter.failed(error),
        };
        let goes_on = whole.can_go_again() && may_pass(job, &error, &address);
        let spent = is_spent(job, &error, &address);
        if !goes_on {
            return Err(session.abandon(error).await);
        }
        if let Err(last) = backoff.after(error).await {
            return Err(session.abandon(last).await);
        }
        if spent {
            (session, address) = renew(job, session, &address, whole.length()).await?;
        }
        job.events.note(ProgressEvent::Repeated { part: None });
    }
    match whole.must_be_at_the_end().await {
        Ok(()) => Ok(session),
        Err(error) => Err(session.abandon(error).await),
    }
}

async fn begin(job: &Arc<Job>, length: u64) -> Result<(Session, Address), Error> {
    let (session, seen) = Session::begin(job, &[]).await?;
    match seen.address(length, job) {
        Ok(address) => Ok((session, address)),
        Err(error) => Err(session.abandon(error).await),
    }
}

/// A fresh address for a whole file. Whether a look gives one is not known; if not, the upload begins anew.
async fn renew(
    job: &Arc<Job>,
    session: Session,
    old: &Address,
    length: u64,
) -> Result<(Session, Address), Error> {
    let looked = session.get::<Seen>().await.and_then(|seen| seen.address(length, job));
    let (session, address) = match looked {
        Ok(address) if address.url != old.url => (session, address),
        _ => {
            let why = Error::new(ErrorKind::Forbidden, "the address to put the file to is spent");
            let why = session.abandon(why).await;
            // A document that is left behind is one too many already. The version of another document is left anyway.
            if why.left_behind().is_some() && session.is_ours() {
                return Err(why);
            }
            begin(job, length).await?
        }
    };
    Ok((session, Address { renewed: true, ..address }))
}

/// The first two steps of a file in parts.
async fn multipart(job: &Arc<Job>, mut parts: Parts) -> Result<Session, Error> {
    let first = parts.batch().await?;
    let (session, seen) = Session::begin(job, &first).await?;
    let addresses = seen.addresses(&first, job);
    match send_all(&session, &mut parts, first, addresses).await {
        Ok(()) => Ok(session),
        Err(error) => Err(session.abandon(error).await),
    }
}

async fn send_all(
    session: &Session,
    parts: &mut Parts,
    mut batch: Vec<Part>,
    addresses: Result<Vec<Address>, Error>,
) -> Result<(), Error> {
    let mut addresses = addresses?;
    loop {
        let sending =
            batch.into_iter().zip(addresses).map(|(part, address)| send_part(session, part, address));
        stream::iter(sending).buffer_unordered(session.job.settings.parallel).try_collect::<()>().await?;
        batch = parts.batch().await?;
        if batch.is_empty() {
            return parts.must_be_at_the_end().await;
        }
        addresses = session.announce(&batch).await?;
    }
}

async fn send_part(session: &Session, part: Part, mut address: Address) -> Result<(), Error> {
    let job = &session.job;
    let mut backoff = job.backoff();
    loop {
        let meter = Meter::new(&job.events);
        let body = Payload::Stream(part.piece.body(meter.clone()));
        let error = match put(job, &address, part.piece.length(), body).await {
            Ok(()) => return Ok(()),
            Err(error) => meter.failed(error),
        };
        if error.clio_type() == Some(BAD_DIGEST) {
            part.must_be_unchanged().await?;
        }
        if !may_pass(job, &error, &address) {
            return Err(error);
        }
        let spent = is_spent(job, &error, &address);
        backoff.after(error).await?;
        if spent {
            address = session.announce_again(&part, &address).await?;
        }
        job.events.note(ProgressEvent::Repeated { part: Some(part.number) });
    }
}

/// What S3 says when the bytes are not those of the `Content-MD5`.
const BAD_DIGEST: &str = "BadDigest";

async fn put(job: &Job, address: &Address, length: u64, body: Payload) -> Result<(), Error> {
    let limits = job.settings.limits.of_put(length);
    let answer = exchange(&job.clio, Method::PUT, &address.url, &address.headers, body, limits).await?;
    if answer.status().is_success() { Ok(()) } else { Err(refusal(answer).await) }
}

/// Whether the same bytes may get there the next time.
fn may_pass(job: &Job, error: &Error, address: &Address) -> bool {
    match error.kind() {
        ErrorKind::Forbidden => !address.renewed || age(job, address) > NEW,
        _ => error.is_retryable() || error.clio_type() == Some(BAD_DIGEST),
    }
}

/// Whether the address may be why. A host that refuses early may close the connection before its answer is read, so that
/// an old address counts as spent whatever went wrong.
fn is_spent(job: &Job, error: &Error, address: &Address) -> bool {
    error.kind() == ErrorKind::Forbidden || age(job, address) > FRESH
}

fn age(job: &Job, address: &Address) -> Duration {
    job.clock().monotonic().saturating_sub(address.since)
}
