//! Values that a server would take: what the generated calls are made with, beside words and texts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use clio_api::{Amount, Etag, Json};

pub(crate) fn amount() -> Amount {
    "1.5".parse().unwrap_or_default()
}

pub(crate) fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 14).unwrap_or_default()
}

pub(crate) fn moment() -> DateTime<Utc> {
    date().and_hms_opt(9, 26, 53).unwrap_or_default().and_utc()
}

/// For what ends.
pub(crate) fn later() -> DateTime<Utc> {
    moment() + Days::new(1)
}

pub(crate) fn etag() -> Etag {
    Etag::new("\"sample\"")
}

/// An object with an id: what stands where Clio's document leaves the shape of a member open.
pub(crate) fn json() -> Json {
    Json::Object(vec![("id".to_owned(), Json::Number("1".into()))])
}
