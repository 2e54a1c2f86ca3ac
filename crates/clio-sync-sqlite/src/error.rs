//! SQLite's errors in the engine's words.

use clio_sync::{Error, ErrorKind};
use rusqlite::ErrorCode;

/// What SQLite says, as the engine's error.
pub(crate) fn store_error(error: rusqlite::Error) -> Error {
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => (
            ErrorKind::StoreLocked,
            "the state file is locked by another program: close it there, then try again",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => (
            ErrorKind::StoreReadOnly,
            "the state file cannot be written: allow writing to it and to its folder, or name another place",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            ErrorKind::StoreDamaged,
            "the state file is damaged, or no state file: restore it from a backup, or name another file",
        ),
        Some(ErrorCode::DiskFull) => {
            (ErrorKind::StoreFull, "the disk of the state file is full: free some space")
        }
        Some(ErrorCode::SystemIoFailure) => (
            ErrorKind::StoreIo,
            "the disk of the state file failed: see that it is there, sound, and lets the file grow",
        ),
        _ => {
            return Error::new(ErrorKind::Store, format!("the state file failed: {error}"))
                .with_source(error);
        }
    };
    Error::new(kind, message).with_source(error)
}

/// A value in the file that this library did not write.
pub(crate) fn damaged(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::StoreDamaged, "the state file holds a value that cannot be read").with_source(error)
}

/// A lease guards one firm, and gives no right to change what is another's.
pub(crate) fn wrong_firm(what: &str) -> Error {
    Error::new(ErrorKind::Store, format!("{what}: the lease is for another firm"))
}

/// A state that the engine must not ask for.
pub(crate) fn wrong_state(what: &str) -> Error {
    Error::new(ErrorKind::Store, format!("{what}: the firm has no such intent in a state that allows it"))
}
