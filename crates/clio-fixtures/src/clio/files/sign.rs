//! Addresses that carry their own permission, as storage hosts sign them.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

use super::{Files, hex};
use crate::{calls::later, clio::ask::Ask};

const DATE: &str = "%Y%m%dT%H%M%SZ";

/// What an address allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permit<'a> {
    pub(crate) method: &'a str,
    pub(crate) key: &'a str,
    pub(crate) part: Option<i64>,
}

/// Why an address is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Void {
    Forged,
    Expired,
}

impl Files {
    /// An address that works from `now` on for as long as `life`.
    pub(crate) fn sign(&self, permit: Permit<'_>, now: DateTime<Utc>, life: Duration) -> String {
        let (date, expires) = (now.format(DATE).to_string(), life.as_secs().to_string());
        let signature = self.signature(permit, &date, &expires);
        let mut query = Serializer::new(String::new());
        if let Some(part) = permit.part {
            query.append_pair("partNumber", &part.to_string());
        }
        query
            .append_pair("X-Amz-Date", &date)
            .append_pair("X-Amz-Expires", &expires)
            .append_pair("X-Amz-Signature", &signature);
        format!("{}/{}?{}", self.base, permit.key, query.finish())
    }

    /// Whether the address of this request was signed for this, and still counts.
    pub(super) fn permits(&self, ask: &Ask<'_>, permit: Permit<'_>) -> Result<(), Void> {
        let [date, expires, signature] = ["X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature"]
            .map(|name| ask.param(name).unwrap_or_default());
        if self.signature(permit, date, expires) != signature {
            return Err(Void::Forged);
        }
        let from = NaiveDateTime::parse_from_str(date, DATE).map_err(|_| Void::Forged)?.and_utc();
        let life = Duration::from_secs(expires.parse().map_err(|_| Void::Forged)?);
        if ask.now < later(from, life) { Ok(()) } else { Err(Void::Expired) }
    }

    fn signature(&self, permit: Permit<'_>, date: &str, expires: &str) -> String {
        let Permit { method, key, part } = permit;
        let signed = format!("{}\n{method}\n{key}\n{part:?}\n{date}\n{expires}", self.secret);
        hex(&Sha256::digest(signed))
    }
}
