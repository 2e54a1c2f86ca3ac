//! Calls every operation of Clio's API once, through its typed method, with every parameter, every member of its body and
//! every field: for whoever runs a proxy, a mock or a recording of Clio and wants to know what it does not do.
//!
//! ```text
//! cargo run -p api-walk -- --base-url http://127.0.0.1:4010 [--only GROUP] [--token T]
//! cargo run -p api-walk -- --dry-run [--only GROUP]
//! cargo run -p api-walk -- --fields
//! ```
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::{error::Error, process::ExitCode};

use api_walk::{recorder, walk};
use clap::Parser;
use clio_api::{Clio, Region, Token};

#[derive(Parser)]
#[command(about)]
struct Arguments {
    /// The address that the paths of the API are appended to, as it is: `https://app.clio.com/api/v4`.
    #[arg(long, required_unless_present_any = ["dry_run", "fields"])]
    base_url: Option<String>,
    /// Only the operations of this group: `matters`.
    #[arg(long)]
    only: Option<String>,
    /// The access token.
    #[arg(long, default_value = "token")]
    token: String,
    /// Send nothing; print the requests, a line of JSON each.
    #[arg(long, conflicts_with = "base_url")]
    dry_run: bool,
    /// Send nothing; print the fields that can be asked for, a line of JSON an object.
    #[arg(long, conflicts_with_all = ["base_url", "dry_run", "only"])]
    fields: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.fields {
        for object in recorder::fields() {
            println!("{}", serde_json::to_string(&object)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let only = arguments.only.as_deref();
    let Some(base_url) = arguments.base_url else {
        for request in recorder::requests(only).await? {
            println!("{}", serde_json::to_string(&request)?);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let region = Region::custom_api(&base_url)?;
    let clio = Clio::builder(region).token(Token::access_only(arguments.token)).build()?;
    let total = walk::walk(&clio, only, |outcome| println!("{outcome}")).await;
    println!("{total}");
    Ok(if total.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
