//! A small adapter: notes that become time entries, all of one matter, user, day and length.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clio_core::{Id, Seconds};
use clio_fixtures::ClioWorld;
use clio_model::TimeEntry;
use clio_sync::{
    Acknowledgement, Adapter, Flow, FlowKey, InboxBatch, InboxSource, Incoming, Mapped, Pass, Result, hub,
};

/// The adapter. Its flow is `x`.
#[derive(Debug)]
pub(crate) struct Plain {
    name: &'static str,
    matter: i64,
    user: i64,
    notes: Notes,
}

impl Plain {
    pub(crate) fn new(name: &'static str, clio: &ClioWorld, notes: &[&str]) -> Self {
        let notes = notes.iter().enumerate().map(|(n, note)| (format!("r{n}"), (*note).to_owned())).collect();
        Self {
            name,
            matter: clio.matters()[0].id,
            user: clio.users()[0].id,
            notes: Notes(Arc::new(Mutex::new(notes))),
        }
    }

    /// The entries are of this matter.
    pub(crate) fn of_matter(mut self, matter: i64) -> Self {
        self.matter = matter;
        self
    }
}

#[async_trait]
impl Adapter for Plain {
    fn name(&self) -> &str {
        self.name
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("x")]
    }

    async fn reconcile(&self, _flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let clio = pass.clio()?;
        let map = |note: &String| {
            let entry = TimeEntry::on(Id::new(self.matter), "2026-03-02".parse().expect("a date"))
                .duration(Seconds(600))
                .note(note.clone())
                .user(Id::new(self.user));
            Mapped::Create(hub::activity(&entry, "a note").expect("an entry"))
        };
        pass.receive(self.notes.clone(), map).into(hub::activities(&clio)).await
    }
}

#[derive(Debug, Clone)]
struct Notes(Arc<Mutex<Vec<(String, String)>>>);

#[async_trait]
impl InboxSource for Notes {
    type Record = String;

    fn kind(&self) -> &'static str {
        "test/note"
    }

    async fn fetch(&self) -> Result<InboxBatch<String>> {
        let incoming = |(id, note): &(String, String)| Incoming::new(id, "1", note.clone());
        Ok(InboxBatch { records: self.0.lock().unwrap().iter().map(incoming).collect(), more: false })
    }

    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        self.0.lock().unwrap().retain(|(id, _)| *id != acknowledgement.id);
        Ok(())
    }
}
