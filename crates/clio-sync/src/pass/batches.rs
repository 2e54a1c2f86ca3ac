//! What is sent together.

use crate::{Capabilities, Effect, Intent};

/// How much is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything that is planned.
    All,
    /// No batch that is not full.
    FullBatches,
}

/// What is sent together. Deletions that are sent apart go first.
pub(super) fn batches(planned: Vec<Intent>, capabilities: &Capabilities) -> Vec<Vec<Intent>> {
    let batch = capabilities.batch.max(1);
    let Some(deletions) = capabilities.delete_batch else { return chunks(planned, batch) };
    let (going, others) = planned.into_iter().partition(|intent| intent.effect == Effect::Delete);
    let mut batches = chunks(going, deletions.max(1));
    batches.extend(chunks(others, batch));
    batches
}

fn chunks(mut intents: Vec<Intent>, size: usize) -> Vec<Vec<Intent>> {
    let mut chunks = Vec::new();
    while intents.len() > size {
        let rest = intents.split_off(size);
        chunks.push(std::mem::replace(&mut intents, rest));
    }
    if !intents.is_empty() {
        chunks.push(intents);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fingerprint, FlowKey, IntentState, Write};

    fn intent(source_id: usize, effect: Effect) -> Intent {
        Intent {
            key: source_id.to_string(),
            flow: FlowKey { firm: "f".into(), adapter: "a".into(), flow: "x".into() },
            source_id: source_id.to_string(),
            effect,
            generation: 1,
            write: Write::purged(),
            state: IntentState::Planned,
            attempt: 0,
            looks: 0,
            not_before: None,
            floor: None,
            remote_id: None,
            reason: None,
            conflict: None,
            linked: None,
        }
    }

    fn split(capabilities: &Capabilities) -> Vec<Vec<String>> {
        let effects = [Effect::Upsert, Effect::Delete, Effect::Upsert, Effect::Upsert, Effect::Delete];
        let planned = effects.into_iter().enumerate().map(|(id, effect)| intent(id, effect)).collect();
        let ids = |batch: Vec<Intent>| batch.into_iter().map(|intent| intent.source_id).collect();
        batches(planned, capabilities).into_iter().map(ids).collect()
    }

    #[test]
    fn deletions_that_go_apart_go_first() {
        let both = Capabilities::new(Fingerprint::NaturalKey).batch(2);
        assert_eq!(split(&both), [vec!["0", "1"], vec!["2", "3"], vec!["4"]]);
        assert_eq!(split(&both.delete_batch(1)), [vec!["1"], vec!["4"], vec!["0", "2"], vec!["3"]]);
    }
}
