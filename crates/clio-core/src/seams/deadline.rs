//! The wrapper that makes any transport keep its limits.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt, stream};

use crate::{ByteStream, Clock, Limits, Payload, Sleep, Transport, TransportError, TransportErrorKind};

/// Enforces [`Limits`] over any transport: the last moment to send, the total time, the time in
/// which nothing comes, and the size of the answer.
///
/// It stands next to the transport, inside every other wrapper, so that the check of `send_by` is the last thing that
/// happens before bytes may leave. A request that is given up after it was handed over counts as perhaps sent.
#[derive(Debug, Clone)]
pub struct Deadline {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Deadline {
    /// Wraps `inner`, measuring by `clock`.
    pub fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock }
    }
}

#[async_trait]
impl Transport for Deadline {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let start = self.clock.monotonic();
        if limits.send_by.is_some_and(|send_by| start > send_by) {
            return Err(TransportError::not_sent(
                TransportErrorKind::Timeout,
                "the last moment to send has passed",
            ));
        }
        let end = start.saturating_add(limits.total);
        // A head that answers a body comes when the body has been sent, so only the total can bound it.
        let idle = limits.idle.filter(|_| matches!(request.body(), Payload::Empty));
        let wait = limits.total.min(idle.unwrap_or(limits.total));
        let mut sending = self.inner.send(request, limits);
        // A timer costs something, so there is none before there is something to wait for.
        let mut timer = None;
        let response = poll_fn(|cx| match sending.as_mut().poll(cx) {
            Poll::Ready(response) => Poll::Ready(response),
            Poll::Pending => {
                let timer = timer.get_or_insert_with(|| self.clock.sleep(wait));
                timer.as_mut().poll(cx).map(|()| Err(out_of_time()))
            }
        })
        .await?;
        // Where only the total counts, the timer goes on running for the body.
        let timer = timer.filter(|_| limits.idle.is_none());
        Ok(response.map(|body| self.limit(body, end, limits, timer)))
    }
}

impl Deadline {
    fn limit(&self, body: Payload, end: Duration, limits: Limits, timer: Option<Sleep>) -> Payload {
        match body {
            Payload::Bytes(bytes) if bytes.len() as u64 > limits.max_body => {
                Payload::Stream(Box::pin(stream::once(async { Err(too_large()) })))
            }
            Payload::Stream(pieces) => {
                let (clock, idle, left) = (self.clock.clone(), limits.idle, limits.max_body);
                let reading = Reading { pieces, clock, end, idle, left, timer, has_grace: true, over: false };
                Payload::Stream(Box::pin(reading))
            }
            small => small,
        }
    }
}

/// A body that keeps its limits.
struct Reading {
    pieces: ByteStream,
    clock: Arc<dyn Clock>,
    end: Duration,
    idle: Option<Duration>,
    left: u64,
    /// Runs while there is something to wait for.
    timer: Option<Sleep>,
    /// The end was not put off yet.
    has_grace: bool,
    over: bool,
}

/// A reader that comes back only after the end, because nobody polled it for so long, has this much time for what has come
/// meanwhile. A renewal of a token that its caller gave up is such a reader.
const GRACE: Duration = Duration::from_secs(1);

impl Stream for Reading {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.over {
            return Poll::Ready(None);
        }
        let piece = match this.pieces.poll_next_unpin(cx) {
            Poll::Ready(Some(piece)) => piece.and_then(|piece| this.within(piece)),
            Poll::Ready(None) => {
                this.over = true;
                return Poll::Ready(None);
            }
            Poll::Pending => {
                ready!(this.timer().poll(cx));
                if this.was_left_alone() {
                    this.has_grace = false;
                    this.timer = Some(this.clock.sleep(GRACE));
                    ready!(this.timer().poll(cx));
                }
                Err(out_of_time())
            }
        };
        if this.idle.is_some() {
            this.timer = None;
        }
        this.over = piece.is_err();
        Poll::Ready(Some(piece))
    }
}

impl Reading {
    fn within(&mut self, piece: Bytes) -> Result<Bytes, TransportError> {
        self.left = self.left.checked_sub(piece.len() as u64).ok_or_else(too_large)?;
        Ok(piece)
    }

    fn was_left_alone(&self) -> bool {
        self.has_grace && self.clock.monotonic() > self.end.saturating_add(GRACE)
    }

    fn timer(&mut self) -> Pin<&mut (dyn Future<Output = ()> + Send)> {
        let (clock, end, idle) = (&self.clock, self.end, self.idle);
        let timer = self.timer.get_or_insert_with(|| {
            let rest = end.saturating_sub(clock.monotonic());
            clock.sleep(rest.min(idle.unwrap_or(rest)))
        });
        timer.as_mut()
    }
}

fn out_of_time() -> TransportError {
    TransportError::perhaps_sent(TransportErrorKind::Timeout, "no complete answer within the time allowed")
}

fn too_large() -> TransportError {
    TransportError::perhaps_sent(TransportErrorKind::TooLarge, "the answer is larger than allowed")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Elapsed time of tokio, which a test can pause.
    #[derive(Debug)]
    struct PausedClock(tokio::time::Instant);

    #[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
    impl Clock for PausedClock {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            chrono::DateTime::UNIX_EPOCH
        }
        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
        fn sleep(&self, duration: Duration) -> Sleep {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    /// Answers the head after `head`, then a byte each `drip`.
    #[derive(Debug)]
    struct Slow {
        head: Duration,
        drip: Duration,
        pieces: u8,
    }

    #[async_trait]
    #[expect(clippy::disallowed_methods, reason = "a slow server under paused time")]
    impl Transport for Slow {
        async fn send(
            &self,
            _: http::Request<Payload>,
            _: Limits,
        ) -> Result<http::Response<Payload>, TransportError> {
            tokio::time::sleep(self.head).await;
            let drip = self.drip;
            let pieces = stream::iter(0..self.pieces).then(move |_| async move {
                tokio::time::sleep(drip).await;
                Ok(Bytes::from_static(b"x"))
            });
            Ok(http::Response::new(Payload::Stream(Box::pin(pieces))))
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
    fn deadline(head: u64, drip: u64, pieces: u8) -> Deadline {
        let slow = Slow { head: Duration::from_secs(head), drip: Duration::from_secs(drip), pieces };
        Deadline::new(Arc::new(slow), Arc::new(PausedClock(tokio::time::Instant::now())))
    }

    async fn read(deadline: &Deadline, limits: Limits) -> Result<Bytes, TransportError> {
        let request = http::Request::new(Payload::Empty);
        deadline.send(request, limits).await?.into_body().into_bytes(u64::MAX).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_head_is_given_up_and_counts_as_perhaps_sent() {
        let error = read(&deadline(31, 0, 0), Limits::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.nothing_left()), (TransportErrorKind::Timeout, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up_when_the_total_is_over() {
        assert_eq!(read(&deadline(5, 6, 4), Limits::default()).await.unwrap().len(), 4);
        let error = read(&deadline(5, 6, 5), Limits::default()).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "reads paused time")]
    async fn a_peer_that_pauses_for_too_long_is_given_up() {
        let limits =
            Limits { total: Duration::MAX, idle: Some(Duration::from_secs(10)), ..Limits::default() };
        assert_eq!(read(&deadline(10, 9, 200), limits).await.unwrap().len(), 200);
        for (head, drip, after) in [(0, 11, 10), (11, 0, 10), (9, 60, 19)] {
            let start = tokio::time::Instant::now();
            let error = read(&deadline(head, drip, 5), limits).await.unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Timeout);
            assert_eq!(start.elapsed(), Duration::from_secs(after), "{head} {drip}");
        }
    }

    /// The head that follows a body has the total alone: until then it is the peer that reads.
    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_a_body_has_the_total_alone() {
        let limits = Limits {
            total: Duration::from_secs(60),
            idle: Some(Duration::from_secs(10)),
            ..Limits::default()
        };
        let put = |head| async move {
            let request = http::Request::new(Payload::Bytes(Bytes::from_static(b"x")));
            deadline(head, 0, 0).send(request, limits).await
        };
        assert!(put(59).await.is_ok());
        assert_eq!(put(61).await.unwrap_err().kind(), TransportErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_beyond_the_cap_is_refused() {
        let limits = Limits { max_body: 3, ..Limits::default() };
        assert_eq!(read(&deadline(0, 0, 3), limits).await.unwrap().len(), 3);
        assert_eq!(read(&deadline(0, 0, 4), limits).await.unwrap_err().kind(), TransportErrorKind::TooLarge);
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "moves paused time")]
    async fn past_the_last_moment_nothing_leaves() {
        let deadline = deadline(0, 0, 0);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let limits = Limits { send_by: Some(Duration::from_secs(1)), ..Limits::default() };
        assert!(read(&deadline, limits).await.unwrap_err().nothing_left());
    }
}
