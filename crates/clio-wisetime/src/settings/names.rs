//! A list of names in one text.

/// Two names are the same for a person: case and blanks around do not count.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The names between commas. One that has a comma itself stands in double quotes, as in a spreadsheet's CSV:
/// `"Travel, local", Marketing`; a quote inside is doubled. A quote that a name does not begin with is part of it.
///
/// Not by a CSV reader: those take a quote after a comma and a blank for a letter, and people write the blank.
pub(super) fn split(text: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => in_quotes(quoted)?,
            None => plain(rest),
        };
        if !name.is_empty() && !names.iter().any(|known| same(known, &name)) {
            names.push(name);
        }
        rest = after.trim_start();
    }
    Ok(names)
}

/// What the list looks like in a setting.
pub(super) fn join(names: &[String]) -> String {
    let written = |name: &String| {
        let plain = !name.contains(',') && !name.starts_with('"');
        if plain { name.clone() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
    };
    names.iter().map(written).collect::<Vec<_>>().join(", ")
}

fn plain(text: &str) -> (String, &str) {
    let (name, after) = text.split_once(',').unwrap_or((text, ""));
    (name.trim().to_owned(), after)
}

/// A name whose opening quote is behind us, and what follows its comma.
fn in_quotes(text: &str) -> Result<(String, &str), String> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let Some((piece, after)) = rest.split_once('"') else {
            return Err("a quote is opened and not closed".to_owned());
        };
        name.push_str(piece);
        if let Some(after) = after.strip_prefix('"') {
            name.push('"');
            rest = after;
            continue;
        }
        let (between, after) = after.split_once(',').unwrap_or((after, ""));
        if !between.trim().is_empty() {
            return Err("after a name in quotes comes a comma".to_owned());
        }
        return Ok((name.trim().to_owned(), after));
    }
}
