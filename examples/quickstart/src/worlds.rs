//! The two sides: WiseTime, which is a fake here, and Clio, which is one unless the user names a host.

use std::{sync::Arc, time::Duration};

use clio_api::{App, Clio, Id, OAuth, Region, ReqwestTransport, Selection, Token, objects};
use clio_core::{Clock, Limits, Payload, SystemClock, Transport};
use clio_fixtures::{ClioWorld, Served, WiseTimeWorld};
use clio_wisetime::Client as WiseTimeClient;
use http::header::LOCATION;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::{
    args::Args,
    crash::{Calls, Counted, Tally},
    trouble::Trouble,
};

/// Where Clio would send the person back to. Nobody has to listen there: the address itself is what counts.
const CALLBACK: &str = "http://127.0.0.1:8765/callback";

/// Both sides, and how to get at them.
#[derive(Debug)]
pub(crate) struct Worlds {
    pub(crate) wisetime: Served<WiseTimeWorld>,
    /// `None`: Clio is somebody else's.
    pub(crate) fake: Option<Served<ClioWorld>>,
    /// Clio's host.
    pub(crate) host: String,
    /// Whose token it is.
    pub(crate) who: String,
    /// What the engine calls this account: its state in the file goes by this name.
    pub(crate) firm: String,
    region: Region,
    token: Token,
    app: Option<App>,
    tally: Tally,
}

/// What `who_am_i` is asked for.
#[derive(Debug, Deserialize)]
struct Me {
    name: String,
    account: Option<AccountId>,
}

#[derive(Debug, Deserialize)]
struct AccountId {
    id: Id<objects::AccountBase>,
}

impl Selection<objects::User> for Me {
    const FIELDS: &'static str = "name,account{id}";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl Worlds {
    /// Starts what is ours, connects to Clio, and makes sure that it is Clio and knows us.
    pub(crate) async fn open(args: &Args) -> Result<Self, Trouble> {
        let no_port = |error| Trouble::new(format!("no port of this machine can be listened on: {error}"));
        // A group that was handed out comes back only after the run: what is not lost need not be found twice.
        let team = WiseTimeWorld::team().hold(Duration::from_secs(1)).redelivery(Duration::from_secs(600));
        let wisetime = team.start().serve().await.map_err(no_port)?;

        let (fake, host, token, app) = if let Some((url, token)) = args.clio() {
            (None, url.trim_end_matches('/').to_owned(), Token::access_only(token), None)
        } else {
            let firm = ClioWorld::firm(8).users(4).matters(10).activities(25).rate_limit(None);
            let firm = firm.latency(Duration::from_millis(30)).start();
            let served = firm.serve().await.map_err(no_port)?;
            let (id, secret) = served.world().app();
            let (host, app) = (served.url(), App::new(id, secret));
            let token = authorise(&host, &app).await?;
            (Some(served), host, token, Some(app))
        };
        let region = Region::custom(&host)
            .map_err(|error| Trouble::new(format!("--clio-url: {}", error.message())))?;
        let (who, firm, tally) = (String::new(), String::new(), Tally::default());
        let mut worlds = Self { wisetime, fake, host, who, firm, region, token, app, tally };

        let clio = worlds.clio(worlds.wire()?)?;
        let me = clio.users().who_am_i().select::<Me>().await;
        let me = me.map_err(|error| Trouble::at_host(&worlds.host, &error))?;
        let account = me.account.map_or_else(|| me.name.clone(), |account| account.id.to_string());
        worlds.firm = match &worlds.fake {
            // The fake is founded anew by each run. Under the name of an old one, everything would seem to be posted.
            Some(_) => format!("fake firm of {}", SystemClock.now().format("%F %T%.6f")),
            None => format!("{} account {account}", worlds.host),
        };
        worlds.who = me.name;
        Ok(worlds)
    }

    /// A road to Clio, with connections of its own.
    pub(crate) fn wire(&self) -> Result<Arc<dyn Transport>, Trouble> {
        Ok(Arc::new(Counted { inner: Arc::new(ReqwestTransport::new()?), tally: self.tally.clone() }))
    }

    /// A new client, as a program makes it that has just started.
    pub(crate) fn clio(&self, transport: Arc<dyn Transport>) -> Result<Clio, Trouble> {
        let mut clio = Clio::builder(self.region.clone()).token(self.token.clone()).transport(transport);
        if let Some(app) = &self.app {
            clio = clio.app(app.clone());
        }
        Ok(clio.build()?)
    }

    /// A new client of the WiseTime team.
    pub(crate) fn wisetime_client(&self) -> Result<WiseTimeClient, Trouble> {
        let base = format!("{}/connect/api", self.wisetime.url());
        Ok(WiseTimeClient::builder(self.wisetime.world().api_key()).base(base).build()?)
    }

    /// The calls so far: out of the fake's own book, or else as they left.
    pub(crate) fn calls(&self) -> Calls {
        let Some(fake) = &self.fake else { return self.tally.calls() };
        let mut calls = Calls::default();
        for call in fake.world().calls() {
            calls.count(&call.method, &call.path);
        }
        calls
    }
}

/// The authorisation-code flow. The fake's person is signed in and consents at once, so one GET is all that a browser
/// would do.
async fn authorise(host: &str, app: &App) -> Result<Token, Trouble> {
    let failed = |what: &str| Trouble::new(format!("the fake does not authorise: {what}"));
    let oauth = OAuth::new(Region::custom(host)?, app.clone(), CALLBACK)?;
    let begun = oauth.begin();
    let page = http::Request::get(begun.url.as_str()).body(Payload::Empty);
    let page = page.map_err(|error| failed(&error.to_string()))?;
    let answer = ReqwestTransport::new()?.send(page, Limits::default()).await;
    let answer = answer.map_err(|error| failed(&error.to_string()))?;
    let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let callback = Url::parse(location.unwrap_or_default()).map_err(|error| failed(&error.to_string()))?;
    // A real application would keep it in a `TokenStore`.
    Ok(oauth.finish(&begun, &callback).await?)
}
