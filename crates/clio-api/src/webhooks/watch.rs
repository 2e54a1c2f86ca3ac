//! What a webhook is to watch, checked before Clio is asked for it.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{
    Error, ErrorKind, Selected, Selection,
    schema::choices::{WebhookEvent, WebhookModel},
};
use url::{Host, Url};

use super::{CreateWebhook, UpdateWebhook, Watched};

/// The most characters of a list of fields (Clio's documentation).
const MOST_FIELDS: usize = 1000;

/// The longest life that Clio gives (its documentation).
const LONGEST: TimeDelta = TimeDelta::days(31);

/// A day less, so that clocks which differ do no harm.
const LIFE: TimeDelta = TimeDelta::days(30);

/// A webhook as it is to be: where it tells, of what, and for how long.
///
/// ```
/// use clio_api::{Id, Selection, chrono::TimeDelta, choices::WebhookEvent, objects::Matter, webhooks::Watch};
///
/// #[derive(Selection)]
/// #[clio(object = "Matter")]
/// struct OpenMatter { id: Id<Matter>, display_number: String }
///
/// let watch = Watch::new::<OpenMatter>("https://app.example/clio/8c1f4a6e")
///     .events([WebhookEvent::Updated, WebhookEvent::MatterClosed])
///     .lasting(TimeDelta::days(14));
/// ```
#[derive(Clone)]
#[must_use = "nothing is watched until it is subscribed to"]
pub struct Watch {
    pub(super) url: String,
    pub(super) model: WebhookModel,
    pub(super) fields: &'static str,
    pub(super) events: Vec<WebhookEvent>,
    pub(super) lasting: TimeDelta,
}

impl Watch {
    /// Watches the fields of `S`, and tells this address when one of them changes, or a record is created or deleted.
    ///
    /// The address is https; Clio takes nothing else. (Plain http to this machine is let through, for fakes.) Let part of it be
    /// hard to guess: anybody who knows it can make a receiver work.
    pub fn new<S: Selected<Object: Watched>>(url: impl Into<String>) -> Self {
        let model = S::Object::MODEL;
        let mut events = vec![WebhookEvent::Created, WebhookEvent::Updated, WebhookEvent::Deleted];
        events.retain(|event| has(&model, event));
        let fields = <S as Selection<S::Object>>::FIELDS;
        Self { url: url.into(), model, fields, events, lasting: LIFE }
    }

    /// Tells of these events in place of those.
    pub fn events(mut self, events: impl IntoIterator<Item = WebhookEvent>) -> Self {
        self.events = events.into_iter().collect();
        self
    }

    /// Ends after this time, unless it is renewed. Clio gives 31 days at most, and 3 when it is not asked. Default: 30 days.
    pub fn lasting(mut self, life: TimeDelta) -> Self {
        self.lasting = life;
        self
    }

    /// Everything that can be known to be wrong without asking Clio.
    pub(super) fn check(&self) -> Result<(), Error> {
        let wrong = |why: String| Err(Error::new(ErrorKind::Configuration, why));
        if !is_address(&self.url) {
            return wrong("the address of a webhook has to be https".into());
        }
        if self.fields.is_empty() {
            return wrong("a webhook has to watch at least one field".into());
        }
        let length = self.fields.chars().count();
        if length > MOST_FIELDS {
            return wrong(format!(
                "the fields of a webhook take {MOST_FIELDS} characters at most, these are {length}"
            ));
        }
        if self.events.is_empty() {
            return wrong("a webhook has to tell of at least one event".into());
        }
        if let Some(event) = self.events.iter().find(|event| !has(&self.model, event)) {
            return wrong(format!("`{}` has no event `{event}`", self.model));
        }
        checked_life(self.lasting).map(drop)
    }

    pub(super) fn to_create(&self, now: DateTime<Utc>) -> CreateWebhook {
        CreateWebhook::new(self.fields, self.model.clone(), self.url.clone())
            .events(self.events.clone())
            .expires_at(now + self.lasting)
    }

    /// What a webhook at the same address has to become.
    pub(super) fn to_change(&self, now: DateTime<Utc>) -> UpdateWebhook {
        UpdateWebhook::new().fields(self.fields).events(self.events.clone()).expires_at(now + self.lasting)
    }
}

impl fmt::Debug for Watch {
    /// Shows no address: part of it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("model", &self.model)
            .field("fields", &self.fields)
            .field("events", &self.events)
            .field("lasting", &self.lasting)
            .finish_non_exhaustive()
    }
}

/// A life that Clio gives.
pub(super) fn checked_life(life: TimeDelta) -> Result<TimeDelta, Error> {
    if life > TimeDelta::zero() && life <= LONGEST {
        return Ok(life);
    }
    Err(Error::new(ErrorKind::Configuration, "a webhook lives for more than nothing and for 31 days at most"))
}

/// The model has the event (Clio's documentation). What this version does not know is Clio's to judge.
fn has(model: &WebhookModel, event: &WebhookEvent) -> bool {
    match event {
        WebhookEvent::Deleted => *model != WebhookModel::ClioPaymentsPayment,
        WebhookEvent::MatterOpened | WebhookEvent::MatterPended | WebhookEvent::MatterClosed => {
            *model == WebhookModel::Matter
        }
        _ => true,
    }
}

fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use clio_core::{
        Stub,
        schema::objects::{ClioPaymentsPayment, Matter, Task},
    };

    use super::*;

    const URL: &str = "https://app.example/hooks";

    fn refused(watch: &Watch) -> String {
        let error = watch.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.message().to_owned()
    }

    #[test]
    fn what_clio_would_refuse_is_refused_before_it_is_sent() {
        let matters = |url: &str| Watch::new::<Stub<Matter>>(url);
        for good in [URL, "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]/x"] {
            matters(good).check().unwrap();
        }
        for bad in
            ["http://app.example/secret", "ftp://127.0.0.1/x", "nonsense", "http://localhost.example/x"]
        {
            assert!(!refused(&matters(bad)).contains("secret"), "{bad}");
        }
        for days in [0, -1, 32] {
            assert!(refused(&matters(URL).lasting(TimeDelta::days(days))).contains("31 days"));
        }
        matters(URL).lasting(TimeDelta::days(31)).check().unwrap();
        assert!(refused(&matters(URL).events([])).contains("at least one event"));
        let closed = Watch::new::<Stub<Task>>(URL).events([WebhookEvent::MatterClosed]);
        assert_eq!(refused(&closed), "`task` has no event `matter_closed`");
        matters(URL).events([WebhookEvent::MatterClosed]).check().unwrap();
        let long = Watch { fields: "id,".repeat(334).leak(), ..matters(URL) };
        assert!(refused(&long).contains("these are 1002"));
        assert!(refused(&Watch { fields: "", ..matters(URL) }).contains("at least one field"));
    }

    #[test]
    fn payments_are_never_deleted() {
        let watch = Watch::new::<Stub<ClioPaymentsPayment>>(URL);
        assert_eq!(watch.events, [WebhookEvent::Created, WebhookEvent::Updated]);
        watch.check().unwrap();
    }

    #[test]
    fn the_address_is_not_shown() {
        assert!(!format!("{:?}", Watch::new::<Stub<Task>>(URL)).contains("app.example"));
    }
}
