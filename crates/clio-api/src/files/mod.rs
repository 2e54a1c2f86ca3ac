//! Files: uploads and downloads, in constant memory.
//!
//! Uploads stand behind the feature `documents`; a download is there wherever a call answers that something can be fetched.
//!
//! ```
//! use clio_api::{Clio, Error, Id, Region, Token, files::Parent};
//!
//! # #[derive(Debug)]
//! # struct Script;
//! # #[async_trait::async_trait]
//! # impl clio_api::Transport for Script {
//! #     async fn send(&self, request: http::Request<clio_api::Payload>, _: clio_api::Limits)
//! #         -> Result<http::Response<clio_api::Payload>, clio_api::TransportError> {
//! #         let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
//! #         let token = request.headers().contains_key("authorization");
//! #         assert_eq!(token, request.uri().host() != Some("storage.example"));
//! #         let sent = request.into_body().into_bytes(1000).await?;
//! #         let json = |url: &str| format!(
//! #             r#"{{"data":{{"id":5,"etag":"\"e\"","latest_document_version":{{"uuid":"u","put_url":{url}}}}}}}"#);
//! #         let mut answer = http::Response::new(match (method.as_str(), path.as_str()) {
//! #             ("POST", _) => json("\"https://storage.example/x\""),
//! #             ("PUT", "/x") => { assert_eq!(&sent[..], b"Dear client"); String::new() }
//! #             ("PATCH", "/api/v4/documents/5.json") => json("null"),
//! #             ("GET", "/x") => "Dear client".to_owned(),
//! #             ("GET", "/api/v4/documents/5/download.json") => String::new(),
//! #             other => panic!("{other:?}"),
//! #         });
//! #         if method == "POST" { *answer.status_mut() = http::StatusCode::CREATED; }
//! #         if path.ends_with("download.json") {
//! #             *answer.status_mut() = http::StatusCode::SEE_OTHER;
//! #             answer.headers_mut().insert("location", "https://storage.example/x".parse().unwrap());
//! #         }
//! #         Ok(answer.map(|text| clio_api::Payload::Bytes(text.into())))
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! # let token = Token::access_only("t");
//! # let matter = Id::new(7);
//! let clio = Clio::builder(Region::Us).token(token)
//! #   .transport(std::sync::Arc::new(Script))
//!     .build()?;
//!
//! let mut bar = 0;
//! let document = clio
//!     .documents()
//!     .upload(Parent::Matter(matter), "letter.txt", "Dear client")
//!     .on_progress(|progress| bar = progress.sent)
//!     .await?;
//! assert_eq!(bar, 11);
//!
//! let letter = clio.documents().download(document.id).fetch().await?.bytes(1024).await?;
//! assert_eq!(letter, "Dear client");
//! # Ok(())
//! # }
//! ```
//!
//! # Cookbook
//!
//! **Upload a file from the disk.** Give [`upload`](crate::documents::Documents::upload) a [`tokio::fs::File`]; it is read
//! as it is sent. [`Content`] lists what else can be uploaded.
//!
//! **Save a download to the disk.** Copy [`Downloaded::into_reader`] to a file under a name of your own, or under
//! [`Downloaded::name`], which is safe to join to a folder.
//!
//! ```no_run
//! # async fn example(clio: clio_api::Clio, id: clio_api::Id<clio_api::objects::Document>) -> Result<(), Box<dyn std::error::Error>> {
//! let downloaded = clio.documents().download(id).fetch().await?;
//! let name = downloaded.name.clone().unwrap_or_else(|| "document".to_owned());
//! let mut file = tokio::fs::File::create(std::path::Path::new("inbox").join(name)).await?;
//! tokio::io::copy(&mut downloaded.into_reader(), &mut file).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Go on with a download of yesterday.** Keep how many bytes you have, and [`Downloaded::etag`]; give them to
//! [`Download::from`] and [`Download::same_as`].
//!
//! **Fetch a report.** `clio.reports().download(id).fetch()`: every call that answers a [`Redirect`](crate::Redirect) can be
//! fetched.
//!
//! **Find what an interrupted upload left.** List the documents with
//! [`show_uncompleted(true)`](crate::List::show_uncompleted).

mod backoff;
#[cfg(feature = "documents")]
mod content;
mod download;
mod fetch;
mod limits;
mod name;
#[cfg(feature = "documents")]
mod parts;
#[cfg(feature = "documents")]
mod piece;
#[cfg(feature = "documents")]
mod plan;
#[cfg(feature = "documents")]
mod progress;
mod range;
#[cfg(feature = "documents")]
mod seen;
#[cfg(feature = "documents")]
mod send;
#[cfg(feature = "documents")]
mod session;
mod storage;
#[cfg(feature = "documents")]
mod upload;

#[cfg(feature = "documents")]
pub use content::Content;
pub use download::{ContentStream, Download, Downloaded};
pub use limits::TransferLimits;
pub use name::safe_file_name;
#[cfg(feature = "documents")]
pub use progress::{Progress, ProgressEvent};
#[cfg(feature = "documents")]
pub use upload::{Parent, Upload};
