//! Which crate may depend on which.
//!
//! The layers are the third promise: any of them stands alone. An arrow that is not in this table is a mistake, or a
//! decision that has to be made here and in `docs/ARCHITECTURE.md` first.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Each published crate, and the crates of this workspace that it may depend on. The order is that of the layers.
const ALLOWED: &[(&str, &[&str])] = &[
    ("clio-schema", &[]),
    // Only its tests, which compare its table with the schema.
    ("clio-derive", &[]),
    ("clio-core", &["clio-schema", "clio-derive"]),
    ("clio-api", &["clio-core"]),
    ("clio-model", &["clio-core"]),
    ("clio-sync", &["clio-core", "clio-model", "clio-api"]),
    ("clio-sync-sqlite", &["clio-core", "clio-sync"]),
    ("clio-wisetime", &["clio-core", "clio-sync", "clio-model", "clio-api"]),
    ("clio-altfee", &["clio-core", "clio-sync", "clio-model", "clio-api"]),
    ("clio-case-status", &["clio-core", "clio-sync", "clio-model", "clio-api"]),
    // The domain for one thing alone: the matcher, which says what WiseTime recognises in a title. The adapter and the fake
    // must read titles alike, and it belongs to matters, not to requests. Whatever else the fakes compute they compute
    // themselves, or the tests that compare the domain with them would compare it with itself: see `only_the_matcher`.
    ("clio-fixtures", &["clio-core", "clio-schema", "clio-model"]),
];

/// Crates outside that only one of ours may know: no type of theirs stands in another's signature.
const KNOWN_TO_ONE: &[(&str, &str)] =
    &[("reqwest", "clio-api"), ("oauth2", "clio-api"), ("rusqlite", "clio-sync-sqlite")];

/// Never published; they may depend on anything, and nothing on them.
const UNPUBLISHED: &[&str] = &["clio-codegen", "xtask", "simulation", "tests", "user-of-clio-api"];

/// The arrows that are not allowed, in words. Empty if all is well.
///
/// # Errors
///
/// When `cargo metadata` fails.
pub fn check() -> Result<Vec<String>, cargo_metadata::Error> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
    Ok(wrong(&metadata))
}

fn wrong(metadata: &Metadata) -> Vec<String> {
    metadata.workspace_packages().into_iter().flat_map(wrong_in).collect()
}

fn wrong_in(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    if UNPUBLISHED.contains(&name) || is_example(package) {
        return Vec::new();
    }
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name}: not in the table of crates")];
    };
    let mut wrong = Vec::new();
    for dependency in &package.dependencies {
        let to = dependency.name.as_str();
        let ours = dependency.path.is_some();
        let dev = dependency.kind == DependencyKind::Development;
        // The fakes serve every library's own tests, and a test compares the table in the macro with those of the schema.
        // The fakes' guide shows them with the client, the engine's benchmark needs a store, and so do the tests of the
        // adapters, which look at what is kept from one run to the next.
        let known = [
            ("clio-derive", "clio-schema"),
            ("clio-fixtures", "clio-api"),
            ("clio-sync", "clio-sync-sqlite"),
            ("clio-altfee", "clio-sync-sqlite"),
            ("clio-altfee", "clio-altfee"),
            ("clio-case-status", "clio-sync-sqlite"),
            ("clio-case-status", "clio-case-status"),
            ("clio-wisetime", "clio-sync-sqlite"),
        ];
        let for_tests = dev && (to == "clio-fixtures" || known.contains(&(name, to)));
        if ours && !allowed.contains(&to) && !for_tests {
            wrong.push(format!("{name} -> {to}: not an allowed arrow"));
        }
        if !dev && KNOWN_TO_ONE.iter().any(|(known, by)| *known == to && *by != name) {
            wrong.push(format!("{name} -> {to}: only one crate may know it"));
        }
    }
    let api = package.dependencies.iter().find(|dependency| dependency.name == "clio-api");
    if name == "clio-sync" && !api.is_some_and(|api| api.optional) {
        wrong.push("clio-sync -> clio-api: only behind the feature `hub`".to_owned());
    }
    wrong
}

fn is_example(package: &Package) -> bool {
    package
        .manifest_path
        .parent()
        .and_then(|folder| folder.parent())
        .is_some_and(|parent| parent.ends_with("examples"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arrow_is_allowed() {
        let wrong = check().expect("cargo metadata");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_new_arrow_is_noticed() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
        let mut metadata =
            MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
        let from_api = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == "clio-wisetime")
            .expect("a crate");
        let arrow = from_api.dependencies.iter().find(|to| to.name == "clio-sync").expect("an arrow").clone();
        let model = metadata
            .packages
            .iter_mut()
            .find(|package| package.name.as_str() == "clio-model")
            .expect("a crate");
        model.dependencies.push(arrow);
        assert_eq!(wrong(&metadata), ["clio-model -> clio-sync: not an allowed arrow"]);
    }

    /// Of the domain the fakes use the matcher, and nothing that is tested against them.
    #[test]
    fn only_the_matcher() {
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../crates/clio-fixtures/src"
        ))];
        let mut uses = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a file");
                for (at, _) in text.match_indices("clio_model") {
                    let rest = &text[at..];
                    assert!(
                        rest.starts_with("clio_model::matters::Matcher"),
                        "{}: {rest:.60}",
                        path.display()
                    );
                    uses += 1;
                }
            }
        }
        assert!(uses > 0);
    }

    #[test]
    fn the_layers_are_in_order() {
        for (at, (name, allowed)) in ALLOWED.iter().enumerate() {
            for to in *allowed {
                assert!(ALLOWED[..at].iter().any(|(lower, _)| lower == to), "{name} -> {to} goes up");
            }
        }
    }
}
