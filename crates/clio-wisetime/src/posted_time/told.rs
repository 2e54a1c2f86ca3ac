//! What WiseTime is told of a group.

use clio_sync::{Acknowledgement, Resolution};

use crate::wire::{Status, TimeGroupStatus};

/// What became of a group, in WiseTime's terms.
pub(crate) fn status(acknowledgement: &Acknowledgement) -> TimeGroupStatus {
    let (status, message, external_id) = match &acknowledgement.resolution {
        Resolution::Written { remote_id } => (Status::Success, None, Some(remote_id.clone())),
        Resolution::Skipped { reason } => (Status::Success, Some(reason.clone()), None),
        Resolution::Rejected { reason } => (Status::Failure, Some(reason.clone()), None),
        // A failure would invite the user to post again what may stand in Clio already.
        Resolution::Parked { reason } => {
            let message = format!(
                "whether this time stands in Clio already has to be looked at by whoever runs the connection: {reason}"
            );
            (Status::RetriableFailure, Some(message), None)
        }
        other => (Status::RetriableFailure, Some(format!("not settled yet: {other:?}")), None),
    };
    TimeGroupStatus { time_group_id: acknowledgement.id.clone(), status, message, external_id }
}
