//! Posted time becomes time entries: the rules, and the settings that are ours.
//!
//! A group that a user posts is one time entry, once, whichever way it comes: by the long poll or by the
//! [webhook](crate::Webhook). Nothing but what the user posted is read: WiseTime's timeline is private, and no call here
//! leads there.
//!
//! | what is posted | what becomes of it | where that is set |
//! |---|---|---|
//! | no tag | acknowledged as done, with a message; nothing is posted | |
//! | a tag that is no matter (no external id, or none that is an id of Clio's) | the same | |
//! | more than one tag | refused; WiseTime's document knows one at most | |
//! | the tag of a matter | the matter is found by the tag's external id, never by its name, so that a renamed matter is the same | |
//! | a matter that was deleted in Clio, or is hidden from whoever authorised | refused, with the tag's name | |
//! | a closed matter, or one whose bills are made | Clio decides (its help: closing changes no function; a user: entries are refused); what it says is the message. Nothing is refused in advance: time may be posted after a matter was closed, and only Clio knows | |
//! | a user | the external id first, and if nobody has that, the e-mail address; both are compared with the e-mail addresses of Clio's users, without regard to case; disabled users do not count | |
//! | a user whom nobody in Clio matches | refused: an address has to be mended first | |
//! | an address that several users in Clio have | refused: whose time it is is not guessed | |
//! | time of somebody else than who authorised, without the right to post for others (Clio answers 403, and the matter can be seen) | retried until the right is given, and what was posted after it waits, too; told as [bad health](crate::health) meanwhile | |
//! | the day | `localDate`, the user's own day, as it is: nothing is counted from UTC, and clocks that are put forward or back change nothing | |
//! | a day far from the one on which it was submitted | refused beyond 366 days back and 31 ahead | [`Posting::days_back`], [`Posting::days_ahead`] |
//! | the time | `totalDurationSecs`, which the user may have edited, to the second | [`Posting::rounding`], [`Posting::weighting`] |
//! | a time of 0 | refused | [`Posting::zero_time`] |
//! | a negative time | refused | |
//! | more than 24 hours in one group | refused: a group is of one day | [`Posting::longest`] |
//! | a user whose `experienceWeightingPercent` is not 100 | has no effect, unless set; a total that was edited is never weighted | [`Posting::weighting`] |
//! | the note | the user's `description`, else `formattedNarrative`, else the titles of the rows, each once | [`Posting::template`] |
//! | `narrativeType` is `NARRATIVE_ONLY` | no words of the rows are used, in a template neither; only their seconds are, to tell what was edited | |
//! | `ADD_SUMMARY_TO_NARRATIVE` | the total that was recorded and the total that is charged stand below the note, and the experience rating where it was applied. What the hosted connector for Clio adds is not public; this is what a sister of it adds | [`Settings::add_summary_to_narrative`](crate::Settings::add_summary_to_narrative) |
//! | control characters in a note | removed; line breaks stay, a tab is a blank | |
//! | a note of any length, 100 kB too | sent whole, since Clio's document states no limit; cut at a letter, with `…`, where a limit is set | [`Posting::longest_note`] |
//! | a charge code | is an activity category: by its id, else by its name | |
//! | a charge code that no category is, or that several are | refused | |
//! | a charge code that is a category of a flat rate | refused: time would become a fee | |
//! | a charge code that `ACTIVITY_TYPES_NON_BILLABLE` names | non-billable | [`Settings::activity_types_non_billable`](crate::Settings::activity_types_non_billable) |
//! | a group that cannot be read | refused, with the place; the others are posted | |
//! | a group that comes again after it was posted | told the same again, with the same id; nothing is written, even if it had other words | |
//! | a group that comes again after it was refused here | judged anew: whatever was mended since counts | |
//! | a group that comes again after Clio refused it | refused again with the same words, until somebody has its dead letter sent again ([`clio_sync::Firm::retry`]) or the entry would be another | |
//!
//! *Refused* is WiseTime's `FAILURE`, with a message for the user, and a dead letter with the engine. *Retried* is
//! `RETRIABLE_FAILURE`, or no word yet.
//!
//! What Clio bills is rounded up once more, by the firm's setting. Where that is another time than was sent, or what was sent
//! is not what was posted, the line of the report says so: `00001-Byron 0:12:00, posted as 0:11:30, billed as 0:15:00`.

mod incoming;
mod mapping;
mod note;
mod policy;
mod poll;
mod target;
mod template;
mod time;
mod told;

pub(crate) use incoming::{KIND, Raw, Received, incoming};
pub(crate) use mapping::time_entry;
pub use policy::{Posting, Rounding, SettingError, Unit, Weighting, ZeroTime};
pub(crate) use poll::Polled;
pub(crate) use target::{NO_RIGHT, TimeEntries};
pub use template::Template;
pub(crate) use told::status;
