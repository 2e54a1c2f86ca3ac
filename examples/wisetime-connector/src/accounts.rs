//! Two real accounts: their keys, and the settings of the team.

use std::{collections::HashMap, ffi::OsString, sync::Arc};

use clio_api::{App, Clio, FileTokenStore, ReqwestTransport, TokenStore};
use clio_core::SystemClock;
use clio_wisetime::{Client, Settings};

use crate::{args::Args, connector::Plan, managed, trouble::Trouble};

/// The team's key at WiseTime.
const API_KEY: &str = "WISETIME_API_KEY";

/// The secret of the app at Clio.
const SECRET: &str = "CLIO_CLIENT_SECRET";

/// What the command line and the environment say.
pub(crate) async fn plan(args: &Args, environment: Vec<(OsString, OsString)>) -> Result<Plan, Trouble> {
    let secrets = secrets(&environment)?;
    let settings = settings(args, &secrets.api_key, environment).await?;
    let id = args.client_id.as_deref().unwrap_or_default();

    // The name of the region keeps the token of one from being used in another.
    let tokens = FileTokenStore::new(&args.token_file, args.region.to_string());
    if tokens.load().await?.is_none() {
        return Err(Trouble::new(format!(
            "there is no token in {}: authorise with `cargo run -p oauth-login -- --client-id {id} --region {} \
             --token-file {}`",
            args.token_file.display(),
            args.region,
            args.token_file.display(),
        )));
    }
    let clio = Clio::builder(args.region.clone()).app(App::new(id, secrets.client_secret));
    Ok(Plan {
        firm: args.firm.clone(),
        clio: clio.token_store(Arc::new(tokens)).build()?,
        wisetime: Client::builder(secrets.api_key).base(&args.wisetime_url).build()?,
        settings,
        state: args.state.clone(),
        clock: Arc::new(SystemClock),
    })
}

struct Secrets {
    api_key: String,
    client_secret: String,
}

/// Both secrets; all that are missing are told at once.
fn secrets(environment: &[(OsString, OsString)]) -> Result<Secrets, Trouble> {
    let variables: HashMap<&str, &str> =
        environment.iter().filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?))).collect();
    let value = |name: &str| variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    match (value(API_KEY), value(SECRET)) {
        (Some(api_key), Some(secret)) => {
            Ok(Secrets { api_key: api_key.to_owned(), client_secret: secret.to_owned() })
        }
        (api_key, secret) => {
            let missing =
                [(API_KEY, api_key), (SECRET, secret)].into_iter().filter(|(_, value)| value.is_none());
            let names: Vec<&str> = missing.map(|(name, _)| name).collect();
            Err(Trouble::new(format!("the environment lacks {}", names.join(" and "))))
        }
    }
}

/// The team's own settings, and over them what the environment says.
async fn settings(
    args: &Args,
    api_key: &str,
    environment: Vec<(OsString, OsString)>,
) -> Result<Settings, Trouble> {
    let mut settings = Settings::default();
    if !args.unmanaged {
        let transport = ReqwestTransport::new()?;
        let configuration = managed::configuration(&transport, &args.wisetime_url, api_key).await?;
        settings = managed::settings(&configuration)?;
    }
    Ok(settings.with_environment(environment)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn every_secret_that_is_missing_is_named_and_none_is_shown() {
        let missing = |pairs| secrets(&environment(pairs)).err().map(|trouble| trouble.to_string());
        assert_eq!(missing(&[(API_KEY, "k"), (SECRET, " s\n")]), None);
        let both = missing(&[("HOME", "/root")]).unwrap();
        assert!(both.contains(API_KEY) && both.contains(SECRET), "{both}");
        let one = missing(&[(API_KEY, "k-1234"), (SECRET, " ")]).unwrap();
        assert!(one.contains(SECRET) && !one.contains(API_KEY) && !one.contains("k-1234"), "{one}");
    }
}
