//! What the command line may say.

use std::path::PathBuf;

use clap::Parser;
use clio_api::{App, Error, ErrorKind, Region};

/// Authorises this program at Clio, keeps the token in a file, and says who you are.
///
/// Without --client-id it does so at a fake Clio in this process, where a person consents by themselves.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// The key of the app. The secret is read from --secret-file, or else from the environment: CLIO_CLIENT_SECRET.
    #[arg(long, value_name = "KEY")]
    pub(crate) client_id: Option<String>,

    /// A file that holds the app's secret and nothing else.
    #[arg(long, value_name = "FILE", requires = "client_id")]
    pub(crate) secret_file: Option<PathBuf>,

    /// Where the account lives: us, ca, eu, au, or an address.
    #[arg(long, default_value = "us", value_name = "REGION")]
    pub(crate) region: Region,

    /// Where Clio sends you back to; registered with the app letter by letter. Default: http://127.0.0.1:8765/callback, and
    /// any free port in the demonstration.
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,

    /// Listen nowhere: Clio shows you a code, which you paste here.
    #[arg(long, conflicts_with = "redirect_uri")]
    pub(crate) paste: bool,

    /// Where the token is kept. Default: clio-token.json, and a file that is gone at the end in the demonstration.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,

    /// Give the access back, and forget the token.
    #[arg(long, visible_alias = "deauthorize")]
    pub(crate) deauthorise: bool,

    /// Do it at a fake Clio.
    #[arg(long, conflicts_with_all = ["client_id", "secret_file", "paste"])]
    pub(crate) demo: bool,
}

impl Args {
    /// The app that the user named; `None` for a demonstration.
    pub(crate) fn app(&self) -> Result<Option<App>, Error> {
        let Some(id) = &self.client_id else { return Ok(None) };
        let wrong = |text: &str| Error::new(ErrorKind::Configuration, text);
        let secret = match &self.secret_file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|e| wrong("the file of --secret-file cannot be read").with_source(e))?,
            None => std::env::var("CLIO_CLIENT_SECRET")
                .map_err(|_| wrong("the app's secret is missing: --secret-file, or CLIO_CLIENT_SECRET"))?,
        };
        Ok(Some(App::new(id, secret.trim())))
    }
}
