//! How long an entry is.

use clio_core::Seconds;

use super::{Posting, Weighting, ZeroTime};
use crate::wire::TimeGroup;

/// The time of a group, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// As the user posted it.
    pub(super) posted: i64,
    /// As it goes to Clio.
    pub(super) charged: i64,
    /// As it was recorded; what was posted where nothing tells that.
    pub(super) worked: i64,
    /// The experience rating that was applied, in percent.
    pub(super) factor: Option<i64>,
}

/// Why a group has no time that can be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoTime {
    /// The user has to mend it.
    Refused(String),
    /// There is nothing to post.
    LeftOut(String),
}

/// A total that the user has edited is theirs: it is not weighted. What comes out is rounded last.
pub(super) fn time(group: &TimeGroup, posting: &Posting) -> Result<Time, NoTime> {
    let refuse = |words: String| Err(NoTime::Refused(words));
    let posted = group.total_duration_secs;
    if posted < 0 {
        return refuse(format!("the time is negative: {}", Seconds(posted)));
    }
    if let Some(longest) = posting.longest
        && posted > longest.0
    {
        let (posted, longest) = (Seconds(posted), longest);
        return refuse(format!("{posted} hours are more than one entry may have, which is {longest}"));
    }
    let factor = match posting.weighting {
        Weighting::Unedited if !group.is_edited() => {
            group.user.experience_weighting_percent.filter(|percent| (0..100).contains(percent))
        }
        _ => None,
    };
    let weighted = match factor {
        None => Some(posted),
        Some(percent) => {
            posted.checked_mul(percent).and_then(|hundredths| hundredths.checked_add(99)).map(|up| up / 100)
        }
    };
    let Some(charged) = weighted.and_then(|seconds| posting.rounding.of(seconds)) else {
        return refuse("the time is longer than can be counted".to_owned());
    };
    if charged == 0 {
        match posting.zero_time {
            ZeroTime::Post => {}
            ZeroTime::Refuse => return refuse("there is no time to post: its duration is 0".to_owned()),
            ZeroTime::LeaveOut => return Err(NoTime::LeftOut("there is no time to post".to_owned())),
        }
    }
    Ok(Time { posted, charged, worked: group.recorded_secs().unwrap_or(posted), factor })
}
