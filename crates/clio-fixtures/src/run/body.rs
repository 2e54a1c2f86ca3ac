//! A body in pieces, over the clock of the world.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use clio_core::Clock;
use futures_util::{Stream, StreamExt, stream};

use super::plan::Flow;

/// The most pieces of a slow body.
const PIECES: usize = 16;

/// The connection broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// A body in pieces. After [`Broken`] nothing follows.
pub(crate) type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Broken>> + Send>>;

/// The body as it flows; `None` when it comes whole.
pub(crate) fn pieces(body: Bytes, flow: Flow, clock: Arc<dyn Clock>) -> Option<Pieces> {
    match flow {
        Flow::Whole => None,
        Flow::Drips(over) => {
            let pieces = cut(body);
            let pause = over / u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
            Some(paced(pieces.into_iter().map(Ok).collect(), pause, clock))
        }
        Flow::Breaks => {
            let half = body.slice(..body.len() / 2);
            // The pause makes a server send the half before it learns that there is no more.
            Some(paced(vec![Ok(half), Err(Broken)], Duration::from_millis(1), clock))
        }
    }
}

fn cut(mut body: Bytes) -> Vec<Bytes> {
    let count = body.len().min(PIECES);
    (0..count).rev().map(|after| body.split_to(body.len().div_ceil(after + 1))).collect()
}

/// One pause before each piece.
fn paced(pieces: Vec<Result<Bytes, Broken>>, pause: Duration, clock: Arc<dyn Clock>) -> Pieces {
    Box::pin(stream::iter(pieces).then(move |piece| {
        let sleep = clock.sleep(pause);
        async move {
            sleep.await;
            piece
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_into_at_most_16_pieces_and_nothing_is_lost() {
        for length in [0, 1, 15, 16, 17, 1000] {
            let body = Bytes::from(vec![7; length]);
            let pieces = cut(body.clone());
            assert!(pieces.len() == length.min(PIECES) && pieces.iter().all(|piece| !piece.is_empty()));
            assert_eq!(pieces.concat(), body);
        }
    }
}
