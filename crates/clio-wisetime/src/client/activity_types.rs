//! Activity types.

use clio_core::{Applied, Error, ErrorKind, Limits};
use http::Method;
use serde::Serialize;

use super::{Client, batch::fits, decode, encode};
use crate::wire::{ItemError, SyncActivityType, SyncSession};

impl Client {
    /// Begins a session in which all activity types are sent.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn start_activity_type_sync(&self) -> Result<SyncSession, Error> {
        self.start_activity_type_sync_within(Limits::default()).await
    }

    pub(crate) async fn start_activity_type_sync_within(&self, limits: Limits) -> Result<SyncSession, Error> {
        let operation = "activity-type-sync-start";
        let answer = self.call(operation, Method::POST, "activitytype/sync/start", None, limits).await?;
        decode(operation, &answer.succeeded(operation)?)
    }

    /// Ends a session: **every activity type that was not sent since it began is deleted**.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is no such session, or it is over: nothing was deleted by this call.
    pub async fn complete_activity_type_sync(&self, session: &SyncSession) -> Result<(), Error> {
        self.complete_activity_type_sync_within(session, Limits::default()).await
    }

    pub(crate) async fn complete_activity_type_sync_within(
        &self,
        session: &SyncSession,
        limits: Limits,
    ) -> Result<(), Error> {
        let operation = "activity-type-sync-complete";
        let body = Some(encode(operation, session)?);
        let answer = self.call(operation, Method::POST, "activitytype/sync/complete", body, limits).await?;
        answer.succeeded(operation).map(drop)
    }

    /// Ends a session without deleting anything. `false`: there is none, or it is over.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn cancel_activity_type_sync(&self, session: &SyncSession) -> Result<bool, Error> {
        let operation = "activity-type-sync-cancel";
        let body = Some(encode(operation, session)?);
        let answer = self.call(operation, Method::POST, "activitytype/sync/cancel", body, Limits::default());
        answer.await?.found(operation)
    }

    /// Creates or updates activity types, in a session or outside of one; at most [`ITEMS_AT_ONCE`](crate::ITEMS_AT_ONCE) at
    /// once. Answers what is wrong with single ones. Whether the others were taken then is not said: send them again, which
    /// does no harm.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for too many, of which none is sent; [`ErrorKind::Invalid`] where WiseTime refuses the
    /// batch without saying why: most likely the session is over.
    pub async fn upsert_activity_types(
        &self,
        types: &[SyncActivityType],
        session: Option<&SyncSession>,
    ) -> Result<Vec<ItemError>, Error> {
        let types: Vec<&SyncActivityType> = types.iter().collect();
        self.upsert_activity_types_within(&types, session, Limits::default()).await
    }

    pub(crate) async fn upsert_activity_types_within(
        &self,
        types: &[&SyncActivityType],
        session: Option<&SyncSession>,
        limits: Limits,
    ) -> Result<Vec<ItemError>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Batch<'a> {
            activity_types: &'a [&'a SyncActivityType],
            #[serde(skip_serializing_if = "Option::is_none")]
            sync_session_id: Option<&'a str>,
        }
        let operation = "activity-type-upsert-batch";
        fits(operation, types.len())?;
        let sync_session_id = session.map(|session| session.sync_session_id.as_str());
        let body = Some(encode(operation, &Batch { activity_types: types, sync_session_id })?);
        let answer = self.call(operation, Method::POST, "activitytype/batch", body, limits).await?;
        // A success may name items, so that an answer of which a part is missing says nothing.
        if answer.status.is_success() && answer.item_errors().is_none() {
            let error = Error::new(ErrorKind::Decode, "WiseTime's answer does not say which types it took");
            return Err(error.with_applied(Applied::Perhaps).with_operation(operation));
        }
        answer.but_for_items(operation)
    }
}
