//! What a write sends.

use clio_schema::Operation;

use crate::Error;

/// A body that the operation `Op` takes.
///
/// Generated bodies and the drafts of `clio-model` implement it, so that `create(impl Body<op::CreateActivity>)` takes
/// either, and a draft of a time entry cannot be sent where Clio wants a contact.
pub trait Body<Op: Operation> {
    /// The JSON of the body's `data` member.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the values cannot be what Clio accepts.
    fn json(&self) -> Result<String, Error>;
}

/// JSON that was made before, such as a write that was planned and stored. Sent as it is.
#[derive(Clone)]
pub struct JsonBody(String);

impl JsonBody {
    /// Wraps the JSON of a body's `data` member.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }
}

impl std::fmt::Debug for JsonBody {
    /// Shows the size only: bodies hold client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JsonBody({} bytes)", self.0.len())
    }
}

impl<Op: Operation> Body<Op> for JsonBody {
    fn json(&self) -> Result<String, Error> {
        Ok(self.0.clone())
    }
}
