//! What a firm says of itself, and what a person switches.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Connection, ConnectionState, Error, ErrorKind, Firm, FlowKey, FlowRecord, FlowStatus, Lease, Ran, Report,
    Result, Schedule,
};

impl Firm {
    /// How the firm is connected, and how its flows are doing.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn connection(&self) -> Result<Connection> {
        let standing = self.config.store.connection(self.name()).await?;
        let now = self.config.store.now().await?;
        let works = standing.state != ConnectionState::Disconnected;
        let mut schedules = BTreeMap::new();
        for (key, flow) in self.flows() {
            schedules.insert(key, flow.schedule().cloned());
        }
        let flows = self.records().await?.into_values().map(|record| {
            let schedule = schedules.get(&record.flow).and_then(Option::as_ref);
            let next = if works && record.enabled { next(schedule, &record, now) } else { None };
            FlowStatus { record, next }
        });
        Ok(Connection { firm: self.name().to_owned(), standing, flows: flows.collect() })
    }

    /// Lets no flow of this firm run until it is connected again by [`Engine::connect`](crate::Engine::connect): each is
    /// refused with [`ErrorKind::Disconnected`]. Everything that was recorded is kept. A run under way goes on to its end.
    ///
    /// The token at Clio is not revoked by this.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn disconnect(&self) -> Result<()> {
        self.config.store.disconnect(self.name()).await
    }

    /// Lets a flow run by its schedule and by hints, as it does at first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownFlow`], and what the store reports.
    pub async fn enable(&self, flow: &str) -> Result<()> {
        self.config.store.switch(&self.find(flow)?.0, true).await
    }

    /// Lets a flow run neither by its schedule nor by hints, in this process or any other, until it is enabled again. A run
    /// that a person asks for, [`Firm::run`], is carried out all the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownFlow`], and what the store reports.
    pub async fn disable(&self, flow: &str) -> Result<()> {
        self.config.store.switch(&self.find(flow)?.0, false).await
    }

    pub(crate) async fn is_enabled(&self, key: &FlowKey) -> Result<bool> {
        let records = self.config.store.flows(self.name()).await?;
        Ok(records.iter().find(|record| record.flow == *key).is_none_or(|record| record.enabled))
    }

    /// The flows whose time has come since they ran last, or whose last run failed.
    pub(crate) async fn overdue(&self) -> Result<Vec<FlowKey>> {
        let (records, now) = (self.records().await?, self.config.store.now().await?);
        let flows = self.flows().into_iter();
        let overdue = flows.filter(|(key, flow)| {
            let last = records.get(key).and_then(|record| record.last.as_ref());
            last.is_some_and(|last| {
                let tick = match flow.schedule() {
                    Some(Schedule::Every(interval)) => later(last.ended, *interval),
                    Some(Schedule::Cron(cron)) => cron.next_after(last.began),
                    None => None,
                };
                !last.succeeded() || tick.is_some_and(|tick| tick <= now)
            })
        });
        Ok(overdue.map(|(key, _)| key).collect())
    }

    /// What is known of the flows, those included of which nothing was recorded.
    async fn records(&self) -> Result<BTreeMap<FlowKey, FlowRecord>> {
        let mut records: BTreeMap<_, _> =
            self.flows().into_iter().map(|(key, _)| (key.clone(), FlowRecord::new(key))).collect();
        for record in self.config.store.flows(self.name()).await? {
            records.insert(record.flow.clone(), record);
        }
        Ok(records)
    }

    pub(crate) async fn check_connected(&self) -> Result<()> {
        if self.config.store.connection(self.name()).await?.state != ConnectionState::Disconnected {
            return Ok(());
        }
        let message = format!("{} is disconnected: connect it again", self.name());
        Err(Error::new(ErrorKind::Disconnected, message))
    }

    /// Records what a run came to, and gives the lease back. The run stands, even if this fails.
    pub(crate) async fn record(
        &self,
        took: Duration,
        report: &Report,
        error: Option<&Error>,
        release: Option<Lease>,
    ) {
        let kind = error.map(Error::kind);
        if matches!(kind, Some(ErrorKind::Busy | ErrorKind::Fenced)) {
            // The engine that has the firm records what becomes of it.
            if let Some(lease) = release {
                self.give_back(&lease).await;
            }
            return;
        }
        let again = error.map_or(report.next_due, Error::retry_after);
        let ran = Ran { took, error: kind, totals: report.into(), again, release };
        if let Err(error) = self.config.store.record_run(&report.flow, &ran).await {
            tracing::warn!(flow = %report.flow, kind = ?error.kind(), "a run could not be recorded");
        }
    }
}

/// When a flow runs next, as far as anybody can tell.
fn next(schedule: Option<&Schedule>, record: &FlowRecord, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = record.last.as_ref();
    let scheduled = match schedule {
        Some(Schedule::Every(interval)) => last.and_then(|last| later(last.ended, *interval)),
        Some(Schedule::Cron(cron)) => cron.next_after(now),
        None => None,
    };
    let asked = last.and_then(|last| last.again);
    match last {
        // A server said when; nobody comes before.
        Some(last) if !last.succeeded() => asked.or(scheduled),
        _ => [asked, scheduled].into_iter().flatten().min(),
    }
}

fn later(moment: DateTime<Utc>, wait: Duration) -> Option<DateTime<Utc>> {
    moment.checked_add_signed(TimeDelta::from_std(wait).ok()?)
}
