//! From names on the wire to names in Rust.

/// Words that cannot stand as an identifier.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// `Activity_CalendarEntry_base` and `calendar_entry` become `ActivityCalendarEntryBase` and `CalendarEntry`.
pub fn pascal(text: &str) -> String {
    let mut name = String::new();
    for piece in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()) {
        // An abbreviation is a word like any other: `SMS` is `Sms`.
        let shouted = piece.len() > 1 && !piece.contains(|c: char| c.is_ascii_lowercase());
        let mut chars = piece.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.extend(chars.map(|c| if shouted { c.to_ascii_lowercase() } else { c }));
    }
    name
}

/// `MatterBase` becomes `matter_base`, `Bill Themes` becomes `bill_themes`.
pub fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut previous = '_';
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            if previous.is_ascii_lowercase() || previous.is_ascii_digit() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        } else if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if previous != '_' && !name.is_empty() {
            name.push('_');
        }
        previous = if c.is_ascii_alphanumeric() { c } else { '_' };
    }
    name.trim_end_matches('_').to_owned()
}

/// A name on the wire as an identifier: `type` becomes `r#type`, `navigation.next` becomes `navigation_next`.
pub fn identifier(name: &str) -> String {
    let name = snake(name);
    let name = if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name };
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// A word out of a list as the name of a variant.
pub fn variant(word: &str) -> String {
    let mut text = String::new();
    for (at, c) in word.char_indices() {
        let digit_follows = word[at + c.len_utf8()..].starts_with(|next: char| next.is_ascii_digit());
        match c {
            '#' if at == 0 => text.push_str("Hex"),
            '+' => text.push_str(" Plus"),
            '-' if digit_follows && at > 0 => text.push_str(" Minus"),
            other => text.push(other),
        }
    }
    let name = pascal(&text);
    match name.as_str() {
        "" => "Blank".to_owned(),
        // The variant that keeps what is not listed has this name.
        "Unknown" => "UnknownWord".to_owned(),
        "Self" => "SelfWord".to_owned(),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("N{name}"),
        _ => name,
    }
}

/// `Activity` becomes `Activities`. A name that is a plural already stays.
pub fn plural(name: &str) -> String {
    let before_last = name.chars().rev().nth(1);
    if name.ends_with('y') && !before_last.is_some_and(|c| "aeiou".contains(c)) {
        format!("{}ies", &name[..name.len() - 1])
    } else if name.ends_with("ss") || name.ends_with("ch") || name.ends_with("sh") || name.ends_with('x') {
        format!("{name}es")
    } else if name.ends_with('s') {
        name.to_owned()
    } else {
        format!("{name}s")
    }
}

/// `an activity`, `a bill`.
pub fn article(noun: &str) -> &'static str {
    if noun.starts_with(|c: char| "aeioAEIO".contains(c)) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_rust_does() {
        assert_eq!(pascal("Activity_CalendarEntry_base"), "ActivityCalendarEntryBase");
        assert_eq!(pascal("who_am_i"), "WhoAmI");
        assert_eq!(pascal("SMS"), "Sms");
        assert_eq!(snake("ActivityDescriptionBase"), "activity_description_base");
        assert_eq!(snake("Legal Aid England & Wales"), "legal_aid_england_wales");
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("rate_for[matter_id]"), "rate_for_matter_id");
        assert_eq!(identifier("ids[]"), "ids");
        assert_eq!(plural("Activity"), "Activities");
        assert_eq!(plural("MatterContacts"), "MatterContacts");
        assert_eq!(plural("TextSnippet"), "TextSnippets");
    }

    #[test]
    fn words_become_variants() {
        let names = [
            "#367B9C",
            "id(asc)",
            "client.name(desc)",
            "Etc/GMT+1",
            "Etc/GMT-1",
            "GMT0",
            "awaiting_payment",
            "unknown",
            "2fa",
        ];
        let variants = names.map(variant);
        let wanted = [
            "Hex367B9C",
            "IdAsc",
            "ClientNameDesc",
            "EtcGmtPlus1",
            "EtcGmtMinus1",
            "Gmt0",
            "AwaitingPayment",
            "UnknownWord",
            "N2fa",
        ];
        assert_eq!(variants, wanted);
    }
}
