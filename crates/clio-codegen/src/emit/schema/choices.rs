//! One enum a list of words.

use std::fmt::Write as _;

use crate::{
    Model,
    emit::text::doc,
    ir::model::{Choice, Variant},
};

/// More places than this are counted, not listed.
const MOST_PLACES: usize = 8;

pub(super) fn file(model: &Model) -> String {
    let mut text = String::from(
        "//! Lists of words that Clio may extend, as enums that keep a word they do not know.\n//!\n\
         //! Clio reads and writes some of them in different casings; one enum knows both.\n\n\
         pub use crate::choice::Choice;\nuse crate::choice::choice;\n",
    );
    for choice in &model.choices {
        // rustfmt leaves the inside of a macro as it is.
        text.push_str("\nchoice! {\n");
        for line in doc(&about(choice)).lines() {
            let _ = writeln!(text, "    {line}");
        }
        let _ = writeln!(text, "    {} {{", choice.name);
        let one_casing = choice.variants.iter().all(|variant| variant.read == variant.write);
        for variant in &choice.variants {
            let _ = writeln!(text, "        /// {}", of_variant(variant));
            let taken = if one_casing { String::new() } else { format!(" / {:?}", variant.write) };
            let _ = writeln!(text, "        {} = {:?}{taken},", variant.name, variant.read);
        }
        text.push_str("    }\n}\n");
    }
    text
}

fn about(choice: &Choice) -> Vec<String> {
    let mut places = choice.places.iter().map(|place| format!("`{place}`"));
    let mut lines = vec![format!("The words of {}.", places.next().unwrap_or_default())];
    let also: Vec<_> = places.by_ref().take(MOST_PLACES).collect();
    if !also.is_empty() {
        let more = match places.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        lines.extend([String::new(), format!("Also at {}{more}.", also.join(", "))]);
    }
    lines
}

fn of_variant(variant: &Variant) -> String {
    if variant.read == variant.write {
        format!("`{}`.", variant.read)
    } else {
        format!("Answered as `{}`, taken as `{}`.", variant.read, variant.write)
    }
}
