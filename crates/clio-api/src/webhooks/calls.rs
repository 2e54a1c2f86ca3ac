//! What can be done with webhooks over the API, beside the operations of Clio's document.

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{
    Applied, Error, ErrorKind, Id,
    schema::{
        Answer, OperationInfo,
        choices::WebhookStatus,
        objects::{WEBHOOK, Webhook},
    },
};
use futures_util::TryStreamExt;
use http::Method;

use super::{
    Handshake, Receiver, Refusal, Reply, Standing, Subscription, Watch, Webhooks, receiver::HOOK_SECRET,
    signature, subscription::not_enabled, watch::checked_life,
};
use crate::Clio;

/// Clio's document does not have this operation; its documentation does.
static ACTIVATE: OperationInfo = OperationInfo {
    id: "Webhook#activate",
    group: "webhooks",
    method: "PUT",
    path: "/webhooks/{id}/activate",
    object: &WEBHOOK,
    answer: Answer::One,
    success: 200,
    statuses: &[],
    page_size: None,
    default_page_size: None,
    order_by_id: false,
    path_parameters: &[],
    parameters: &[],
    headers: &["X-Hook-Secret"],
    body: &[],
};

impl Webhooks {
    /// Creates a webhook, lets the receiver trust it, and enables it.
    ///
    /// Clio sends the handshake while or after it answers this call. Either works: the secret is in the answer, so that a
    /// handshake which comes later is echoed, and one that came before is made up for by [`activate`](Self::activate).
    ///
    /// Call it once; a program that starts again and again is better off with [`keep`](Self::keep).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for what Clio would surely refuse; nothing was sent. What Clio itself refuses. When the
    /// webhook was created and cannot be enabled, the error is that of enabling it; the webhook stays, and `keep` finds it.
    pub async fn subscribe(&self, receiver: &Receiver, watch: &Watch) -> Result<Subscription, Error> {
        watch.check()?;
        let created = self.create(watch.to_create(self.now())).select::<Subscription>().await?;
        trust(receiver, &created)?;
        self.enabled(created).await
    }

    /// Every webhook that the token sees, by id; [`Subscription::state`] says how each is.
    ///
    /// # Errors
    ///
    /// That of the first page that fails, or of the first webhook that does not decode.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        self.list().select::<Subscription>().items().try_collect().await
    }

    /// Lets the receiver trust every webhook that there is, after a restart, and answers them. One whose secret Clio does not
    /// tell is answered too, and not trusted.
    ///
    /// # Errors
    ///
    /// As of [`subscriptions`](Self::subscriptions).
    pub async fn trust_all(&self, receiver: &Receiver) -> Result<Vec<Subscription>, Error> {
        let all = self.subscriptions().await?;
        for subscription in all.iter().filter(|known| known.shared_secret.is_some()) {
            trust(receiver, subscription)?;
        }
        Ok(all)
    }

    /// Asks Clio whether a handshake is Clio's, and answers it. If it is, the receiver trusts the webhook from now on.
    ///
    /// A trusted handshake costs no call; any other costs one read. When Clio has no such webhook (for us: it may be another's, or
    /// still being created), the answer is neither yes nor no, as [`Handshake::reply`] has it. Strangers can make a program
    /// spend calls this way, which is why `Handshake::reply` alone is the better choice wherever `subscribe` or
    /// [`keep`](Self::keep) made the webhook.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signature`] with [`Refusal::ForgedHandshake`] when Clio has another secret. Whatever keeps Clio from saying.
    pub async fn confirm(&self, receiver: &Receiver, handshake: Handshake) -> Result<Reply, Error> {
        if handshake.standing() == Standing::Trusted {
            return Ok(handshake.reply());
        }
        let known = match self.get(handshake.webhook()).select::<Subscription>().await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reply::taken()),
            known => known?,
        };
        if !signature::same(known.secret()?, handshake.secret()) {
            return Err(Refusal::ForgedHandshake.into());
        }
        trust(receiver, &known)?;
        Ok(handshake.echo())
    }

    /// Says yes to a handshake after all: `PUT /webhooks/{id}/activate`, with the secret. It enables a webhook that is pending.
    ///
    /// Clio's documentation has this; its document does not. That it also brings back a suspended webhook is not documented.
    ///
    /// # Errors
    ///
    /// What Clio refuses, as of any other call.
    pub async fn activate(&self, subscription: &Subscription) -> Result<(), Error> {
        let path = format!("/webhooks/{}/activate", subscription.id);
        let call = self.clio().raw(Method::PUT, path).header(HOOK_SECRET, subscription.secret()?.expose());
        let answer = call.send().await.map_err(|error| error.with_operation(ACTIVATE.id))?;
        answer.check(&ACTIVATE).map(drop)
    }

    /// Puts the end of a webhook off: it then is `lasting` from now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for more than 31 days. What Clio refuses.
    pub async fn renew(&self, webhook: Id<Webhook>, lasting: TimeDelta) -> Result<Subscription, Error> {
        let end = self.now() + checked_life(lasting)?;
        self.update(webhook).expires_at(end).select::<Subscription>().await
    }

    /// Activates what is pending or suspended, and looks whether that helped. Whoever else enabled it meanwhile is welcome.
    pub(super) async fn enabled(&self, subscription: Subscription) -> Result<Subscription, Error> {
        if subscription.status == WebhookStatus::Enabled {
            return Ok(subscription);
        }
        let activated = self.activate(&subscription).await;
        let now = self.get(subscription.id).select::<Subscription>().await?;
        match activated {
            _ if now.status == WebhookStatus::Enabled => Ok(now),
            Err(error) => Err(error),
            Ok(()) => Err(not_enabled(&now).with_operation(ACTIVATE.id).with_applied(Applied::Perhaps)),
        }
    }

    /// The server's time, by which lives are counted; ours as long as it has not been heard of.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let clio = self.clio();
        clio.server_time().unwrap_or_else(|| clio.clock().now())
    }

    fn clio(&self) -> Clio {
        self.list().call.clio
    }
}

fn trust(receiver: &Receiver, subscription: &Subscription) -> Result<(), Error> {
    receiver.trust(subscription.id, subscription.secret()?.clone(), subscription.model.clone());
    Ok(())
}
