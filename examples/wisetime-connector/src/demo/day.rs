//! One member's day.

use chrono::NaiveDate;
use clio_fixtures::{Member, PostError, TimelineRow, Work};

/// What two rows of the morning are described as.
pub(super) const MORNING: &str = "Brief to the court, and what the client says to it";

/// The title of what stays private.
pub(super) const PRIVATE: &str = "Cottages in Cornwall";

pub(super) struct Colleague<'a> {
    member: Member,
    date: NaiveDate,
    /// The numbers of three matters that this member works on.
    matters: &'a [String],
}

impl<'a> Colleague<'a> {
    pub(super) fn new(member: Member, date: NaiveDate, matters: &'a [String]) -> Self {
        Self { member, date, matters }
    }

    /// WiseTime sees the titles of windows.
    pub(super) fn works(&self) {
        let [first, second] = [&self.matters[0], &self.matters[1]];
        let at = |hour, minute| Work::on(self.date).at(hour, minute);
        for work in [
            at(9, 0).minutes(45).titled(format!("{first} - Brief to the court.docx")),
            at(9, 45).minutes(25).with("Outlook").titled(format!("RE: {} Your questions", loudly(first))),
            at(10, 15)
                .minutes(30)
                .with("Acrobat")
                .titled(format!("{}_contract_v3.pdf", second.replace('-', "_"))),
            at(11, 0).minutes(20).with("Phone").titled("+44 20 7946 0123"),
            at(12, 30).minutes(25).with("Firefox").titled(PRIVATE),
            at(14, 0).minutes(10).titled(format!("{first} and {second}.docx")),
        ] {
            self.member.works(work);
        }
    }

    /// The day as its member sees it: time, minutes, tag, title.
    pub(super) fn timeline(&self) -> Vec<String> {
        let shown = |row: TimelineRow| {
            let tag = row.tag.as_deref().unwrap_or("-");
            format!("{} {:>3} min  {tag:24} {}", row.time().format("%H:%M"), row.seconds() / 60, row.title())
        };
        self.member.timeline(self.date).into_iter().map(shown).collect()
    }

    /// Further matters, descriptions, a charge code, and what is to go. The answer is how many groups were posted.
    pub(super) fn reviews_and_posts(&self, marketing: &str) -> Result<usize, PostError> {
        let rows = self.member.timeline(self.date);
        let [brief, mail, contract, call, _, both] =
            [0, 1, 2, 3, 4, 5].map(|at| rows.get(at).map_or(0, |row| row.id));
        self.member.assign(&[call], &self.matters[2])?;
        self.member.assign(&[both], &self.matters[1])?;
        self.member.describe(&[brief, mail], MORNING)?;
        self.member.describe(&[call], "Call about our evening on new law")?;
        self.member.charge(&[call], marketing)?;
        // Of the matter of the contract, and in other words: a group of its own.
        self.member.describe(&[both], "Comparison of the two contracts")?;
        Ok(self.member.post(&[brief, mail, contract, call, both])?.len())
    }
}

/// As people write it in a subject line.
fn loudly(number: &str) -> String {
    number.replace('-', " ").to_uppercase()
}
