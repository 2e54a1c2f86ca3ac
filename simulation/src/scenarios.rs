//! The scenarios.

use std::time::Duration;

use chrono::TimeDelta;
use clio_core::Clock;

use crate::{Cue, Entry, Keeping, LEDGER, MATTER_TAGS, POSTED_TIME, Scenario, Scene, Setting, Verdict};

/// Every scenario. A further one belongs here, and nowhere else.
pub const ALL: &[&dyn Scenario] = &[&PostedTime, &Ledger, &Together, &MatterTags, &Edited, &Marked, &Strict];

fn at(setting: &Setting) -> Scene {
    Scene::quiet_at(|clio| setting.apply(clio))
}

/// A day that has everything once: equal groups, different categories, a group without a tag, a malformed one.
#[derive(Debug)]
pub struct PostedTime;

impl Scenario for PostedTime {
    fn name(&self) -> &'static str {
        "posted time"
    }

    fn flows(&self) -> &'static [&'static str] {
        &[POSTED_TIME]
    }

    fn scene(&self, setting: &Setting) -> Scene {
        let scene = at(setting);
        for group in scene.groups() {
            scene.wisetime.post(group);
        }
        scene
    }
}

/// A book of two pages, two of its entries equal, and one that is committed late, behind whoever reads.
#[derive(Debug)]
pub struct Ledger;

impl Scenario for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn flows(&self) -> &'static [&'static str] {
        &[LEDGER]
    }

    fn scene(&self, setting: &Setting) -> Scene {
        let scene = at(setting);
        for (id, seconds) in [("b", 600), ("c", 900), ("e", 900), ("f", 1200)] {
            let mut entry = scene.entry(id, 0, 0, seconds);
            if seconds == 900 {
                "Twice the same".clone_into(&mut entry.note);
            }
            scene.book.add(entry);
        }
        scene.book.add_late(scene.entry("a", 1, 0, 300), Duration::from_millis(700));
        scene
    }
}

/// Two flows that write the same kind of record for the same matter at the same time.
#[derive(Debug)]
pub struct Together;

impl Scenario for Together {
    fn name(&self) -> &'static str {
        "two flows at once"
    }

    fn flows(&self) -> &'static [&'static str] {
        &[POSTED_TIME, LEDGER]
    }

    fn scene(&self, setting: &Setting) -> Scene {
        let scene = at(setting);
        for (id, note) in [("one", "Call"), ("two", "Draft")] {
            scene.wisetime.post(scene.work(id, 0, 0, 600).description(note).json());
        }
        for id in ["three", "four"] {
            scene.book.add(scene.entry(id, 0, 0, 600));
        }
        scene
    }
}

/// A book that is edited while it is read, and between runs. One entry goes, which sweeps find out; one becomes what it was
/// again; one is edited before anybody could write it.
#[derive(Debug)]
pub struct Edited;

impl Scenario for Edited {
    fn name(&self) -> &'static str {
        "a book that is edited"
    }

    fn flows(&self) -> &'static [&'static str] {
        Keeping::Edited.flows()
    }

    fn scene(&self, setting: &Setting) -> Scene {
        let scene = at(setting);
        scene.book.keep(Keeping::Edited);
        for (id, seconds) in [("a", 300), ("b", 600), ("c", 900), ("d", 1200)] {
            scene.book.add(scene.entry(id, 0, 0, seconds));
        }
        let in_seconds = |seconds| Cue::At(scene.clock.now() + TimeDelta::seconds(seconds));
        let note = |note: &'static str| move |entry: &mut Entry| note.clone_into(&mut entry.note);
        scene.book.edit_on(Cue::Page(1), "a", |entry| entry.seconds = 360);
        scene.book.edit_on(in_seconds(20), "b", note("Other words"));
        scene.book.edit_on(in_seconds(200), "b", note("Entry b"));
        scene.book.edit_on(in_seconds(20), "c", |entry| entry.seconds = 960);
        scene.book.delete_on(in_seconds(30), "d");
        scene
    }
}

/// Two equal entries and another one, each with a marker.
#[derive(Debug)]
pub struct Marked;

impl Scenario for Marked {
    fn name(&self) -> &'static str {
        "markers"
    }

    fn flows(&self) -> &'static [&'static str] {
        Keeping::Marked.flows()
    }

    fn scene(&self, setting: &Setting) -> Scene {
        kept(setting, Keeping::Marked)
    }
}

/// The same in strict mode: never two on a bill.
#[derive(Debug)]
pub struct Strict;

impl Scenario for Strict {
    fn name(&self) -> &'static str {
        "strict"
    }

    fn flows(&self) -> &'static [&'static str] {
        Keeping::Strict.flows()
    }

    fn scene(&self, setting: &Setting) -> Scene {
        kept(setting, Keeping::Strict)
    }
}

fn kept(setting: &Setting, keeping: Keeping) -> Scene {
    let scene = at(setting);
    scene.book.keep(keeping);
    for id in ["a", "b"] {
        scene.book.add(Entry { note: "Twice the same".to_owned(), ..scene.entry(id, 0, 0, 900) });
    }
    scene.book.add(scene.entry("c", 0, 0, 600));
    scene
}

/// The firm's matters become tags: writes that may be repeated, in batches.
#[derive(Debug)]
pub struct MatterTags;

impl Scenario for MatterTags {
    fn name(&self) -> &'static str {
        "matter tags"
    }

    fn flows(&self) -> &'static [&'static str] {
        &[MATTER_TAGS]
    }

    fn scene(&self, setting: &Setting) -> Scene {
        at(setting)
    }

    fn judge(&self, scene: &Scene) -> Verdict {
        let tags = scene.wisetime.tags();
        let mut verdict = Verdict::default();
        for matter in scene.clio.matters() {
            let of_it = tags.iter().filter(|tag| tag.external_id.as_deref() == Some(&*matter.id.to_string()));
            match of_it.count() {
                0 => verdict.lost += 1,
                more => verdict.doubled += more - 1,
            }
        }
        verdict
    }
}
