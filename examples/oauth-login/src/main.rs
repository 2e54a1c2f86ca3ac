//! Authorises at Clio from a terminal. Run it with `cargo run -q -p oauth-login`, and read [`story`] from top to bottom.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program for people at a terminal")]

mod args;
mod demo;

use std::{process::ExitCode, time::Duration};

use args::Args;
use clap::Parser;
use clio_api::{
    App, Clio, Error, ErrorKind, FileTokenStore, LoopbackReceiver, OAuth, Region, Selection, Token,
    TokenStore,
};
use demo::Demo;
use futures_util::future::join;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

/// How long a person has for Clio's page.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(Debug, Selection)]
#[clio(object = "User")]
struct Me {
    name: String,
    email: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match story(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oauth-login: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn story(args: &Args) -> Result<(), Error> {
    let own = args.app()?;
    let demo = if own.is_none() { Some(Demo::start().await?) } else { None };
    let (region, app) = match (&demo, own) {
        (Some(demo), _) => (demo.region()?, demo.app()),
        (None, Some(app)) => (args.region.clone(), app),
        (None, None) => return Err(Error::new(ErrorKind::Configuration, "there is no app")),
    };
    let file = args.token_file.clone().or_else(|| demo.as_ref().map(Demo::token_file));
    // One file an account. The name of the region keeps the token of one from being used in another.
    let store = FileTokenStore::new(file.unwrap_or_else(|| "clio-token.json".into()), region.to_string());
    let file = store.path().display().to_string();

    if store.load().await?.is_none() {
        if args.deauthorise && demo.is_none() {
            return Err(Error::new(ErrorKind::TokenStore, format!("there is no token in {file}")));
        }
        let token = if args.paste {
            by_paste(&region, &app).await?
        } else {
            by_loopback(args, &region, &app, demo.as_ref()).await?
        };
        store.save(&token).await?;
        println!("Authorised. The token is in {file}, which only you may read.");
    }

    // From here on the client renews the token by itself, and saves it.
    let clio = Clio::builder(region.clone()).app(app.clone()).token_store(std::sync::Arc::new(store.clone()));
    let clio = clio.build()?;
    let me = clio.users().who_am_i().select::<Me>().await?;
    println!("You are {} <{}>.", me.name, me.email);

    if args.deauthorise {
        // Clio wants an access token that lives: it was used a moment ago.
        if let Some(token) = store.load().await? {
            OAuth::native(region, app).deauthorise(&token).await?;
        }
        store.clear().await?;
        println!("The access was given back, and {file} is gone.");
    }
    Ok(())
}

/// Clio sends the browser back to a port of this machine.
async fn by_loopback(args: &Args, region: &Region, app: &App, demo: Option<&Demo>) -> Result<Token, Error> {
    let usual = if demo.is_some() { "http://127.0.0.1:0/callback" } else { "http://127.0.0.1:8765/callback" };
    let redirect = args.redirect_uri.as_deref().unwrap_or(usual);
    let receiver = LoopbackReceiver::bind(redirect).await?;
    let oauth = OAuth::new(region.clone(), app.clone(), receiver.redirect_uri())?;
    let begun = oauth.begin();
    println!("Open this address in a browser:\n\n    {}\n", begun.url);
    let waiting = receiver.wait(&begun, PATIENCE);
    let callback = match demo {
        None => waiting.await?,
        Some(demo) => {
            let (callback, consented) = join(waiting, demo.consent(&begun.url)).await;
            consented.and(callback)?
        }
    };
    oauth.finish(&begun, &callback).await
}

/// Clio shows a page with a code.
async fn by_paste(region: &Region, app: &App) -> Result<Token, Error> {
    let oauth = OAuth::native(region.clone(), app.clone());
    let begun = oauth.begin();
    println!("Open this address in a browser:\n\n    {}\n", begun.url);
    println!("Then paste the code that Clio shows, or the address of that page:");
    let pasted = BufReader::new(stdin()).lines().next_line().await;
    let pasted =
        pasted.map_err(|e| Error::new(ErrorKind::Authorisation, "nothing was pasted").with_source(e))?;
    oauth.finish_pasted(&begun, &pasted.unwrap_or_default()).await
}
