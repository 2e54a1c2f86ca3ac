//! Case Status for Clio: matters become cases and stay in step, documents and messages come back, and the client is told of
//! each stage once.
//!
//! Case Status publishes no API. Its side is a port, [`CaseStatus`], for Case Status or whoever has its documents to implement.

mod model;
mod port;

pub use model::{
    Case, CaseClient, CaseFields, CaseFile, CaseId, ClientName, FileId, FirmSettings, Message, MessageId,
    NewStatus, Notify, Party, Side, StatusUpdate, UpdateId,
};
pub use port::{CaseStatus, Page};
