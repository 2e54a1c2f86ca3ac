//! Calls that answer no record.

use std::marker::PhantomData;

use clio_core::{Applied, Error, ErrorKind, response::RawResponse, schema::Operation};
use http::header::LOCATION;

use super::{BoxFuture, Call, every_call};
use crate::files::Download;

macro_rules! answers_no_record {
    ($($(#[$doc:meta])* $name:ident => $output:ty, $read:expr;)*) => {$(
        $(#[$doc])*
        #[must_use = "a call does nothing until it is awaited"]
        pub struct $name<Op: Operation> {
            pub(crate) call: Call,
            form: PhantomData<fn() -> Op>,
        }

        every_call!($name<Op>);

        impl<Op: Operation> $name<Op> {
            pub(crate) fn new(call: Call) -> Self {
                Self { call, form: PhantomData }
            }
        }

        impl<Op: Operation> IntoFuture for $name<Op> {
            type Output = Result<$output, Error>;
            type IntoFuture = BoxFuture<$output>;

            fn into_future(self) -> Self::IntoFuture {
                let (operation, sending) = (self.call.operation.id, self.call.send());
                Box::pin(async move { $read(sending.await?).map_err(|error| error.with_operation(operation)) })
            }
        }
    )*};
}

answers_no_record! {
    /// A call that answers that it is done. Await it.
    Done => (), |_| Ok::<(), Error>(());
    /// A call that answers where something can be fetched, such as the content of a document: [`fetch`](Self::fetch) it. Await
    /// it for that address alone, which is not followed: it leads to another host, and holds a key of its own for a short
    /// time. No token of Clio's is to be sent there.
    Redirect => String, location;
    /// A call that answers a page of HTML. Await it for its text.
    Html => String, text;
}

impl<Op: Operation> Redirect<Op> {
    /// Downloads what the address leads to.
    pub fn fetch(self) -> Download {
        let (clio, options) = (self.call.client().clone(), self.call.options);
        Download::new(clio, self.call.into_request(), options)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an answer is read once")]
fn location(answer: RawResponse) -> Result<String, Error> {
    let address = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    address.ok_or_else(|| undecodable("the answer does not say where to go").with_path("location"))
}

#[expect(clippy::needless_pass_by_value, reason = "an answer is read once")]
fn text(answer: RawResponse) -> Result<String, Error> {
    let text = std::str::from_utf8(&answer.body).map(str::to_owned);
    text.map_err(|error| undecodable("the page is no text").with_source(error))
}

fn undecodable(why: &str) -> Error {
    Error::new(ErrorKind::Decode, why).with_applied(Applied::Perhaps)
}
