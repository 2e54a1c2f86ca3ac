//! What a fake firm keeps: a table of records for each resource, all of the same shape.

mod record;
mod resource;
mod tables;
mod value;

pub(crate) use record::{Record, Stamp};
pub(crate) use resource::{Resource, handles};
pub(crate) use tables::{Happened, Table, Tables, What};
pub(crate) use value::{Part, Value};

/// FNV-1a, for texts that shall look like hashes.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
