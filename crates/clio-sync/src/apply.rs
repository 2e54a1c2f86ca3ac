//! Plan first, apply later.

use std::{collections::HashSet, sync::Arc};

use crate::{Error, ErrorKind, Firm, Plan, Report, Result, Scope, pass::Mode, plan::Draft};

impl Firm {
    /// What [`run`](Self::run) would write now, without writing anything: neither at a target nor to the store, but for the
    /// plan itself, which is kept under its id.
    ///
    /// Writes that an earlier run has left to be done are not part of it: they were decided on before.
    ///
    /// ```no_run
    /// # async fn demo(firm: clio_sync::Firm) -> clio_sync::Result<()> {
    /// let plan = firm.plan("altfee/connect").await?;
    /// println!("{plan}");                             // + clio/activity Shareholder agreement
    /// let report = firm.apply(&plan).await?;          // refuses if anything it relied on has changed
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What kept a source or the store from being read.
    pub async fn plan(&self, flow: &str) -> Result<Plan> {
        self.plan_scoped(flow, Scope::Changes).await
    }

    /// The same over these records of the flow's sources.
    ///
    /// # Errors
    ///
    /// As [`plan`](Self::plan).
    pub async fn plan_scoped(&self, flow: &str, scope: Scope) -> Result<Plan> {
        let plan = self.draw_up(flow, scope).await?;
        self.config.store.save_plan(self.name(), &plan.id, &plan.to_json()).await?;
        Ok(plan)
    }

    /// A plan that was made before, by its id.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn planned(&self, id: &str) -> Result<Option<Plan>> {
        let kept = self.config.store.plan(self.name(), id).await?;
        kept.map(|json| Plan::from_json(&json)).transpose()
    }

    /// Writes what the plan says, all of it and nothing else, by the same code as any run.
    ///
    /// Everything that the plan relied on is looked at first: the sources, the store's links, and the records that are to be
    /// changed. If anything is otherwise, nothing is written. What changes at the target after that is caught when it is
    /// written, by the version of the record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stale`] says what has changed. [`ErrorKind::Configuration`] for a plan of another firm. Else as
    /// [`run`](Self::run).
    pub async fn apply(&self, plan: &Plan) -> Result<Report> {
        if plan.flow.firm != self.name() {
            let message = format!("this is a plan for {}", plan.flow.firm);
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let flow = plan.flow.path();
        plan.check(&self.draw_up(&flow, plan.scope.clone()).await?)?;
        let mode = Mode::Apply(Arc::new(plan.clone()), HashSet::new());
        let (report, _, result) = self.pass(&flow, plan.scope.clone(), mode).await?;
        result.map(|()| report)
    }

    async fn draw_up(&self, flow: &str, scope: Scope) -> Result<Plan> {
        let (key, _) = self.find(flow)?;
        let (_, draft, result): (_, Draft, _) =
            self.pass(flow, scope.clone(), Mode::Plan(Draft::default())).await?;
        result?;
        Ok(draft.plan(key, scope, self.config.store.now().await?))
    }
}
