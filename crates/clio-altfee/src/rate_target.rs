//! The flat rates of matters as a target.

use std::{fmt, mem::take, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, Limits, Permit, RetryPolicy, choices::MatterCustomRateType};
use clio_core::{
    Amount, Applied, Body, ErrorKind, Etag, Id, schema::objects, schema::operations::UpdateMatter,
};
use clio_model::matters::{CustomRate, FlatRate, MatterChange, RateFor};
use clio_sync::{
    Capabilities, Fingerprint, Firm, Found, Look, Outcome, Ready, Result, SendLimits, Sending, Target, Write,
    hub,
};
use serde::{Deserialize, Serialize};

use crate::{adapter::NAME, matter_rate::Rated};

/// A flat rate for a matter of this version. Kept as it is in the engine's store until it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rate {
    matter: i64,
    /// The version that was looked at: no other is changed.
    version: String,
    /// The flat rate that it has, to be changed: one beside it would be a second.
    existing: Option<i64>,
    user: i64,
    /// Clio's spelling of the number, which is exact.
    price: String,
}

impl Rate {
    pub(crate) fn new(there: &Rated, user: Id<objects::User>, price: Amount) -> Self {
        let flat = there.custom_rate.as_ref();
        let flat = flat.filter(|rates| rates.kind == Some(MatterCustomRateType::FlatRate));
        let existing = flat.and_then(|rates| rates.rates.as_ref()?.first().map(|rate| rate.id.get()));
        Self {
            matter: there.id.get(),
            version: there.etag.as_str().to_owned(),
            existing,
            user: user.get(),
            price: price.get().to_string(),
        }
    }

    /// The write of it. Each version of a matter is written once.
    pub(crate) fn write(&self) -> Result<Write, clio_core::Error> {
        // What cannot be sent is found here.
        Body::<UpdateMatter>::json(&self.change()?)?;
        let payload = serde_json::to_string(self).unwrap_or_default();
        let content = [
            ("matter.id".to_owned(), self.matter.into()),
            ("user.id".to_owned(), self.user.into()),
            ("rate".to_owned(), self.price.clone().into()),
        ];
        let label = format!("a flat rate for matter {}", self.matter);
        Ok(Write { payload, content: content.into_iter().collect(), label })
    }

    fn change(&self) -> Result<MatterChange, clio_core::Error> {
        let price: Amount = self.price.parse()?;
        let mut rate = FlatRate::new(RateFor::User(Id::new(self.user)), price);
        if let Some(existing) = self.existing {
            rate = rate.existing(Id::new(existing));
        }
        Ok(MatterChange::new().custom_rate(CustomRate::Flat(rate)))
    }
}

impl fmt::Debug for Rate {
    /// Leaves the price out: it is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rate").field("matter", &self.matter).field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why the newest rate of this id was refused, if it was.
pub(crate) async fn refused_of(firm: &Firm, id: &str) -> Result<Option<String>> {
    let letters = firm.dead_letters().await?;
    let ours = letters.into_iter().rev().find(|one| one.flow.adapter == NAME && one.source_id == id);
    Ok(ours.map(|letter| letter.reason))
}

/// The flat rates of matters. Each is written upon the version that was looked at, so that sending it again never writes a
/// second one, and does no harm.
#[derive(Debug, Clone)]
pub(crate) struct MatterRates {
    clio: Clio,
    /// For what is the same for everything at Clio.
    activities: hub::Activities,
}

impl MatterRates {
    pub(crate) fn new(clio: &Clio) -> Self {
        Self { clio: clio.clone(), activities: hub::activities(clio) }
    }

    async fn send_one(&self, sending: &Sending, limits: SendLimits, ready: Ready) -> Outcome {
        let Ok(rate) = serde_json::from_str::<Rate>(&sending.write.payload) else {
            return Outcome::Refused("what was to be sent cannot be read".into());
        };
        let change = match rate.change() {
            Ok(change) => change,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let etag = Etag::new(rate.version.clone());
        let call = self.clio.matters().update(Id::new(rate.matter)).with_body(change).if_match(&etag);
        let within = Limits { total: limits.answer_within, ..Limits::default() };
        let mut call = call.with_limits(within).with_retry(RetryPolicy::never());
        if let Some(permit) = ready.take::<Permit>() {
            call = call.with_permit(permit).with_send_by(limits.send_by);
        }
        match call.await {
            Ok(_) => self.read_back(&rate, within).await,
            Err(error) if error.status() == Some(412) => self.otherwise(&rate, within).await,
            Err(error) if error.applied() == Applied::Perhaps => Outcome::Unknown(error.to_string()),
            Err(error) => match error.kind() {
                ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Conflict => {
                    Outcome::Refused(error.message().to_owned())
                }
                _ => Outcome::NotSent(error.into()),
            },
        }
    }

    /// What Clio made of it, as far as it tells: not the amount.
    async fn read_back(&self, rate: &Rate, within: Limits) -> Outcome {
        match self.read(rate, within).await {
            Ok(there) if has_one_flat_rate(&there) => {
                Outcome::Applied { remote_id: there.id.to_string(), etag: Some(there.etag), echo: None }
            }
            Ok(there) => Outcome::Refused(format!(
                "Clio made something else of it: matter {} has not one flat rate now",
                there.id
            )),
            // Sent again, it meets another version, and is told from there.
            Err(error) => Outcome::Unknown(format!("it was not read back: {error}")),
        }
    }

    /// The matter has another version than was looked at: by others, or by an earlier attempt whose answer was lost.
    async fn otherwise(&self, rate: &Rate, within: Limits) -> Outcome {
        let matter = rate.matter;
        match self.read(rate, within).await {
            Ok(there) if has_one_flat_rate(&there) => Outcome::Refused(format!(
                "matter {matter} has changed since it was looked at, and has a flat rate now: this one, if an answer of Clio's \
                 was lost; Clio tells no amount, so see there"
            )),
            Ok(_) => Outcome::Refused(format!(
                "matter {matter} has changed since it was looked at; nothing was written: look again"
            )),
            Err(error) => Outcome::Unknown(error.to_string()),
        }
    }

    async fn read(&self, rate: &Rate, within: Limits) -> Result<Rated, clio_core::Error> {
        self.clio.matters().get(Id::new(rate.matter)).select::<Rated>().with_limits(within).await
    }
}

fn has_one_flat_rate(matter: &Rated) -> bool {
    matter.custom_rate.as_ref().is_some_and(|rates| {
        let one = rates.rates.as_ref().is_some_and(|rates| rates.len() == 1);
        rates.kind == Some(MatterCustomRateType::FlatRate) && one
    })
}

#[async_trait]
impl Target for MatterRates {
    fn kind(&self) -> &'static str {
        "clio/matter-rate"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey)
    }

    fn monotonic(&self) -> Duration {
        self.activities.monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        self.activities.prepare(within).await
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.activities.server_time().await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, mut ready: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(self.send_one(sending, limits, take(&mut ready)).await);
        }
        outcomes
    }

    /// Never asked: the version says what there is to know.
    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_exists_is_changed_and_none_is_added() {
        let mut rate =
            Rate { matter: 7, version: "v".into(), existing: None, user: 5, price: "1500.50".into() };
        let sent = |rate: &Rate| Body::<UpdateMatter>::json(&rate.change().unwrap()).unwrap();
        let new = r#"{"custom_rate":{"type":"FlatRate","rates":[{"user":{"id":5},"rate":1500.50}]}}"#;
        assert_eq!(sent(&rate), new);
        rate.existing = Some(3);
        assert_eq!(sent(&rate), new.replace(r#"[{"user""#, r#"[{"id":3,"user""#));
        assert!(!format!("{rate:?}").contains("1500"));
    }
}
