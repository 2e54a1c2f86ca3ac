//! The intermediate form: facts as the document has them, and the model that is resolved from them.

pub mod facts;
pub mod model;
pub mod overrides;
mod resolve;

pub use resolve::resolve;
