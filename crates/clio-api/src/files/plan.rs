//! Into which parts a file is cut.

use clio_core::{Error, ErrorKind};

/// The highest number of a part, and the least bytes of each but the last (Clio's document: 5 MB).
pub(super) const MOST_PARTS: u64 = 10_000;
pub(super) const LEAST_PART: u64 = 5 * 1024 * 1024;

/// The most bytes of a part: S3, where Clio keeps its files, takes no more.
pub(super) const MOST_PART: u64 = 5 * 1024 * 1024 * 1024;

/// How many parts one request announces at most, by Clio's document.
pub(super) const MOST_ANNOUNCED: usize = 50;

/// Parts that were made larger than asked for are of whole mebibytes.
const STEP: u64 = 1024 * 1024;

/// How large each part is, but for the last: as asked for, and larger where there would be too many of them.
///
/// # Errors
///
/// [`ErrorKind::Configuration`] when parts of this size are smaller or larger than Clio takes, and [`ErrorKind::Content`] when
/// the content is more than all parts together may hold.
pub(super) fn part_size(asked: u64, least: u64, length: Option<u64>) -> Result<u64, Error> {
    if asked < least.max(1) {
        let why = format!("a part of an upload has {least} bytes at least");
        return Err(Error::new(ErrorKind::Configuration, why));
    }
    if asked > MOST_PART {
        let why = format!("a part of an upload has {MOST_PART} bytes at most");
        return Err(Error::new(ErrorKind::Configuration, why));
    }
    let needed = length.unwrap_or(0).div_ceil(MOST_PARTS);
    if needed > MOST_PART {
        return Err(Error::new(ErrorKind::Content, "the content is larger than an upload may be"));
    }
    Ok(if needed <= asked { asked } else { needed.div_ceil(STEP) * STEP })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn parts_grow_where_there_would_be_too_many() {
        let size = |length| part_size(8 * MIB, LEAST_PART, Some(length)).unwrap();
        assert_eq!(size(0), 8 * MIB);
        assert_eq!(size(80_000 * MIB), 8 * MIB);
        assert_eq!(size(80_000 * MIB + 1), 9 * MIB);
        let huge = 5 * 1024 * 1024 * MIB;
        assert!(huge.div_ceil(size(huge)) <= MOST_PARTS);
        assert_eq!(part_size(8 * MIB, LEAST_PART, None).unwrap(), 8 * MIB);
    }

    #[test]
    fn parts_are_not_smaller_than_clio_takes() {
        assert_eq!(part_size(LEAST_PART, LEAST_PART, None).unwrap(), LEAST_PART);
        for (asked, least) in [(LEAST_PART - 1, LEAST_PART), (0, 0)] {
            assert_eq!(part_size(asked, least, None).unwrap_err().kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn parts_are_not_larger_than_the_storage_takes() {
        let most = MOST_PART * MOST_PARTS;
        assert_eq!(part_size(MOST_PART, LEAST_PART, None).unwrap(), MOST_PART);
        assert_eq!(part_size(LEAST_PART, LEAST_PART, Some(most)).unwrap(), MOST_PART);
        for (asked, length, kind) in [
            (MOST_PART + 1, None, ErrorKind::Configuration),
            (u64::MAX, Some(1), ErrorKind::Configuration),
            (LEAST_PART, Some(most + 1), ErrorKind::Content),
            (LEAST_PART, Some(u64::MAX), ErrorKind::Content),
        ] {
            assert_eq!(part_size(asked, LEAST_PART, length).unwrap_err().kind(), kind, "{asked} {length:?}");
        }
    }
}
