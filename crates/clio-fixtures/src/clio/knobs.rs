//! What is unknown or disputed about Clio, as switches.

use std::time::Duration;

use super::settings::Settings;

/// Something about Clio that no source settles. The fake does either; a connector that is right under both does not depend
/// on the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disputed {
    /// The name of the knob, as [`ClioWorldBuilder::knob`](crate::ClioWorldBuilder::knob) takes it.
    pub name: &'static str,
    /// What is not known.
    pub question: &'static str,
    /// The values worth testing, the default first.
    pub values: &'static [&'static str],
    /// Who says what. `document` is Clio's OpenAPI document, `docs` its documentation, `help` its help pages, `users` what
    /// users of its API report.
    pub sources: &'static str,
    /// Whether the answer matters to software that writes.
    pub touches_writes: bool,
}

/// Why a knob cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnobError {
    /// No knob has this name.
    Unknown(String),
    /// The knob does not take this value.
    Value {
        /// The knob.
        name: String,
        /// The value.
        value: String,
    },
}

impl std::fmt::Display for KnobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there is no knob `{name}`"),
            Self::Value { name, value } => write!(f, "the knob `{name}` cannot be {value:?}"),
        }
    }
}

impl std::error::Error for KnobError {}

/// A knob and how it is turned.
pub(crate) struct Knob {
    pub(crate) disputed: Disputed,
    set: fn(&mut Settings, &str) -> Option<()>,
}

macro_rules! knobs {
    ($($name:literal: $set:expr, $values:expr, $writes:literal, $question:literal, $sources:literal;)*) => {
        /// Every knob.
        pub(crate) static KNOBS: &[Knob] = &[$(Knob {
            disputed: Disputed {
                name: $name,
                question: $question,
                values: $values,
                sources: $sources,
                touches_writes: $writes,
            },
            set: $set,
        }),*];
    };
}

fn flag(to: &mut bool, value: &str) -> Option<()> {
    *to = value.parse().ok()?;
    Some(())
}

fn seconds(to: &mut Duration, value: &str) -> Option<()> {
    *to = Duration::from_secs(value.parse().ok()?);
    Some(())
}

knobs! {
    "since_inclusive": |s, v| flag(&mut s.since_inclusive, v), &["true", "false"], true,
        "Do `updated_since` and `created_since` include the moment itself?",
        "nobody says";
    "rate_limited_calls_apply": |s, v| flag(&mut s.rate_limited_calls_apply, v), &["false", "true"], true,
        "Is a call that is answered 429 carried out all the same?",
        "nobody says";
    "search_settles": |s, v| seconds(&mut s.search_settles, v), &["0", "60"], true,
        "How many seconds after a change does `query` find a record?",
        "nobody says";
    "rotate_refresh_tokens": |s, v| flag(&mut s.rotate, v), &["false", "true"], false,
        "Does a refresh give a new refresh token and kill the old one?",
        "docs: no; some users: yes";
    "token_life": |s, v| seconds(&mut s.token_life, v), &["2592000", "604800", "3600"], false,
        "How many seconds does an access token live?",
        "docs: 30 days; an older copy: 7 days; a few users: an hour";
    "trims_notes": |s, v| flag(&mut s.trims_notes, v), &["false", "true"], true,
        "Does a note lose the blanks at its ends?",
        "nobody says; echoes that differ are reported of other fields";
    "drafts_are_billed": |s, v| flag(&mut s.drafts_are_billed, v), &["true", "false"], true,
        "Is `billed` true of an activity on a draft bill?",
        "document: no; users in 2026: yes";
    "bills_return_to_draft": |s, v| flag(&mut s.bills_return_to_draft, v), &["true", "false"], true,
        "May an approved bill become a draft again?",
        "users in 2026: yes; document: `draft` is no word of `available_state_transitions`";
    "bills_take_paid": |s, v| flag(&mut s.bills_take_paid, v), &["false", "true"], true,
        "May a bill be written as paid, without a payment?",
        "help: a payment pays a bill; document: `paid` is among the states that can be written; nobody tried";
    "lists_gone_bills": |s, v| flag(&mut s.lists_gone_bills, v), &["true", "false"], true,
        "Does the list of bills have the deleted and the void ones unasked?",
        "users: they linger; document: a filter by these states";
    "line_quantities_change": |s, v| flag(&mut s.line_quantities_change, v), &["true", "false"], true,
        "Does a line item of a draft take another quantity, rounded up as time is?",
        "a user in 2026: ignored; the same user later: taken and rounded up";
    "zero_hours_earn_flat_rates": |s, v| flag(&mut s.zero_hours_earn_flat_rates, v), &["false", "true"], true,
        "Does a time entry of no time at a flat rate have the flat rate as its total?",
        "a user: an entry of 0 hours totals 0 whatever its price; nobody says so of flat rates alone";
    "flat_rate_matters_make_entries": |s, v| flag(&mut s.flat_rate_matters_make_entries, v), &["false", "true"], true,
        "Does a flat rate that the API gives to a matter make a time entry of that amount?",
        "help: Clio's own pages make one; a user: so does the API; nobody else says";
    "closed_matters_take_entries": |s, v| flag(&mut s.closed_matters_take_entries, v), &["true", "false"], true,
        "Does a closed matter take time entries?",
        "help: closing changes no function; a user: they are refused";
    "children_touch_parents": |s, v| flag(&mut s.children_touch_parents, v), &["false", "true"], false,
        "Does a changed custom field value, line item or relationship change the `updated_at` of its parent?",
        "nobody says";
    "lowercase_priorities": |s, v| flag(&mut s.lowercase_priorities, v), &["true", "false"], false,
        "Is the priority of a task, written as `High`, read as `high`?",
        "document: no; users: yes";
    "signature_encoding": |s, v| match v {
            "hex" | "base64" => { s.base64_signatures = v == "base64"; Some(()) }
            _ => None,
        }, &["hex", "base64"], false,
        "How is the signature of a webhook's request written?",
        "nobody says";
    "unknown_reference_status": |s, v| { s.unknown_reference = v.parse().ok().filter(|n| matches!(n, 404 | 422))?; Some(()) },
        &["404", "422"], true,
        "Which status has a write that names a record that does not exist?",
        "nobody says";
    "put_url_life": |s, v| seconds(&mut s.files.url_life, v), &["600", "28800"], true,
        "How many seconds does the address live that a whole file is put to?",
        "document: 10 minutes; the sample of the docs: 8 hours";
    "part_url_life": |s, v| seconds(&mut s.files.part_url_life, v), &["28800", "600"], true,
        "How many seconds does the address live that a part of a file is put to?",
        "docs, about uploads in parts: 8 hours; document, of the field: 10 minutes";
    "put_urls_renew": |s, v| flag(&mut s.files.urls_renew, v), &["false", "true"], true,
        "Does a look at a document that is being uploaded give addresses that count from that look?",
        "nobody says";
    "matter_id_covers_subfolders": |s, v| flag(&mut s.files.matter_id_is_deep, v), &["true", "false"], false,
        "Does `matter_id` find documents and folders in the sub-folders of the matter's folder?",
        "document: those with the matching property, and of `scope`: children unless said";
}

/// Turns a knob by its name.
pub(crate) fn turn(settings: &mut Settings, name: &str, value: &str) -> Result<(), KnobError> {
    let knob = KNOBS.iter().find(|knob| knob.disputed.name == name);
    let knob = knob.ok_or_else(|| KnobError::Unknown(name.to_owned()))?;
    (knob.set)(settings, value)
        .ok_or_else(|| KnobError::Value { name: name.to_owned(), value: value.to_owned() })
}
