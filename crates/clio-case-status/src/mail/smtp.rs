//! Mail over SMTP.

use async_trait::async_trait;
use clio_sync::{Error, ErrorKind, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use super::{Mail, Mailer};

/// Sends mail over SMTP, by way of the crate `lettre`.
#[derive(Debug, Clone)]
pub struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// A server by its URL, such as `smtps://user:password@mail.firm.example`, and the address that mail comes from.
    ///
    /// # Errors
    ///
    /// [`Configuration`](ErrorKind::Configuration) of what is no such URL or address.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let wrong = |what: &str| Error::new(ErrorKind::Configuration, what.to_owned());
        let from =
            from.parse().map_err(|error| wrong("the address of the sender is none").with_source(error))?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let builder =
            builder.map_err(|error| wrong("the URL of the mail server is none").with_source(error))?;
        Ok(Self { from, transport: builder.build() })
    }
}

/// The mail as it goes over the wire.
fn message(from: &Mailbox, mail: &Mail) -> Result<Message> {
    let wrong = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::Configuration, "the mail cannot be written").with_source(error)
    };
    let to = mail.to.parse::<Mailbox>().map_err(|error| wrong(error.into()))?;
    let csv = ContentType::parse("text/csv; charset=utf-8").map_err(|error| wrong(error.into()))?;
    let file = Attachment::new(mail.file_name.clone()).body(mail.csv.clone(), csv);
    let parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.text.clone())).singlepart(file);
    let message = Message::builder().from(from.clone()).to(to).subject(&mail.subject);
    message.multipart(parts).map_err(|error| wrong(error.into()))
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let message = message(&self.from, mail)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| {
            // Whether one that took long arrived is not known: a person who got no mail asks again.
            Error::new(ErrorKind::Transient, "the mail server did not take the mail").with_source(error)
        })
    }
}
