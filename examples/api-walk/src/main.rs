//! Calls every operation of Clio's API once, through its typed method, with every parameter, every member of its body and
//! every field: for whoever runs a proxy, a mock or a recording of Clio and wants to know what it does not do.
//!
//! ```text
//! cargo run -p api-walk -- --base-url http://127.0.0.1:4010 [--only GROUP] [--token T]
//! ```
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

#[allow(clippy::pedantic, clippy::too_many_lines, reason = "generated")]
mod generated;
mod walk;

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Parser;
use clio_api::{Amount, Clio, Error, Json, Region, Token};

use walk::Calls;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    /// The address that the paths of the API are appended to, as it is: `https://app.clio.com/api/v4`.
    #[arg(long)]
    base_url: String,
    /// Only the operations of this group: `matters`.
    #[arg(long)]
    only: Option<String>,
    /// The access token.
    #[arg(long, default_value = "token")]
    token: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let arguments = Arguments::parse();
    let region = Region::custom_api(&arguments.base_url)?;
    let clio = Clio::builder(region).token(Token::access_only(arguments.token)).build()?;
    let mut calls = Calls::default();
    generated::every(&clio, &mut calls);
    let (mut called, mut failed, mut decoded) = (0, 0, 0);
    for call in calls.0 {
        if arguments.only.as_ref().is_some_and(|group| *group != call.operation.group) {
            continue;
        }
        called += 1;
        match call.sending.await {
            Ok(fields) => {
                decoded += fields;
                println!("{:<45} {} {fields} fields", call.operation.id, call.operation.success);
            }
            Err(error) => {
                failed += 1;
                println!("{:<45} {error}", call.operation.id);
            }
        }
    }
    println!("{called} operations called, {failed} failed, {decoded} fields decoded");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn amount() -> Amount {
    "1.5".parse().unwrap_or_default()
}

fn date() -> NaiveDate {
    NaiveDate::default()
}

fn moment() -> DateTime<Utc> {
    DateTime::default()
}

/// An object with an id: what stands where Clio's document leaves the shape of a member open.
fn json() -> Json {
    Json::Object(vec![("id".to_owned(), Json::Number("1".into()))])
}
