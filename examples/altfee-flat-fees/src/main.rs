//! AltFee's projects become flat fees in Clio, are billed, and come back: the nine steps of AltFee's article.
//!
//! ```text
//! cargo run -q -p altfee-flat-fees
//! ```
//!
//! Read [`steps`] from top to bottom. [`office`] is where both systems stand, and the witness who counts.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program for people at a terminal")]

mod office;
mod steps;

use std::process::ExitCode;

use office::Office;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match story().await {
        Ok(()) => {
            println!("\n9 steps, AltFee and Clio agree to the cent");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("altfee-flat-fees: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn story() -> office::Result<()> {
    let office = Office::open().await?;
    steps::access(&office).await?;
    let matter = steps::new_matter(&office).await?;
    steps::scope_and_price(&office, &matter).await?;
    let clio_matter = steps::choose_matter(&office, &matter).await?;
    steps::connect(&office, &matter, clio_matter).await?;
    steps::see_in_clio(&office, &matter).await?;
    let bill = steps::bill(&office, &matter, clio_matter).await?;
    steps::follow_status(&office, &matter).await?;
    steps::disconnect_and_again(&office, &matter, clio_matter, bill).await
}
