//! `clio-schema`: types, tables and markers.

mod choices;
mod objects;
mod operations;

use super::SCHEMA;
use crate::{Files, Model};

pub(super) fn files(model: &Model) -> Files {
    let mut files = Files::new();
    let mut add = |name: &str, text: String| files.insert(format!("{SCHEMA}/{name}"), text);
    add("edition.rs", edition(model));
    add("choices.rs", choices::file(model));
    add("objects/mod.rs", objects::index(model));
    for family in &model.families {
        add(&format!("objects/{}.rs", family.module), objects::file(model, family));
    }
    add("operations/mod.rs", operations::index(model));
    for group in &model.groups {
        add(&format!("operations/{}.rs", group.module), operations::file(model, group));
    }
    files
}

fn edition(model: &Model) -> String {
    format!(
        "//! Which edition of the document the tables come from.\n\n\
         /// The version of Clio's API that the tables are of, published in {}.\n\
         pub const VERSION: &str = {:?};\n",
        model.published, model.version
    )
}
