//! What the bill will say.

use clio_core::Seconds;

use super::{
    Posting,
    template::{Row, Words},
    time::Time,
};
use crate::wire::TimeGroup;

/// Ends what was cut.
const CUT: char = '…';

/// The note of a group: its words, no longer than they may be, and the summary if the team wants one.
///
/// # Errors
///
/// Words for the user, when the firm's template cannot be filled in.
pub(super) fn note(
    group: &TimeGroup,
    time: Time,
    posting: &Posting,
    summary: bool,
) -> Result<String, String> {
    let plain = clean(&narrative(group));
    let words = match &posting.template {
        None => plain,
        Some(template) => {
            // What went wrong may quote the group; it is for the user, who reads that it is the firm's to mend.
            let filled = template.render(&words(group, time, plain)).map_err(|error| {
                format!("the firm's template for notes cannot be filled in ({})", error.kind())
            })?;
            clean(&filled)
        }
    };
    let summary = if summary { summary_of(time) } else { String::new() };
    Ok(joined(&words, &summary, posting.longest_note))
}

/// The user's own words, else the team's, else what was recorded.
fn narrative(group: &TimeGroup) -> String {
    let written = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if let Some(text) = written(&group.description).or_else(|| written(&group.formatted_narrative)) {
        return text;
    }
    if group.is_narrative_only() {
        return String::new();
    }
    let rows =
        group.time_rows.iter().filter_map(|row| written(&row.description).or_else(|| written(&row.activity)));
    let mut titles: Vec<String> = Vec::new();
    for title in rows {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles.join(", ")
}

fn words(group: &TimeGroup, time: Time, narrative: String) -> Words {
    let text = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let (tag, kind) = (group.tags.first(), group.activity_type.as_ref());
    let rows = if group.is_narrative_only() { &[][..] } else { &group.time_rows };
    Words {
        narrative,
        description: text(&group.description),
        formatted_narrative: text(&group.formatted_narrative),
        group_name: text(&group.group_name),
        tag: tag.map(|tag| tag.name.trim().to_owned()).unwrap_or_default(),
        tag_description: tag.map(|tag| text(&tag.description)).unwrap_or_default(),
        charge_code: kind.map(|kind| text(&kind.label)).unwrap_or_default(),
        charge_code_id: kind.map(|kind| text(&kind.code)).unwrap_or_default(),
        user: text(&group.user.name),
        email: text(&group.user.email),
        role: text(&group.user.business_role),
        date: group.local_date.to_string(),
        seconds: time.charged,
        duration: Seconds(time.charged).to_string(),
        worked_seconds: time.worked,
        worked: Seconds(time.worked).to_string(),
        rows: rows
            .iter()
            .map(|row| Row {
                activity: text(&row.activity),
                description: text(&row.description),
                seconds: row.duration_secs,
            })
            .collect(),
    }
}

/// What `ADD_SUMMARY_TO_NARRATIVE` adds: the time that was recorded, the time that is charged, and the experience rating
/// where that made the difference.
fn summary_of(time: Time) -> String {
    let mut lines = vec![
        format!("Total worked time: {}", Seconds(time.worked)),
        format!("Total chargeable time: {}", Seconds(time.charged)),
    ];
    lines.extend(time.factor.map(|percent| format!("Experience factor: {percent} %")));
    lines.join("\n")
}

/// What is too long loses its end; the summary is short, and stays.
fn joined(words: &str, summary: &str, longest: Option<usize>) -> String {
    let gap = if words.is_empty() || summary.is_empty() { "" } else { "\n\n" };
    let room = longest.map(|longest| longest.saturating_sub(gap.len() + summary.chars().count()));
    match room {
        Some(0) if longest.is_some_and(|longest| summary.chars().count() > longest) => cut(summary, longest),
        Some(0) => summary.to_owned(),
        room => format!("{}{gap}{summary}", cut(words, room)),
    }
}

fn cut(text: &str, longest: Option<usize>) -> String {
    let Some(longest) = longest.filter(|longest| text.chars().count() > *longest) else {
        return text.to_owned();
    };
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    let kept = kept.trim_end();
    if longest == 0 { String::new() } else { format!("{kept}{CUT}") }
}

/// Without control characters, which no bill can show: line breaks stay, of whatever kind, and a tab is a blank.
fn clean(text: &str) -> String {
    let broken = text.replace("\r\n", "\n");
    let letters = broken.chars().filter_map(|letter| match letter {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => Some('\n'),
        '\t' => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter),
    });
    letters.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_line_breaks_stay() {
        assert_eq!(clean("a\u{0}b\u{1b}[31m\r\nc\rd\te\u{7f}\u{9b}f\n"), "ab[31m\nc\nd ef");
        assert_eq!(clean("x\u{2028}y\u{85}z"), "x\ny\nz");
        assert_eq!(clean("Ünïcode → 日本 👩‍⚖️"), "Ünïcode → 日本 👩‍⚖️");
    }

    #[test]
    fn a_cut_is_at_a_letter_and_shown() {
        assert_eq!(cut("Besprechung mit Ä", Some(17)), "Besprechung mit Ä");
        assert_eq!(cut("Besprechung mit Ä.", Some(17)), "Besprechung mit…");
        assert_eq!(cut("日本語日本語", Some(4)), "日本語…");
        assert_eq!(
            (cut("abc", Some(1)), cut("abc", Some(0)), cut("abc", None)),
            ("…".into(), String::new(), "abc".into())
        );
    }

    #[test]
    fn the_summary_stays_whatever_is_cut() {
        assert_eq!(joined("words words", "sum", Some(10)), "word…\n\nsum");
        assert_eq!(joined("words", "sum", None), "words\n\nsum");
        assert_eq!(
            (joined("", "sum", Some(9)), joined("words", "", Some(9))),
            ("sum".into(), "words".into())
        );
        assert_eq!(
            (joined("words", "sum", Some(4)), joined("words", "summary", Some(4))),
            ("sum".into(), "sum…".into())
        );
    }
}
