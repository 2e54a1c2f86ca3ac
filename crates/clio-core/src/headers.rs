//! What the headers of an answer tell beside its content.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, header};

/// The server's own time: `Date`.
pub fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    date_of(headers.get(header::DATE)?)
}

/// The moment that a `Date` names.
pub fn date_of(value: &HeaderValue) -> Option<DateTime<Utc>> {
    moment(value.to_str().ok()?)
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date, else until the `X-RateLimit-Reset` of a
/// limit that is used up. Dates are measured by the server's own clock.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim());
    let number = |name: &str| text(name)?.parse::<i64>().ok();
    let until = |end: i64| Some(end.saturating_sub(date(headers)?.timestamp()));
    let seconds =
        number("retry-after").or_else(|| until(moment(text("retry-after")?)?.timestamp())).or_else(|| {
            (number("x-ratelimit-remaining")? <= 0).then_some(())?;
            until(number("x-ratelimit-reset")?)
        })?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        retry_after(&headers.collect()).map(|wait| wait.as_secs())
    }

    #[test]
    fn waiting_is_read_from_every_header_that_tells_it() {
        let date = ("date", "Thu, 01 Jan 1970 00:01:00 GMT");
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[date, ("retry-after", "Thu, 01 Jan 1970 00:01:09 GMT")]), Some(9));
        assert_eq!(wait(&[date, ("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT")]), Some(0));
        assert_eq!(wait(&[date, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "72")]), Some(12));
        assert_eq!(wait(&[date, ("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "72")]), None);
        assert_eq!(wait(&[date, ("retry-after", "soon")]), None);
        assert_eq!(wait(&[]), None);
    }
}
