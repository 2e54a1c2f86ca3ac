//! The objects that Clio tells of.

use std::fmt;

use clio_core::{
    Id, TextId,
    schema::{Object, choices::WebhookModel, objects},
};

/// An object that a webhook can watch. There are webhooks for no other:
///
/// ```compile_fail
/// use clio_api::{Stub, objects::Note, webhooks::Watch};
///
/// let watch = Watch::new::<Stub<Note>>("https://app.example/clio/8c1f4a6e");
/// ```
#[diagnostic::on_unimplemented(
    message = "Clio has no webhooks for `{Self}`",
    note = "there are webhooks for `Matter`, `Activity`, `Bill`, `CalendarEntry`, `Communication`, `Contact`, `Task`, `Document`, `Folder` and `ClioPaymentsPayment`"
)]
pub trait Watched: Object + sealed::Sealed {
    /// What its ids are: numbers or, of calendar entries, text.
    type Id: fmt::Debug + fmt::Display + Clone + PartialEq + Eq + serde::de::DeserializeOwned + Send + Sync;
    /// Clio's name for it in webhooks.
    const MODEL: WebhookModel;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! watched {
    ($($object:ident: $id:ident),* $(,)?) => {$(
        impl sealed::Sealed for objects::$object {}

        impl Watched for objects::$object {
            type Id = $id<Self>;
            const MODEL: WebhookModel = WebhookModel::$object;
        }
    )*};
}

watched! {
    Activity: Id,
    Bill: Id,
    CalendarEntry: TextId,
    ClioPaymentsPayment: Id,
    Communication: Id,
    Contact: Id,
    Document: Id,
    Folder: Id,
    Matter: Id,
    Task: Id,
}
