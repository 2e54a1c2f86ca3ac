//! What was measured, as a line of JSON and as a table.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use chrono::{DateTime, Utc};
use serde_json::{Map, json};

use super::{Figure, measure::Bench};

/// Where the lines of all runs are.
const LINES: &str = "docs/build-times.jsonl";

/// Where the table of the last run with peers is.
const TABLE: &str = "docs/BUILD-TIMES.md";

/// One run.
#[derive(Debug)]
pub struct Report {
    /// The day, in UTC.
    pub date: String,
    /// The compiler's version.
    pub rustc: String,
    /// The processors that the machine gives.
    pub cores: usize,
    /// What was timed, by name.
    pub figures: Vec<(String, Figure)>,
    /// The versions of the peers.
    pub versions: Vec<(String, String)>,
}

impl Report {
    #[expect(clippy::disallowed_methods, reason = "the day of a measurement")]
    pub(super) fn begin(bench: &Bench) -> Result<Self, String> {
        Ok(Self {
            date: DateTime::<Utc>::from(SystemTime::now()).format("%Y-%m-%d").to_string(),
            rustc: bench.rustc()?,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            figures: Vec::new(),
            versions: Vec::new(),
        })
    }

    pub(super) fn write(&self, root: &Path) -> io::Result<()> {
        let mut lines = fs::OpenOptions::new().create(true).append(true).open(root.join(LINES))?;
        writeln!(lines, "{}", self.line())?;
        if self.versions.is_empty() { Ok(()) } else { fs::write(root.join(TABLE), self.table()) }
    }

    /// A line of JSON.
    pub fn line(&self) -> String {
        let rounded = |seconds: f64| (seconds * 100.0).round() / 100.0;
        let figures: Map<_, _> = self
            .figures
            .iter()
            .map(|(name, of)| (name.clone(), json!({"wall": rounded(of.wall), "cpu": of.cpu.map(rounded)})))
            .collect();
        json!({"date": self.date, "rustc": self.rustc, "cores": self.cores, "figures": figures}).to_string()
    }

    /// The table beside the peers.
    pub fn table(&self) -> String {
        let Self { date, rustc, cores, .. } = self;
        let versions: Vec<_> =
            self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let mut text = format!(
            "# Build times\n\n\
             Written by `cargo xtask bench-build --peers`: {date}, rustc {rustc}, {cores} cores. Seconds, release, not incremental, what \
             is depended on\nbuilt before, the better of two. CPU is the processors' time of cargo and of all that it runs. Of each figure \
             {nothing} s are\ncargo's own: so long it takes to find that nothing is to be done. Where the machine has other work, wall times say\nlittle: \
             compare the CPU times. All runs: `build-times.jsonl`.\n\n\
             | what | wall | CPU |\n|---|---|---|\n",
            nothing =
                self.figure("nothing").map_or_else(|| "some".to_owned(), |of| format!("{:.2}", of.wall)),
        );
        for (name, what) in OURS {
            if let Some(Figure { wall, cpu }) = self.figure(name) {
                let _ = writeln!(text, "| {what} | {wall:.2} | {} |", seconds(cpu));
            }
        }
        let _ = write!(
            text,
            "\n## Beside others\n\n\
             {}, from crates.io, in the same run. Ratios are of CPU time, ours = 1.0.\n\n\
             | what | ours | async-stripe | octocrab |\n|---|---|---|---|\n",
            versions.join(", ")
        );
        for (what, names) in BESIDE {
            let ours = self.figure(names[0]).and_then(|of| of.cpu);
            let cells: Vec<_> = names.iter().map(|name| beside(self.figure(name), ours)).collect();
            let _ = writeln!(text, "| {what} | {} |", cells.join(" | "));
        }
        text.push_str(
            "\nThe crates of each are those of its own project that a user needs: ours are clio-schema, clio-derive, clio-core and \
             clio-api with\nall 301 operations; async-stripe is its client, its types and one of its 13 crates with operations \
             (`core`, all of it); octocrab is\none crate. The user lists five kinds of records: with us each has a selection of its own, \
             with the others the types are theirs.\nA crate of a user is a library here, so nothing is linked.\n",
        );
        text
    }

    fn figure(&self, name: &str) -> Option<Figure> {
        self.figures.iter().find(|(known, _)| known == name).map(|(_, figure)| *figure)
    }
}

const OURS: [(&str, &str); 6] = [
    ("five", "a crate of a user with 5 selections"),
    ("twenty", "with 20 selections"),
    ("everything", "with a call of every group"),
    ("clio-api", "`clio-api`, all operations"),
    ("clio-schema", "`clio-schema`"),
    ("clio-crates", "`clio-schema`, `clio-derive`, `clio-core` and `clio-api` together"),
];

const BESIDE: [(&str, [&str; 3]); 2] = [
    ("the library's own crates", ["clio-crates", "async-stripe-crates", "octocrab-crates"]),
    ("a crate of a user with five lists", ["five", "async-stripe-user", "octocrab-user"]),
];

/// Both times, and the ratio to ours.
fn beside(figure: Option<Figure>, ours: Option<f64>) -> String {
    let Some(Figure { wall, cpu }) = figure else { return "-".to_owned() };
    let ratio = cpu.zip(ours).map_or_else(String::new, |(cpu, ours)| format!(", **{:.1}**", cpu / ours));
    format!("{wall:.2} s, CPU {} s{ratio}", seconds(cpu))
}

fn seconds(cpu: Option<f64>) -> String {
    cpu.map_or_else(|| "?".to_owned(), |cpu| format!("{cpu:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let figure = |name: &str, wall, cpu| (name.to_owned(), Figure { wall, cpu });
        Report {
            date: "2026-03-14".to_owned(),
            rustc: "1.95.0".to_owned(),
            cores: 2,
            figures: vec![
                figure("five", 1.0, Some(2.0)),
                figure("octocrab-user", 2.004, Some(5.0)),
                figure("nothing", 0.25, None),
            ],
            versions: vec![("octocrab".to_owned(), "0.54.9".to_owned())],
        }
    }

    #[test]
    fn a_run_is_one_line() {
        assert_eq!(
            report().line(),
            r#"{"cores":2,"date":"2026-03-14","figures":{"five":{"cpu":2.0,"wall":1.0},"nothing":{"cpu":null,"wall":0.25},"octocrab-user":{"cpu":5.0,"wall":2.0}},"rustc":"1.95.0"}"#
        );
    }

    #[test]
    fn the_table_has_figures_and_ratios() {
        let table = report().table();
        assert!(table.contains("| a crate of a user with 5 selections | 1.00 | 2.00 |\n"));
        assert!(table.contains(
            "| a crate of a user with five lists | 1.00 s, CPU 2.00 s, **1.0** | - | 2.00 s, CPU 5.00 s, **2.5** |\n"
        ));
        assert!(table.contains("Of each figure 0.25 s are"));
    }
}
