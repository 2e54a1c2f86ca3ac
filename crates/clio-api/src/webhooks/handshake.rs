//! The first request to an address.

use clio_core::{Id, Secret, schema::objects::Webhook};

use super::Reply;

/// Clio asks an address whether it wants the events of a webhook, and brings the secret that will sign them. An answer that
/// echoes the secret says yes.
///
/// **Anybody can send such a request**, so its secret is worth nothing until Clio's API has named the same.
#[derive(Debug)]
#[must_use = "it has to be answered"]
pub struct Handshake {
    pub(super) webhook: Id<Webhook>,
    pub(super) secret: Secret,
    pub(super) standing: Standing,
}

/// How the secret of a handshake compares with what the receiver was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// The receiver knows the webhook by this secret.
    Trusted,
    /// The receiver does not know the webhook: the call that creates it still waits for its answer, or it is somebody else's.
    Unknown,
    /// The receiver knows the webhook by another secret: Clio has changed it, or somebody tries to.
    Contradicted,
}

impl Handshake {
    /// The webhook that it says it is from.
    pub fn webhook(&self) -> Id<Webhook> {
        self.webhook
    }

    /// The secret that it brought.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// How that compares with what the receiver was told.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Yes to a secret that is trusted. To any other neither yes nor no: 200 without an echo, after which Clio still waits, and
    /// [`activate`](super::Webhooks::activate) says yes later. [`subscribe`](super::Webhooks::subscribe) and
    /// [`keep`](super::Webhooks::keep) do so by themselves, so this answer is right whenever they are used.
    ///
    /// To ask Clio in between, there is [`confirm`](super::Webhooks::confirm).
    pub fn reply(self) -> Reply {
        match self.standing {
            Standing::Trusted => self.echo(),
            Standing::Unknown | Standing::Contradicted => Reply::taken(),
        }
    }

    /// Yes, because you know by yourself that the webhook is yours. The receiver believes its events no sooner than
    /// [`Receiver::trust`](super::Receiver::trust) tells it to.
    pub fn echo(self) -> Reply {
        Reply::echo(&self.secret)
    }
}
