//! A world as a transport.

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};

use super::{Machine, Outcome, run};

/// Carries requests into a world of this process. It keeps no limits; wrap it in a [`clio_core::Deadline`].
#[derive(Debug)]
pub(crate) struct InMemory<M>(pub(crate) M);

#[async_trait]
impl<M: Machine> Transport for InMemory<M> {
    async fn send(
        &self,
        request: Request<Payload>,
        _limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let world = &self.0;
        let ticket = world.book().arrive(request.method(), request.uri(), world.clock().now(), true);
        let (head, body) = request.into_parts();
        let body = body.into_bytes(u64::MAX).await?;
        match run(world, ticket, Request::from_parts(head, body)).await {
            Outcome::Answer(answer) => {
                Ok(answer.map(|body| if body.is_empty() { Payload::Empty } else { Payload::Bytes(body) }))
            }
            Outcome::Refused => {
                Err(TransportError::not_sent(TransportErrorKind::Connect, "the world refuses connections"))
            }
            Outcome::Broken => {
                Err(TransportError::perhaps_sent(TransportErrorKind::Interrupted, "the connection broke"))
            }
            Outcome::Silent => std::future::pending().await,
        }
    }
}
