//! Two real accounts: their keys, and the settings of the team.

use std::{collections::HashMap, ffi::OsString, sync::Arc};

use clio_api::{App, Clio, FileTokenStore, TokenStore};
use clio_core::SystemClock;
use clio_wisetime::{Client, Settings, wire::ManagedConfigRequest};

use crate::{
    args::Args,
    connector::{Hook, Plan},
    trouble::Trouble,
};

/// The team's key at WiseTime.
const API_KEY: &str = "WISETIME_API_KEY";

/// The secret of the app at Clio.
const SECRET: &str = "CLIO_CLIENT_SECRET";

/// By which WiseTime is known when it calls: a random text of ours.
const CALLER_KEY: &str = "WISETIME_CALLER_KEY";

/// What the command line and the environment say.
pub(crate) async fn plan(args: &Args, environment: Vec<(OsString, OsString)>) -> Result<Plan, Trouble> {
    let [api_key, client_secret] = secrets(&environment, [API_KEY, SECRET])?;
    let hook = match &args.webhook {
        Some(url) => {
            let [caller_key] = secrets(&environment, [CALLER_KEY])?;
            Some(Hook { url: url.clone(), caller_key })
        }
        None => None,
    };
    let wisetime = Client::builder(api_key).base(&args.wisetime_url).build()?;
    let settings = settings(args, &wisetime, environment).await?;
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
    let clio = Clio::builder(args.region.clone()).app(App::new(id, client_secret));
    Ok(Plan {
        firm: args.firm.clone(),
        clio: clio.token_store(Arc::new(tokens)).build()?,
        wisetime,
        hook,
        settings,
        state: args.state.clone(),
        clock: Arc::new(SystemClock),
    })
}

/// These secrets; all that are missing are told at once.
fn secrets<const N: usize>(
    environment: &[(OsString, OsString)],
    names: [&str; N],
) -> Result<[String; N], Trouble> {
    let variables: HashMap<&str, &str> =
        environment.iter().filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?))).collect();
    let values = names.map(|name| variables.get(name).map(|value| value.trim()).unwrap_or_default());
    let missing: Vec<&str> =
        names.into_iter().zip(values).filter(|(_, value)| value.is_empty()).map(|(name, _)| name).collect();
    if missing.is_empty() {
        return Ok(values.map(str::to_owned));
    }
    Err(Trouble::new(format!("the environment lacks {}", missing.join(" and "))))
}

/// The team's own settings, and over them what the environment says.
async fn settings(
    args: &Args,
    wisetime: &Client,
    environment: Vec<(OsString, OsString)>,
) -> Result<Settings, Trouble> {
    let settings = if args.unmanaged { Settings::default() } else { of_the_team(wisetime).await? };
    Ok(settings.with_environment(environment)?)
}

/// The settings that an administrator of the team has made at WiseTime. What is none is logged: it may be misspelt.
pub(crate) async fn of_the_team(wisetime: &Client) -> Result<Settings, Trouble> {
    let request = ManagedConfigRequest {
        connector_type: Some("Clio".to_owned()),
        connector_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..ManagedConfigRequest::default()
    };
    let told = wisetime.managed_config(&request).await.map_err(|error| {
        Trouble::new(format!(
            "WiseTime does not tell the team's settings: {error} (with --unmanaged it is not asked)"
        ))
    })?;
    let read = Settings::read(told.connector_configuration)?;
    for name in &read.unknown {
        tracing::warn!(name, "the team has a property that is no setting of this connector");
    }
    Ok(read.settings)
}

#[cfg(test)]
mod tests {
    use clio_fixtures::WiseTimeWorld;

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    fn client(world: &WiseTimeWorld, key: &str) -> Client {
        let base = format!("{}/connect/api", world.host_url());
        Client::builder(key).base(base).transport(world.transport()).build().unwrap()
    }

    #[test]
    fn every_secret_that_is_missing_is_named_and_none_is_shown() {
        let missing = |pairs| {
            let found = secrets(&environment(pairs), [API_KEY, SECRET]);
            found.err().map(|trouble| trouble.to_string())
        };
        assert_eq!(missing(&[(API_KEY, "k"), (SECRET, " s\n")]), None);
        let both = missing(&[("HOME", "/root")]).unwrap();
        assert!(both.contains(API_KEY) && both.contains(SECRET), "{both}");
        let one = missing(&[(API_KEY, "k-1234"), (SECRET, " ")]).unwrap();
        assert!(one.contains(SECRET) && !one.contains(API_KEY) && !one.contains("k-1234"), "{one}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_an_administrator_has_set_counts() {
        let world = WiseTimeWorld::team().configuration("SHOW_CLOSED_CASES", "true").start();
        assert!(of_the_team(&client(&world, &world.api_key())).await.unwrap().show_closed_cases);
        let refused = of_the_team(&client(&world, "wt-wrong")).await.unwrap_err().to_string();
        assert!(refused.contains("--unmanaged") && refused.contains("API key"), "{refused}");
        assert!(!refused.contains("wt-wrong"), "{refused}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_value_ends_the_start() {
        let world = WiseTimeWorld::team().configuration("SHOW_CLOSED_CASES", "perhaps").start();
        let trouble = of_the_team(&client(&world, &world.api_key())).await.unwrap_err();
        assert!(trouble.to_string().contains("SHOW_CLOSED_CASES"));
    }
}
