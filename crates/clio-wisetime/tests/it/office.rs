//! What the tests of tags and activity types do at a [`Bench`].

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use clio_api::http;
use clio_core::{Clock, Transport};
use clio_sync::{DeadLetter, Firm, Line, LineOutcome, Report, Store};
use clio_wisetime::{Client, Settings};

use crate::bench::{Bench, FIRM, Way};

pub(crate) const TAGS: &str = "wisetime/matter-tags";
pub(crate) const SWEEP: &str = "wisetime/matter-tags-sweep";
pub(crate) const TYPES: &str = "wisetime/activity-types";

/// Closed matters are tags too.
pub(crate) fn closed_too() -> Settings {
    Settings { show_closed_cases: true, ..Settings::default() }
}

impl Bench {
    /// A firm of a new engine on the state file: as if the program were started again.
    pub(crate) fn firm(&self) -> Firm {
        self.firm_with(Settings::default())
    }

    pub(crate) fn firm_with(&self, settings: Settings) -> Firm {
        self.firm_over(self.clio.transport(), self.wisetime.transport(), settings)
    }

    pub(crate) fn firm_over(
        &self,
        to_clio: Arc<dyn Transport>,
        to_wisetime: Arc<dyn Transport>,
        settings: Settings,
    ) -> Firm {
        self.programme_by(Way::Poll, settings, to_clio, to_wisetime).firm
    }

    pub(crate) fn client(&self) -> Client {
        self.client_over(self.wisetime.transport())
    }

    /// What the tags are: the matter's id by name.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.wisetime.tags().into_iter();
        tags.map(|tag| (tag.name, tag.external_id.unwrap_or_default())).collect()
    }

    /// What the tags should be.
    pub(crate) fn expected(&self, closed_too: bool) -> BTreeMap<String, String> {
        let matters = self.clio.matters().into_iter();
        let wanted = matters.filter(|matter| closed_too || matter.status != "Closed");
        wanted.map(|matter| (matter.display_number, matter.id.to_string())).collect()
    }

    #[track_caller]
    pub(crate) fn assert_tags(&self, what: &str) {
        assert_eq!(self.tags(), self.expected(false), "{what}");
    }

    /// The id and the number of a matter.
    pub(crate) fn matter(&self, at: usize) -> (i64, String) {
        let matter = self.clio.matters().swap_remove(at);
        (matter.id, matter.display_number)
    }

    pub(crate) fn rename(&self, at: usize, number: &str) {
        assert!(self.clio.person("Ada").rename_matter(self.matter(at).0, number));
    }

    pub(crate) fn close(&self, at: usize) {
        assert!(self.clio.person("Ada").close_matter(self.matter(at).0));
    }

    pub(crate) fn reopen(&self, at: usize) {
        assert!(self.clio.person("Ada").reopen_matter(self.matter(at).0));
    }

    /// Somebody does this at Clio, by other means than the client of the firm.
    pub(crate) fn ask_clio(&self, method: &str, path: &str, body: &'static str) -> u16 {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v4/{path}", self.clio.host_url()))
            .header("authorization", format!("Bearer {}", self.clio.token().access.expose()))
            .header("content-type", "application/json")
            .body(Bytes::from_static(body.as_bytes()))
            .expect("a request");
        self.clio.handle(request, self.clock.now()).status().as_u16()
    }

    pub(crate) fn delete_matter(&self, id: i64) {
        assert_eq!(self.ask_clio("DELETE", &format!("matters/{id}.json"), ""), 204);
    }

    pub(crate) async fn days(&self, days: u64) {
        self.clock.sleep(Duration::from_secs(days * 24 * 3600)).await;
    }

    /// Long enough for whatever changed to lie apart from what was read.
    pub(crate) async fn later(&self) {
        self.clock.sleep(Duration::from_secs(1200)).await;
    }

    pub(crate) async fn letters(&self) -> Vec<DeadLetter> {
        self.store().dead_letters(FIRM).await.expect("dead letters")
    }

    /// How many calls came to Clio and to WiseTime so far.
    pub(crate) fn calls(&self) -> [u64; 2] {
        [self.clio.calls().len() as u64, self.wisetime.calls().len() as u64]
    }

    /// The calls to WiseTime since then, without the common part of the path.
    pub(crate) fn asked_since(&self, calls: [u64; 2]) -> Vec<String> {
        let asked = self.wisetime.calls().into_iter().filter(|call| call.number > calls[1]);
        asked.map(|call| call.path.trim_start_matches("/connect/api/").to_owned()).collect()
    }

    /// Runs a flow as a scheduler would, whatever it ends in, a few times.
    pub(crate) async fn settle_flow(&self, firm: &Firm, flow: &str) {
        for _ in 0..6 {
            if firm.run_to_rest(flow).await.is_ok() {
                return;
            }
            self.clock.sleep(Duration::from_secs(60)).await;
        }
        panic!("{flow} does not come to rest");
    }
}

/// The lines of this outcome.
pub(crate) fn lines(report: &Report, outcome: LineOutcome) -> Vec<&Line> {
    report.lines.iter().filter(|line| line.outcome == outcome).collect()
}
