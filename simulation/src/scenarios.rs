//! The scenarios.

use std::time::Duration;

use crate::{LEDGER, MATTER_TAGS, POSTED_TIME, Scenario, Scene, Setting, Verdict};

/// Every scenario. A further one belongs here, and nowhere else.
pub const ALL: &[&dyn Scenario] = &[&PostedTime, &Ledger, &Together, &MatterTags];

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
