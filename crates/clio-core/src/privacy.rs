//! What an error shows of the words of others: nothing that could be a name, a number or a secret.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use clio_schema::objects;

use crate::derived::MISSING;

/// In place of what is left out.
const LEFT_OUT: &str = "[..]";

/// Words of refusals beside the names of objects and fields. A word that is not here is left out, so the list decides how
/// much of a refusal can be read in a log, and never whether a client stands in it.
const PLAIN: &str = "a about above access accessed account accepted active added after again all allowed already also an and \
    any api app application are argument as associated at authentication authorised authorization authorized bad be because \
    become been before begin below between billed blank body both but by can cannot change changed character characters \
    child client closed code codes combination complete conflict connection contain contains correct could create created \
    days deleted denied deny decimal decode depends destroyed digest disabled does draft duplicate each either element empty enabled end \
    entity error errors event exceed exceeded exceeds exist existing exists expected expired fail failed failure false few \
    field fields file first following for forbidden format found fraction from gone greater grant group had has have here hour hours \
    id ids if in input incorrect inactive include included incomplete index int integer internal into invalid is it item items \
    itself json key keys kind large last later least length less letter letters like limit limited list local locked long \
    lower many match matches maximum may message method mime minimum minutes missing mismatch model more most moved must \
    name named names needed needs negative nil no non none not nothing null number numbers object of off on once one only \
    open operation or order other out outside over own page paid parameter parameters parent part parts past pay payment \
    pending per permission permissions permitted positive possible premature precondition preview provided query range rate read \
    reached record recursion records recognised recognized refused request requests require required requires resource retry root \
    same scope seconds secret server set short should show signature skewed slow small some state status still string \
    such support supported system taken temporarily than that the their them then there these they this those through \
    time times to token tokens too trailing true try twice type types unable unauthorised unauthorized unavailable under unexpected \
    unique unknown unpermitted unprocessable unsupported until up updated upload uploaded url use used user users uuid valid \
    validation value values version very voided was were what when where whether which while who whole will with within \
    without word words write written wrong year years yet you your zero";

/// The words that may be shown, in small letters.
static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let objects = objects::ALL.iter();
    let names = objects.flat_map(|object| object.fields.iter().map(|field| field.name).chain([object.name]));
    let names = names.flat_map(parts).map(str::to_ascii_lowercase);
    PLAIN.split_ascii_whitespace().map(str::to_owned).chain(names).collect()
});

/// Somebody's words with those left out that are neither names in Clio's API nor plain words of the language.
///
/// It looks for what may be shown, not for what may not: a refusal can quote what was sent, what the server knew already, or
/// a token, and write it in any way.
pub(crate) fn plain_words(told: &str) -> String {
    let mut shown: Vec<&str> = Vec::new();
    for word in told.split_whitespace() {
        if is_plain(word.trim_matches(|letter: char| letter.is_ascii_punctuation())) {
            shown.push(word);
        } else if shown.last() != Some(&LEFT_OUT) {
            shown.push(LEFT_OUT);
        }
    }
    shown.join(" ")
}

/// `InvalidFields`, `custom_field_values`, `date`, `255`.
fn is_plain(word: &str) -> bool {
    let known = |part: &str| {
        WORDS.contains(&part.to_ascii_lowercase())
            || (part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // One digit after another would be a number that is longer.
    word.bytes().filter(u8::is_ascii_digit).count() <= 3 && parts(word).all(known)
}

/// A name taken apart where it is written together: at `_`, at `.`, and before a capital.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(['_', '.', '-', '/']).flat_map(|part| {
        let capital = |(at, letter): (usize, char)| (at > 0 && letter.is_ascii_uppercase()).then_some(at);
        let cuts: Vec<_> = std::iter::once(0)
            .chain(part.char_indices().filter_map(capital))
            .chain(std::iter::once(part.len()))
            .collect();
        cuts.windows(2).map(|cut| &part[cut[0]..cut[1]]).filter(|part| !part.is_empty()).collect::<Vec<_>>()
    })
}

/// serde's words without the value that it did not like: `invalid type: string "Ada", expected i64`. What a type says in words
/// of its own is told as far as they are plain.
pub(crate) fn without_value(told: &str) -> Cow<'_, str> {
    for prefix in ["invalid type: ", "invalid value: ", "unknown variant ", "unknown field "] {
        let Some((found, expected)) =
            told.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        else {
            continue;
        };
        let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
        return format!("{}, expected {expected}", format!("{prefix}{kind}").trim_end()).into();
    }
    if told.starts_with(MISSING) || told.starts_with("duplicate field `") {
        return Cow::Borrowed(told);
    }
    plain_words(told).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_not_told() {
        for (told, shown) in [
            (r#"invalid type: string "Ada, expected", expected i64"#, "invalid type: string, expected i64"),
            ("invalid value: integer `-5`, expected u64", "invalid value: integer, expected u64"),
            ("invalid type: map, expected i64", "invalid type: map, expected i64"),
            ("unknown variant `Ada`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            ("missing field `id`", "missing field `id`"),
            (
                "expected an id, found a string that is not a number",
                "expected an id, found a string that is not a number",
            ),
            ("no colour is called Ada", "no [..] is [..]"),
        ] {
            assert_eq!(without_value(told), shown);
        }
    }

    #[test]
    fn what_clio_says_can_be_read() {
        for told in [
            "date is missing",
            "custom_field_values.id cannot be null",
            "At least one of first name or last name must be provided.",
            "the activity has been billed; CustomFieldValue is too long (255 characters)",
            "InvalidFields",
            "ArgumentError",
            "invalid_grant",
            "temporarily_unavailable",
            "SignatureDoesNotMatch",
            "NoSuchKey",
        ] {
            assert_eq!(plain_words(told), told);
        }
    }

    #[test]
    fn nothing_that_could_be_a_client_is_shown() {
        for (told, shown) in [
            (r#""Ada Lovelace's will" is too long"#, r#"[..] will" is too long"#),
            ("Matter 00001-Byron is closed", "Matter [..] is closed"),
            ("name can't be ada%20lovelace", "name [..] be [..]"),
            ("ADA has 555 0199 and 55501 9", "[..] has 555 [..] and [..] 9"),
            ("token eyJhbGciOi.JIUzI1NiJ9 expired", "token [..] expired"),
            ("état", "[..]"),
            ("AdaByron", "[..]"),
            ("", ""),
        ] {
            assert_eq!(plain_words(told), shown);
        }
    }
}
