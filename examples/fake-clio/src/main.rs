//! A fake Clio on a loopback port, for clients in any language: OAuth with a page of consent, every operation of the API,
//! uploads and webhooks.
//!
//! ```text
//! cargo run -p fake-clio -- --port 4020 --firm 7 --matters 1000
//! curl -H "Authorization: Bearer demo" "http://127.0.0.1:4020/api/v4/matters.json?fields=id,display_number&limit=5"
//! ```
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it says where it listens, or why it does not"
)]

use std::{error::Error, io::Write as _, process::ExitCode};

use clap::Parser;
use clio_fixtures::ClioWorld;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    /// The port of the loopback interface; 0 for any that is free.
    #[arg(long, default_value_t = 4020)]
    port: u16,
    /// The seed that the firm is made from: the same seed gives the same firm.
    #[arg(long, default_value_t = 7)]
    firm: u64,
    /// How many matters the firm has.
    #[arg(long, default_value_t = 50)]
    matters: usize,
    /// How many time entries are there from before.
    #[arg(long, default_value_t = 200)]
    activities: usize,
    /// How many bills are there from before.
    #[arg(long, default_value_t = 12)]
    bills: usize,
    /// How many e-mails and calls are there from before.
    #[arg(long, default_value_t = 20)]
    messages: usize,
    /// Something unknown about Clio, one way or the other: `--knob since_inclusive=false`. `--knobs` lists them.
    #[arg(long = "knob", value_parser = knob, value_name = "NAME=VALUE")]
    knobs: Vec<(String, String)>,
    /// Lists the knobs and ends.
    #[arg(long = "knobs")]
    list_knobs: bool,
    /// A text that is an access token from the start.
    #[arg(long, default_value = "demo")]
    token: Vec<String>,
    /// Calls a token may make in a minute, as Clio counts them; 0 for no limit.
    #[arg(long, default_value_t = 50)]
    rate_limit: u32,
    /// A record with the id 1 in every table, all of its fields filled: for tools that walk over the whole API.
    #[arg(long)]
    one_of_each: bool,
}

fn knob(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a knob is NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.list_knobs {
        for knob in ClioWorld::disputed() {
            println!(
                "{:<28} {:<24} {} ({})",
                knob.name,
                knob.values.join(" | "),
                knob.question,
                knob.sources
            );
        }
        return Ok(());
    }
    let mut firm = ClioWorld::firm(arguments.firm)
        .matters(arguments.matters)
        .activities(arguments.activities)
        .bills(arguments.bills)
        .messages(arguments.messages)
        .rate_limit((arguments.rate_limit > 0).then_some(arguments.rate_limit))
        .consent_page(true);
    if arguments.one_of_each {
        firm = firm.one_of_each();
    }
    for (name, value) in &arguments.knobs {
        firm = firm.knob(name, value)?;
    }
    let world = firm.start();
    for token in &arguments.token {
        world.accept_token(token);
    }
    let served = world.serve_on(arguments.port).await?;
    let (id, secret) = world.app();
    println!("{} is a fake Clio; open it in a browser. Ctrl-C ends it.", served.url());
    println!("API {}/api/v4, token {}", served.url(), arguments.token.join(" "));
    println!("OAuth client id {id}, client secret {secret}");
    std::io::stdout().flush()?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
