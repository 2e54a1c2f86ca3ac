//! Fees as a target: Clio's activities, each read back after it was written.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_api::{Clio, Limits};
use clio_core::{Amount, Id, schema::objects, values::ActivityType};
use clio_model::{Currency, activities::BillableActivity};
use clio_sync::{
    Action, Capabilities, Found, Look, Outcome, Ready, Result, SendLimits, Sending, Target, hub,
};
use serde::Deserialize;

/// Activities as a target. What Clio made of a fee is read back, and taken away if it is not what was sent.
#[derive(Debug, Clone)]
pub(crate) struct Fees {
    clio: Clio,
    activities: hub::Activities,
    currency: Currency,
}

impl Fees {
    pub(crate) fn new(clio: &Clio, currency: Currency) -> Self {
        Self { clio: clio.clone(), activities: hub::activities(clio), currency }
    }

    /// What is known of a fee after it was read back.
    async fn read_back(&self, sending: &Sending, remote_id: &str, limits: SendLimits) -> Outcome {
        let Ok(id) = remote_id.parse().map(Id::new) else {
            return Outcome::Unknown("Clio answered with no id".into());
        };
        let within = Limits { total: limits.answer_within, ..Limits::default() };
        let read = self.clio.activities().get(id).select::<BillableActivity>().with_limits(within).await;
        let made = match read {
            Ok(made) => made,
            Err(error) => return Outcome::Unknown(format!("it was not read back: {error}")),
        };
        match self.compare(&sending.write.payload, &made) {
            Ok(()) => Outcome::Applied { remote_id: remote_id.to_owned(), etag: Some(made.etag), echo: None },
            Err(difference) if sending.action == Action::Create => self.take_away(id, difference).await,
            Err(difference) => Outcome::Refused(format!(
                "Clio made something else of it: {difference}; activity {id} stands so"
            )),
        }
    }

    /// Nothing stands at Clio but what was meant.
    async fn take_away(&self, id: Id<objects::Activity>, difference: Difference) -> Outcome {
        match self.clio.activities().delete(id).await {
            Ok(()) => {
                let reason = format!("Clio made something else of it: {difference}; it was taken away again");
                Outcome::Refused(reason)
            }
            Err(error) => {
                Outcome::Unknown(format!("{difference}; activity {id} could not be taken away: {error}"))
            }
        }
    }

    fn compare(&self, payload: &str, made: &BillableActivity) -> std::result::Result<(), Difference> {
        let Ok(sent) = serde_json::from_str::<Sent>(payload) else { return Err(Difference::Unreadable) };
        let expense = sent.r#type == "ExpenseEntry";
        let currency = made.currency.as_ref().and_then(|currency| currency.code.as_deref());
        let rules = [
            (expense || made.kind == ActivityType::TimeEntry, Difference::Kind),
            (!expense || made.quantity == Some(Amount::new(1.into())), Difference::Kind),
            (expense || made.flat_rate == Some(true), Difference::NotFlat),
            (made.price.is_some() && made.total.is_some(), Difference::Hidden),
            (made.non_billable != Some(true), Difference::NonBillable),
            (made.price == Some(sent.price) && made.total == Some(sent.price), Difference::Amount),
            (currency.is_none_or(|code| code == self.currency.code()), Difference::Currency),
            (same_text(made.note.as_deref().unwrap_or_default(), &sent.note), Difference::Note),
            (made.date == Some(sent.date), Difference::Date),
            (made.matter.as_ref().is_some_and(|matter| matter.id == sent.matter.id), Difference::Matter),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, difference)| Err(difference))
    }
}

/// What Clio made otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    Unreadable,
    Kind,
    NotFlat,
    Hidden,
    NonBillable,
    Amount,
    Currency,
    Note,
    Date,
    Matter,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "what was sent cannot be read",
            Self::Kind => "it is another kind of activity",
            Self::NotFlat => "it is no flat fee",
            Self::Hidden => "the amount is hidden from whoever authorised, so nobody can tell",
            Self::NonBillable => "it is not billable",
            Self::Amount => "the amount is another",
            Self::Currency => "the currency is another",
            Self::Note => "the note is another",
            Self::Date => "the day is another",
            Self::Matter => "the matter is another",
        })
    }
}

/// What was sent.
#[derive(Deserialize)]
struct Sent {
    r#type: String,
    price: Amount,
    note: String,
    date: NaiveDate,
    matter: SentMatter,
}

#[derive(Deserialize)]
struct SentMatter {
    id: Id<objects::Matter>,
}

/// Nothing is lost but white space at the ends, and line breaks may be of another system.
fn same_text(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().replace("\r\n", "\n");
    plain(one) == plain(other)
}

#[async_trait]
impl Target for Fees {
    fn kind(&self) -> &str {
        self.activities.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.activities.capabilities()
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

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        let mut outcomes = self.activities.send(sendings, limits, ready).await;
        for (sending, outcome) in sendings.iter().zip(&mut outcomes) {
            let deletes = matches!(sending.action, Action::Delete { .. });
            if let Outcome::Applied { remote_id, .. } = outcome
                && !deletes
            {
                *outcome = self.read_back(sending, &remote_id.clone(), limits).await;
            }
        }
        outcomes
    }

    /// One whose answer was lost was not read back yet: its creation is not complete.
    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let mut found = self.activities.look(look).await?;
        for record in &mut found {
            record.complete = false;
        }
        Ok(found)
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        self.activities.get(remote_id).await
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, _ready: Ready) -> Outcome {
        self.read_back(sending, &found.remote_id, limits).await
    }
}
