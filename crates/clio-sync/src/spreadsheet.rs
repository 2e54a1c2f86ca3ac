//! Reports as CSV, for a spreadsheet.

use std::borrow::Cow;

use crate::{LineOutcome, Report};

/// What a spreadsheet takes for the beginning of a formula.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Report {
    /// The lines as CSV (RFC 4180, UTF-8) with a head: `id,outcome,label,remote_id,reason`.
    ///
    /// The words come from other people's systems. A cell that a spreadsheet would take for a formula gets an apostrophe in
    /// front, by which it is text there: a matter named `=HYPERLINK(..)` must not run anything at whoever opens the report.
    pub fn to_csv(&self) -> String {
        let rows = self.lines.iter().map(|line| {
            let (remote_id, reason) = (line.remote_id.as_deref(), line.reason.as_deref());
            let cells: [&str; 5] = [
                &line.id,
                word(line.outcome),
                &line.label,
                remote_id.unwrap_or_default(),
                reason.unwrap_or_default(),
            ];
            cells
        });
        csv(["id", "outcome", "label", "remote_id", "reason"], rows)
    }
}

/// Rows as CSV (RFC 4180, UTF-8) below a head, with no cell that a spreadsheet would take for a formula: for reports of an
/// adapter's own.
///
/// ```
/// use clio_sync::spreadsheet;
///
/// assert_eq!(spreadsheet::csv(["name", "sum"], [["=1+1", "2"]]), "name,sum\r\n'=1+1,2\r\n");
/// ```
pub fn csv<'a, const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [&'a str; N]>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Memory takes whatever is written.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(row.map(harmless).iter().map(|cell| cell.as_bytes()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The outcome as JSON has it too.
fn word(outcome: LineOutcome) -> &'static str {
    match outcome {
        LineOutcome::Created => "created",
        LineOutcome::Updated => "updated",
        LineOutcome::Unchanged => "unchanged",
        LineOutcome::Skipped => "skipped",
        LineOutcome::Rejected => "rejected",
        LineOutcome::Parked => "parked",
        LineOutcome::Deleted => "deleted",
        LineOutcome::PossibleDouble => "possible_double",
    }
}

fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(BEGINS_A_FORMULA) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FlowKey, Line};

    fn line(id: &str, outcome: LineOutcome, label: &str, reason: Option<&str>) -> Line {
        let (remote_id, reason) = (Some("7".to_owned()), reason.map(str::to_owned));
        Line { id: id.to_owned(), outcome, label: label.to_owned(), remote_id, reason }
    }

    fn csv(lines: Vec<Line>) -> String {
        let flow = FlowKey { firm: "f".into(), adapter: "a".into(), flow: "b".into() };
        Report { lines, ..Report::new(flow) }.to_csv()
    }

    #[test]
    fn each_line_is_a_row_whatever_is_in_it() {
        let text = csv(vec![
            line("1", LineOutcome::Created, "Will, trust and \"more\"", None),
            line("2", LineOutcome::Rejected, "two\nlines", Some("é: no such matter")),
        ]);
        let expected = "id,outcome,label,remote_id,reason\r\n1,created,\"Will, trust and \"\"more\"\"\",7,\r\n\
                        2,rejected,\"two\nlines\",7,é: no such matter\r\n";
        assert_eq!(text, expected);
        assert_eq!(csv(Vec::new()), "id,outcome,label,remote_id,reason\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for label in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://evil.example\",\"x\")"]
        {
            let text = csv(vec![line(label, LineOutcome::Skipped, label, Some(label))]);
            let rows: Vec<_> = csv::ReaderBuilder::new()
                .from_reader(text.as_bytes())
                .records()
                .map(Result::unwrap)
                .collect();
            for cell in [0, 2, 4] {
                assert_eq!(rows[0][cell], format!("'{label}"));
            }
        }
    }

    #[test]
    fn the_words_are_those_of_json() {
        for &outcome in LineOutcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), word(outcome));
        }
    }
}
