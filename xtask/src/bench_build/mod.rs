//! How long the compiler takes: with the crates of a user, and with ours.
//!
//! Small crates are written into a workspace of their own under `target/`, what they depend on is built, and then only what is
//! timed: in release, not incremental, the better of two runs. A line of JSON is appended to `docs/build-times.jsonl`. With
//! peers, two well-known clients of other APIs are built in the same run, and `docs/BUILD-TIMES.md` has the table.
//!
//! What is timed is a whole `cargo build` that has one thing to do, so some tenths of a second in every figure are cargo's
//! own; `nothing` says how many.

mod crates;
mod measure;
mod report;

use std::{fs, io, path::Path};

use clio_schema::operations;

pub use measure::Figure;
pub use report::Report;

use crates::Crate;
use measure::Bench;

/// The folder of this repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Builds, times, and writes the results down.
///
/// # Errors
///
/// A text for people, when a build fails or a file cannot be written.
pub fn run(peers: bool) -> Result<Report, String> {
    let root = Path::new(ROOT);
    let folder = root.join("target/bench-build");
    let crates = crates(root, peers).map_err(|error| error.to_string())?;
    write(&folder, root, &crates).map_err(|error| format!("{}: {error}", folder.display()))?;
    let bench = Bench::new(&folder);
    let mut report = Report::begin(&bench)?;
    for asked in timed(&crates) {
        println!("{}", asked.name);
        report.figures.push((asked.name.to_owned(), bench.time(asked.build, &asked.cleaned)?));
    }
    report.versions = bench.versions(&["async-stripe", "octocrab"])?;
    report.write(root).map_err(|error| error.to_string())?;
    Ok(report)
}

/// Something to be timed.
struct Timed<'a> {
    name: &'a str,
    /// The package that is built.
    build: &'a str,
    /// The packages that are not there yet when the time begins.
    cleaned: Vec<&'a str>,
}

/// What comes first is not rebuilt by what comes later: users before the libraries that they use.
fn timed(crates: &[Crate]) -> Vec<Timed<'_>> {
    let users = crates.iter().filter(|of| of.libraries.is_empty());
    let mut timed: Vec<_> = users
        .map(|user| Timed { name: &user.name, build: &user.name, cleaned: vec![user.name.as_str()] })
        .collect();
    timed.push(Timed { name: "nothing", build: "five", cleaned: Vec::new() });
    for name in ["clio-api", "clio-schema"] {
        timed.push(Timed { name, build: name, cleaned: vec![name] });
    }
    timed.extend(crates.iter().filter(|of| !of.libraries.is_empty()).map(|empty| Timed {
        name: &empty.name,
        build: &empty.name,
        cleaned: empty.libraries.iter().copied().chain([empty.name.as_str()]).collect(),
    }));
    timed
}

fn crates(root: &Path, peers: bool) -> io::Result<Vec<Crate>> {
    let api = root.join("crates/clio-api/src/generated");
    let mut groups: Vec<_> = operations::ALL.iter().map(|operation| operation.group).collect();
    groups.dedup();
    let mut examples = Vec::new();
    for group in groups {
        examples.push((group, fs::read_to_string(api.join(format!("{group}.rs")))?));
    }
    let mut all = vec![
        crates::selections("five", 5),
        crates::selections("twenty", 20),
        crates::everything(&examples),
        crates::empty("clio-crates", crates::CLIO, &["clio-api", "clio-core", "clio-derive", "clio-schema"]),
    ];
    if peers {
        all.extend(crates::peers());
    }
    Ok(all)
}

/// The workspace. It begins with our own lock file, so that what is timed is what we test with.
fn write(folder: &Path, root: &Path, crates: &[Crate]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("Cargo.toml"), crates::workspace(crates))?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for of in crates {
        let folder = folder.join(&of.name);
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), of.manifest())?;
        fs::write(folder.join("src/lib.rs"), &of.source)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_timed_before_what_they_use_is_built_anew() {
        let crates = crates(Path::new(ROOT), true).unwrap();
        let names: Vec<_> = timed(&crates).iter().map(|timed| timed.name).collect();
        assert_eq!(
            names,
            [
                "five",
                "twenty",
                "everything",
                "async-stripe-user",
                "octocrab-user",
                "nothing",
                "clio-api",
                "clio-schema",
                "clio-crates",
                "async-stripe-crates",
                "octocrab-crates"
            ]
        );
    }
}
