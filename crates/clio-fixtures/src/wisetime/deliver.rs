//! From a delivery that is due to a webhook that was called.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Deadline, Limits, Payload, Transport};
use futures_util::future::select;
use http::Response;

use super::{WiseTimeDelivery, WiseTimeWorld};
use crate::run::Machine;

/// How long WiseTime waits for a webhook. Our choice: it does not say.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

impl WiseTimeWorld {
    /// The calls to the team's webhook that are due, without I/O: send each and tell [`WiseTimeWorld::delivered`] what
    /// was answered. One whose answer is never told is due again after the time of redelivery.
    ///
    /// [`WiseTimeWorld::deliver`] does both over a transport.
    pub fn due_deliveries(&self, now: DateTime<Utc>) -> Vec<WiseTimeDelivery> {
        self.settle(now);
        self.lock().take_deliveries(now)
    }

    /// When the next call to the webhook is due; `None` while nothing is to be expected.
    pub fn next_delivery(&self) -> Option<DateTime<Utc>> {
        self.settled().next_delivery()
    }

    /// What the webhook answered; `None` when no answer came. 2xx ends the group as a success, 400 as a failure whose
    /// message is the body; with everything else it is due again later.
    pub fn delivered(
        &self,
        delivery: &WiseTimeDelivery,
        answer: Option<&Response<Bytes>>,
        now: DateTime<Utc>,
    ) {
        self.lock().delivered(delivery, answer, now);
    }

    /// Calls the webhook with everything that is due now, one after the other, and answers how many calls that were.
    ///
    /// In memory the transport is the receiver itself; on a socket it is a client such as [`LoopbackTransport`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use clio_core::{Limits, Payload};
    /// use clio_fixtures::{GroupState, LoopbackTransport, WiseTimeWorld, samples};
    /// use wiremock::{Mock, MockServer, ResponseTemplate, matchers};
    ///
    /// let receiver = MockServer::start().await;
    /// Mock::given(matchers::any()).respond_with(ResponseTemplate::new(200)).mount(&receiver).await;
    ///
    /// let world = WiseTimeWorld::team().start();
    /// let subscribe = http::Request::post("https://wisetime.test/connect/api/postedtime/subscribe")
    ///     .header("x-api-key", world.api_key())
    ///     .body(Payload::Bytes(format!(r#"{{"callbackUrl": "{}/hook"}}"#, receiver.uri()).into()))?;
    /// assert_eq!(world.transport().send(subscribe, Limits::default()).await?.status(), 200);
    ///
    /// world.post(samples::group("g-1").json());
    /// assert_eq!(world.deliver(Arc::new(LoopbackTransport)).await, 1);
    /// assert_eq!(world.groups()[0].state, GroupState::Success);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`LoopbackTransport`]: crate::LoopbackTransport
    pub async fn deliver(&self, to: Arc<dyn Transport>) -> usize {
        let clock = self.clock();
        let to = Deadline::new(to, clock.clone());
        let due = self.due_deliveries(clock.now());
        for delivery in &due {
            let request = delivery.request.clone().map(Payload::Bytes);
            let limits = Limits { total: ANSWER_WITHIN, ..Limits::default() };
            let answer = async {
                let (head, body) = to.send(request, limits).await?.into_parts();
                let body = body.into_bytes(limits.max_body).await?;
                Ok::<_, clio_core::TransportError>(Response::from_parts(head, body))
            };
            let answer = answer.await.ok();
            self.delivered(delivery, answer.as_ref(), clock.now());
        }
        due.len()
    }

    /// Calls the webhook whenever something is due, for ever: drop it, or end its task, to stop.
    pub async fn keep_delivering(&self, to: Arc<dyn Transport>) {
        loop {
            let mut bell = Box::pin(self.bell().notified());
            bell.as_mut().enable();
            if self.deliver(to.clone()).await > 0 {
                continue;
            }
            match self.next_delivery() {
                None => bell.await,
                Some(next) => {
                    let wait = (next - self.clock().now()).to_std().unwrap_or_default();
                    select(bell, self.clock().sleep(wait.max(Duration::from_millis(1)))).await;
                }
            }
        }
    }
}
