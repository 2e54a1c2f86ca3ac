//! Every setting by its name: how its text is read, and how its value is written.

use std::fmt;

use super::{Settings, names};

/// One setting. A new one is one more row of [`KNOWN`]; names of our own begin with `CLIO_WISETIME_`, so that WiseTime
/// can add to its own without taking one of them.
pub(super) struct Known {
    pub(super) name: &'static str,
    /// Takes the value over, or says what is wrong with it.
    pub(super) take: fn(&mut Settings, &str) -> Result<(), String>,
    /// The value as it would be written in a setting.
    pub(super) show: fn(&Settings) -> String,
}

/// In the order of WiseTime's article.
pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "SHOW_CLOSED_CASES",
        take: |settings, text| flag(text).map(|flag| settings.show_closed_cases = flag),
        show: |settings| written(settings.show_closed_cases),
    },
    Known {
        name: "ADD_SUMMARY_TO_NARRATIVE",
        take: |settings, text| flag(text).map(|flag| settings.add_summary_to_narrative = flag),
        show: |settings| written(settings.add_summary_to_narrative),
    },
    Known {
        name: "ACTIVITY_TYPES_NON_BILLABLE",
        take: |settings, text| names::split(text).map(|list| settings.activity_types_non_billable = list),
        show: |settings| names::join(&settings.activity_types_non_billable),
    },
];

fn flag(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("it is TRUE or FALSE (yes or no, 1 or 0)".to_owned()),
    }
}

fn written(flag: bool) -> String {
    if flag { "TRUE" } else { "FALSE" }.to_owned()
}

impl Settings {
    /// Each setting: its name, its value as it would be written, and whether that is the default.
    pub fn describe(&self) -> Vec<(&'static str, String, bool)> {
        let default = Self::default();
        let line = |known: &Known| {
            let (value, usual) = ((known.show)(self), (known.show)(&default));
            let is_default = value == usual;
            (known.name, value, is_default)
        };
        KNOWN.iter().map(line).collect()
    }
}

impl fmt::Display for Settings {
    /// A line a setting, without one at the end: `SHOW_CLOSED_CASES            FALSE    (default)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.describe();
        let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
        let shown = |value: &str| if value.is_empty() { "(none)".to_owned() } else { value.to_owned() };
        let name_width = widest(&mut lines.iter().map(|(name, ..)| name.len()));
        let value_width = widest(&mut lines.iter().map(|(_, value, _)| shown(value).chars().count()));
        for (at, (name, value, is_default)) in lines.iter().enumerate() {
            let end = if at + 1 < lines.len() { "\n" } else { "" };
            let value = shown(value);
            if *is_default {
                write!(f, "{name:name_width$}  {value:value_width$}  (default){end}")?;
            } else {
                write!(f, "{name:name_width$}  {value}{end}")?;
            }
        }
        Ok(())
    }
}
