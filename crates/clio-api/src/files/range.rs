//! Which bytes of a file an answer holds.

use http::{HeaderMap, header};

/// A `Content-Range` of bytes: the first, the last, and how many there are, if the server says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) total: Option<u64>,
}

impl ContentRange {
    /// `None` for anything that is no range of bytes which could be.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers.get(header::CONTENT_RANGE)?.to_str().ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        let (unit, rest) = text.trim().split_once(' ')?;
        let (range, total) = rest.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse::<u64>().ok()?),
        };
        let possible = first <= last && total.is_none_or(|total| last < total);
        (unit.eq_ignore_ascii_case("bytes") && possible).then_some(Self { first, last, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_range_of_bytes_that_can_be_is_one() {
        let read = |text| ContentRange::read(text).map(|range| (range.first, range.last, range.total));
        assert_eq!(read("bytes 1-3/6"), Some((1, 3, Some(6))));
        assert_eq!(read("Bytes 0-0/*"), Some((0, 0, None)));
        for wrong in [
            "",
            "bytes */6",
            "bytes 3-1/6",
            "bytes 1-6/6",
            "items 1-3/6",
            "bytes 1-3",
            "bytes -3/6",
            "bytes 1-3/x",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
