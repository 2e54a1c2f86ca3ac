//! A world as a transport.

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError, TransportErrorKind};
use futures_util::StreamExt;
use http::{Request, Response};

use super::{Machine, Outcome, body::pieces, run};

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
            Outcome::Answer(answer, flow) => Ok(answer.map(|body| {
                if body.is_empty() {
                    return Payload::Empty;
                }
                match pieces(body.clone(), flow, world.clock().clone()) {
                    None => Payload::Bytes(body),
                    Some(pieces) => Payload::Stream(Box::pin(pieces.map(|piece| {
                        piece.map_err(|_| interrupted("the connection broke in the middle of the answer"))
                    }))),
                }
            })),
            Outcome::Refused => Err(unreachable("the world refuses connections")),
            Outcome::NoSuchHost => Err(unreachable("the host has no address: its name is not known")),
            Outcome::Broken => Err(interrupted("the connection broke")),
            Outcome::Reset => Err(interrupted("the connection was reset by the other side")),
            Outcome::Silent => std::future::pending().await,
        }
    }
}

fn unreachable(why: &str) -> TransportError {
    TransportError::not_sent(TransportErrorKind::Connect, why)
}

fn interrupted(why: &str) -> TransportError {
    TransportError::perhaps_sent(TransportErrorKind::Interrupted, why)
}
