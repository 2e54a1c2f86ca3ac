//! Bills: people make them in Clio's own pages, the API reads and changes them.

use super::Behaviour;
use crate::clio::store::{Record, Resource, handles};

handles!(BILL: Bill = bill { client, matters, number, state });

pub(crate) struct Bills;

impl Behaviour for Bills {
    fn resource(&self) -> Option<Resource> {
        Some(BILL.resource)
    }
}

/// It stands: a bill that was deleted or voided has given its activities up.
pub(crate) fn is_active(bill: &Record) -> bool {
    !matches!(bill.get(BILL.state).as_str(), Some("deleted" | "void"))
}
