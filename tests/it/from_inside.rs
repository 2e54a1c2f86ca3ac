//! What a flow knows of the others of its adapter: what they wrote, and what was refused them.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{Clock, Id, Seconds};
use clio_model::TimeEntry;
use clio_sync::{
    Adapter, CursorPage, CursorSource, Engine, ErrorKind, Firm, Flow, FlowKey, Incoming, LineOutcome, Linked,
    Mapped, Pass, Result, hub,
};

use simulation::seams::Tamper;

use crate::desk::{ACTIVITY, NOTES, Stage};

const KIND: &str = "house/note";

/// Two notes, `a` and `b`.
#[derive(Debug, Clone)]
struct House {
    matter: i64,
    now: DateTime<Utc>,
    seen: Arc<Mutex<Seen>>,
    /// Done between the two notes.
    between: Between,
}

impl House {
    fn note(&self, link: Option<Linked>, again: Result<bool>) {
        let mut seen = self.seen.lock().expect("seen");
        seen.links.push(link);
        seen.sent_again.push(again);
    }
}

/// What the flow saw.
#[derive(Debug, Default)]
struct Seen {
    links: Vec<Option<Linked>>,
    sent_again: Vec<Result<bool>>,
}

type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone)]
struct Between(Arc<dyn Fn() -> Doing + Send + Sync>);

impl std::fmt::Debug for Between {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Between")
    }
}

#[async_trait]
impl CursorSource for House {
    type Record = &'static str;

    fn kind(&self) -> &'static str {
        KIND
    }

    async fn page(&self, _: Option<DateTime<Utc>>, _: Option<&str>) -> Result<CursorPage<&'static str>> {
        let records = ["a", "b"].map(|id| Incoming::new(id, "1", id)).into();
        Ok(CursorPage { records, server_time: Some(self.now), ..CursorPage::default() })
    }
}

#[async_trait]
impl Adapter for House {
    fn name(&self) -> &'static str {
        "house"
    }

    fn flows(&self) -> Vec<Flow> {
        ["write", "mend", "other"].map(Flow::new).into()
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        if flow.flow == "write" {
            let day = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
            let entry = TimeEntry::on(Id::new(self.matter), day);
            let map = |id: &&'static str| match hub::activity(
                &entry.clone().duration(Seconds(60)).note(*id),
                *id,
            ) {
                Ok(write) => Mapped::Upsert(write),
                Err(error) => Mapped::Reject(error.to_string()),
            };
            let clio = pass.clio()?;
            return pass.pull(self.clone(), map).into(hub::activities(&clio)).await;
        }
        let (links, refusals) = (pass.links(), pass.refusals());
        for id in ["a", "b"] {
            let link = links.get(KIND, id, ACTIVITY).await?;
            let again = refusals.send_again(if flow.flow == "mend" { "write" } else { "mend" }, id).await;
            self.note(link, again);
            (self.between.0)().await;
        }
        Ok(())
    }
}

/// Clio refuses every new activity as long as it objects.
fn objecting(stage: &Stage) -> (Engine, Firm, Arc<AtomicBool>) {
    let objects = Arc::new(AtomicBool::new(true));
    let mut setup = stage.scene.setup();
    let told = objects.clone();
    setup.clio = Tamper::asked(setup.clio, move |method, path, body| {
        if method == "POST" && path.ends_with("/activities.json") && told.load(Ordering::SeqCst) {
            let text = r#"{"error":{"type":"UnprocessableEntity","message":"the period is closed"}}"#;
            return Err((http::StatusCode::UNPROCESSABLE_ENTITY, text));
        }
        Ok(body)
    });
    let (engine, firm) = setup.engine();
    (engine, firm, objects)
}

fn house(
    stage: &Stage,
    firm: &Firm,
    between: impl Fn() -> Doing + Send + Sync + 'static,
) -> Arc<Mutex<Seen>> {
    let matter = stage.scene.clio.matters()[0].id;
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let now = stage.scene.clock.now();
    firm.attach(House { matter, now, seen: seen.clone(), between: Between(Arc::new(between)) });
    seen
}

fn nothing() -> Doing {
    Box::pin(async {})
}

fn sent_again(seen: &Mutex<Seen>) -> Vec<Result<bool, ErrorKind>> {
    let all = std::mem::take(&mut seen.lock().expect("seen").sent_again);
    all.into_iter().map(|one| one.map_err(|error| error.kind())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_flow_reads_what_another_of_its_adapter_wrote() {
    let stage = Stage::new();
    let firm = stage.firm();
    let seen = house(&stage, &firm, nothing);
    firm.run("house/mend").await.expect("a run");
    firm.run("house/write").await.expect("a run");
    firm.plan("house/mend").await.expect("a plan reads as well");
    let links = std::mem::take(&mut seen.lock().expect("seen").links);
    let outside = firm.link("house", KIND, "b", ACTIVITY).await.expect("read");
    assert!(outside.is_some());
    assert_eq!((&links[..2], &links[3]), (&[None, None][..], &outside));
    assert_eq!(firm.links("desk").get(KIND, "b", ACTIVITY).await.expect("read"), None, "of another adapter");
}

#[tokio::test(start_paused = true)]
async fn a_flow_has_sent_again_what_was_refused_another() {
    let stage = Stage::new();
    let (_, firm, objects) = objecting(&stage);
    let seen = house(&stage, &firm, nothing);
    let refused = firm.run("house/write").await.expect("a run");
    assert_eq!(refused.count(LineOutcome::Rejected), 2);
    objects.store(false, Ordering::SeqCst);
    firm.plan("house/mend").await.expect("a plan");
    assert_eq!(sent_again(&seen), [Ok(false), Ok(false)], "a plan changes nothing");
    firm.run("house/other").await.expect("a run");
    assert_eq!(sent_again(&seen), [Ok(false), Ok(false)], "nothing was refused that flow");
    assert_eq!(firm.dead_letters().await.expect("letters").len(), 2);
    firm.run("house/mend").await.expect("a run");
    assert_eq!(sent_again(&seen), [Ok(true), Ok(true)]);
    assert_eq!((firm.dead_letters().await.expect("letters"), stage.texts().len()), (vec![], 0));
    firm.run("house/write").await.expect("a run");
    firm.run("house/mend").await.expect("a run");
    firm.run("house/write").await.expect("a run");
    assert_eq!(
        (sent_again(&seen), stage.texts()),
        (vec![Ok(false), Ok(false)], vec!["a".into(), "b".into()])
    );
}

/// Whoever serves runs the flow by itself.
#[tokio::test(start_paused = true)]
async fn what_is_to_be_sent_again_makes_its_flow_due() {
    let stage = Stage::new();
    let (engine, firm, objects) = objecting(&stage);
    house(&stage, &firm, nothing);
    firm.run("house/write").await.expect("a run");
    objects.store(false, Ordering::SeqCst);
    let executor = clio_sync::LocalExecutor::new().with_clock(stage.scene.clock.clone());
    engine.trigger(firm.name(), "house/mend").expect("a flow");
    let later = async {
        stage.scene.clock.sleep(std::time::Duration::from_secs(5)).await;
        executor.stop();
    };
    let (served, ()) = tokio::join!(engine.serve(&executor), later);
    served.expect("served");
    assert_eq!(stage.texts(), ["a", "b"]);
}

/// Another engine has the firm in between: what this run knew may not be so any more.
#[tokio::test(start_paused = true)]
async fn after_another_engine_nothing_is_sent_again() {
    let stage = Stage::new();
    let (_, firm, _objects) = objecting(&stage);
    house(&stage, &firm, nothing);
    firm.run("house/write").await.expect("a run");
    let (other, clock) = (stage.firm(), stage.scene.clock.clone());
    let seen = house(&stage, &firm, move || {
        let (other, clock) = (other.clone(), clock.clone());
        Box::pin(async move {
            clock.sleep(std::time::Duration::from_secs(3600)).await;
            other.run(NOTES).await.expect("a run");
        })
    });
    firm.run("house/mend").await.expect("a run");
    assert_eq!(sent_again(&seen), [Ok(true), Err(ErrorKind::Fenced)]);
}
