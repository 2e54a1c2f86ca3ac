//! The state of a firm, and how it begins.

use std::fmt::Write as _;

use chrono::{DateTime, Days, TimeDelta, Utc};
use clio_core::Random;
use sha2::{Digest, Sha256};

use super::{
    records::{CaseAuthor, CasePerson, CaseRecord, CaseStatusFile, CaseStatusMessage},
    settings::{CaseStatusWorldBuilder, Settings},
};
use crate::SeededRandom;

const FIRST: &[&str] = &["Ruth", "Omar", "Clara", "Bela", "Ingrid", "Kwame", "Sofia", "Liam", "Noor", "Paul"];
const LAST: &[&str] =
    &["Adeyemi", "Brook", "Castellan", "Dvorak", "Engel", "Fontaine", "Grant", "Hollis", "Ito", "Jansen"];
const AREAS: &[&str] = &["Personal Injury", "Family", "Immigration", "Workers' Compensation"];
pub(crate) const STATUSES: &[&str] = &["Intake", "Investigation", "Treatment", "Negotiation", "Settled"];
const WORDS: &[&str] = &["Any news?", "The letter has arrived.", "Please call me back.", "Thank you."];
const FILES: &[(&str, &str)] =
    &[("letter.pdf", "application/pdf"), ("accident.jpg", "image/jpeg"), ("invoice.pdf", "application/pdf")];

#[derive(Debug)]
pub(crate) struct Firm {
    pub(crate) settings: Settings,
    pub(crate) key: String,
    last_id: i64,
    pub(crate) cases: Vec<CaseRecord>,
    pub(crate) messages: Vec<CaseStatusMessage>,
    pub(crate) files: Vec<CaseStatusFile>,
}

impl Firm {
    pub(crate) fn seeded(plan: &CaseStatusWorldBuilder, now: DateTime<Utc>) -> Self {
        let random = SeededRandom::new(plan.seed);
        let mut firm = Self {
            settings: plan.settings.clone(),
            key: format!("cs-{}", random.text(24)),
            last_id: 1000 + i64::try_from(random.below(9000)).unwrap_or(0),
            cases: Vec::new(),
            messages: Vec::new(),
            files: Vec::new(),
        };
        let team = [firm.person(&random), firm.person(&random), firm.person(&random)];
        for n in 0..plan.cases {
            let past = i64::try_from(random.below(300 * 86_400)).unwrap_or(0);
            let client = firm.person(&random);
            let name = format!("{} {}", client.first, client.last);
            let id = firm.open_case(&name, client, CaseAuthor::Seed, ago(now, past));
            let Some(case) = firm.cases.iter_mut().find(|case| case.id == id) else { continue };
            case.integration_id = plan.integration_ids.get(n).cloned();
            pick(&random, STATUSES).clone_into(&mut case.status);
            pick(&random, AREAS).clone_into(&mut case.practice_area);
            (case.attorney, case.manager) = (team[n % 2].clone(), team[2].clone());
        }
        firm.correspondence(plan, &random, now);
        firm
    }

    /// What was written and uploaded before, each a minute after the other, the last one a minute ago.
    fn correspondence(&mut self, plan: &CaseStatusWorldBuilder, random: &SeededRandom, now: DateTime<Utc>) {
        let cases: Vec<(i64, String)> = self.cases.iter().map(|case| (case.id, case.name.clone())).collect();
        let before = |left: usize| ago(now, 60 * i64::try_from(left).unwrap_or(0));
        for left in (1..=plan.messages).rev() {
            let Some((case, name)) = random.pick(&cases) else { return };
            self.send_message(*case, name, pick(random, WORDS), CaseAuthor::Seed, before(left));
        }
        for left in (1..=plan.files).rev() {
            let Some((case, _)) = random.pick(&cases) else { return };
            let (name, kind) = random.pick(FILES).copied().unwrap_or(("file", "application/octet-stream"));
            let mut bytes = vec![0; usize::try_from(random.below(4000)).unwrap_or(0)];
            random.fill(&mut bytes);
            self.upload_file(*case, name, kind, &bytes, CaseAuthor::Seed, before(left));
        }
    }

    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    fn person(&mut self, random: &SeededRandom) -> CasePerson {
        let (first, last) = (pick(random, FIRST), pick(random, LAST));
        self.named_person(first, last)
    }

    /// The address and the number follow from the name and the id.
    pub(crate) fn named_person(&mut self, first: &str, last: &str) -> CasePerson {
        let id = self.next_id();
        let local = format!("{first}.{last}").to_lowercase();
        CasePerson {
            id,
            first: first.to_owned(),
            last: last.to_owned(),
            email: format!("{local}@client.example"),
            phone: format!("+1555{:07}", id % 10_000_000),
        }
    }

    /// Opens a case in the first status, with people of the firm who have no names yet.
    pub(crate) fn open_case(
        &mut self,
        name: &str,
        client: CasePerson,
        by: CaseAuthor,
        now: DateTime<Utc>,
    ) -> i64 {
        let (attorney, manager) = (self.named_person("Alex", "Counsel"), self.named_person("Sam", "Manager"));
        let id = self.next_id();
        self.cases.push(CaseRecord {
            id,
            integration_id: None,
            readable_id: format!("CS-{id}"),
            name: name.to_owned(),
            status: STATUSES.first().copied().unwrap_or_default().to_owned(),
            practice_area: AREAS.first().copied().unwrap_or_default().to_owned(),
            incident: now.date_naive().checked_sub_days(Days::new(30)).unwrap_or_default(),
            client,
            attorney,
            manager,
            by,
            created_at: now,
            updated_at: now,
            closed_at: None,
            deleted_at: None,
        });
        id
    }

    /// Changes a case that is not deleted. `false` when there is none of this id.
    pub(crate) fn change(
        &mut self,
        case: i64,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut CaseRecord),
    ) -> bool {
        let found = self.cases.iter_mut().find(|one| one.id == case && one.deleted_at.is_none());
        let Some(found) = found else { return false };
        change(found);
        found.updated_at = found.updated_at.max(now);
        true
    }

    pub(crate) fn send_message(
        &mut self,
        case: i64,
        sender: &str,
        text: &str,
        by: CaseAuthor,
        now: DateTime<Utc>,
    ) -> Option<i64> {
        self.change(case, now, |_| {}).then_some(())?;
        let id = self.next_id();
        let (content, sender) = (text.to_owned(), sender.to_owned());
        self.messages.push(CaseStatusMessage { id, case, content, sender, by, sent_at: now });
        Some(id)
    }

    pub(crate) fn upload_file(
        &mut self,
        case: i64,
        name: &str,
        content_type: &str,
        bytes: &[u8],
        by: CaseAuthor,
        now: DateTime<Utc>,
    ) -> Option<i64> {
        self.change(case, now, |_| {}).then_some(())?;
        let id = self.next_id();
        self.files.push(CaseStatusFile {
            id,
            case,
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            size: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
            by,
            created_at: now,
        });
        Some(id)
    }
}

fn ago(now: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds).and_then(|by| now.checked_sub_signed(by)).unwrap_or(now)
}

fn pick<'a>(random: &SeededRandom, of: &[&'a str]) -> &'a str {
    random.pick(of).copied().unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
