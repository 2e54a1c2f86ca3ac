//! A fake Clio, and a person in front of it.

use std::path::PathBuf;

use clio_api::{App, Error, ErrorKind, Limits, Payload, Region, ReqwestTransport, Transport};
use clio_fixtures::{ClioWorld, Served};
use http::header::LOCATION;
use tempfile::TempDir;
use url::Url;

/// Gone at the end, with its token.
#[derive(Debug)]
pub(crate) struct Demo {
    clio: Served<ClioWorld>,
    folder: TempDir,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self, Error> {
        let failed = |what: &str, error| Error::new(ErrorKind::Configuration, what).with_source(error);
        let folder = tempfile::tempdir().map_err(|e| failed("there is no temporary folder", e))?;
        let clio = ClioWorld::firm(7).start().serve().await;
        let clio = clio.map_err(|e| failed("no port of this machine can be listened on", e))?;
        println!("This is a demonstration at a fake Clio: {}\n", clio.url());
        Ok(Self { clio, folder })
    }

    pub(crate) fn region(&self) -> Result<Region, Error> {
        Region::custom(&self.clio.url())
    }

    pub(crate) fn app(&self) -> App {
        let (id, secret) = self.clio.world().app();
        App::new(id, secret)
    }

    pub(crate) fn token_file(&self) -> PathBuf {
        self.folder.path().join("clio-token.json")
    }

    /// What a browser does while its person consents: it opens the address, and follows where that leads.
    pub(crate) async fn consent(&self, page: &Url) -> Result<(), Error> {
        println!("The fake's own person opens it, and consents.\n");
        let callback = open(page).await?.headers().get(LOCATION).cloned();
        let callback = callback.as_ref().and_then(|location| location.to_str().ok());
        let callback = callback.and_then(|location| Url::parse(location).ok());
        let nowhere = || Error::new(ErrorKind::Authorisation, "the page of consent leads nowhere");
        open(&callback.ok_or_else(nowhere)?).await.map(drop)
    }
}

async fn open(url: &Url) -> Result<http::Response<Payload>, Error> {
    let request = http::Request::get(url.as_str()).body(Payload::Empty);
    let request =
        request.map_err(|e| Error::new(ErrorKind::Configuration, "no address to open").with_source(e))?;
    Ok(ReqwestTransport::new()?.send(request, Limits::default()).await?)
}
