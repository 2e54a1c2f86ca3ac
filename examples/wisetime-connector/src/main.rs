//! A WiseTime connector for Clio that runs until it is told to stop: `cargo run -p wisetime-connector -- --help`.
//!
//! Read [`connector`] first: it is the whole of a connector. [`accounts`] finds keys and settings, [`server`] answers
//! whoever watches over the program, and WiseTime where it calls, [`stop`] ends it, and [`demo`] puts fakes and people in the place of the world.

mod accounts;
mod args;
mod connector;
mod demo;
mod health;
mod server;
mod stop;
mod totals;
mod trouble;

use std::process::ExitCode;

use args::Args;
use clap::Parser;
use connector::Connector;
use server::Server;
use tokio::runtime::Builder;
use tracing_subscriber::filter::LevelFilter;
use trouble::Trouble;

fn main() -> ExitCode {
    let args = Args::parse();
    log(args.log);
    match start(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            tracing::error!(reason = %trouble, "the connector ends");
            ExitCode::FAILURE
        }
    }
}

/// One line of JSON an event, on standard error: standard output belongs to the demonstration.
fn log(level: LevelFilter) {
    tracing_subscriber::fmt().json().with_max_level(level).with_writer(std::io::stderr).init();
}

/// Answers whether all is well.
fn start(args: &Args) -> Result<bool, Trouble> {
    // In the demonstration time stands still until everybody waits, and then jumps.
    let runtime = Builder::new_current_thread().enable_all().start_paused(args.demo).build();
    let runtime = runtime.map_err(|error| Trouble::new(format!("no runtime: {error}")))?;
    runtime.block_on(async { if args.demo { demo::run().await } else { serve(args).await.map(|()| true) } })
}

/// The connector between two real accounts, until the program is told to stop.
async fn serve(args: &Args) -> Result<(), Trouble> {
    let plan = accounts::plan(args, std::env::vars_os().collect()).await?;
    let connector = Connector::start(plan).await?;
    let server = Server::listen(args.health, &connector).await?;
    connector.subscribe().await?;
    tracing::info!(health = %server.address(), "the connector serves");
    tokio::select! {
        result = connector.serve(stop::asked()) => result,
        result = server.serve() => result,
    }
}
