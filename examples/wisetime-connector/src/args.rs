//! What the command line may say. Secrets come from the environment: a command line is seen by everybody on the machine.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use clio_api::Region;
use tracing_subscriber::filter::LevelFilter;

/// Keeps WiseTime and Clio in step until it is told to stop (ctrl-c or SIGTERM): Clio's matters become WiseTime's tags, and
/// posted time becomes time entries.
///
/// From the environment: WISETIME_API_KEY is the team's key, CLIO_CLIENT_SECRET the secret of the app, and with --webhook
/// WISETIME_CALLER_KEY a long random text, by which WiseTime is known when it calls. The settings
/// SHOW_CLOSED_CASES, ADD_SUMMARY_TO_NARRATIVE and ACTIVITY_TYPES_NON_BILLABLE are those of the team at WiseTime, unless the
/// environment has them.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// The key of the app at Clio.
    #[arg(long, value_name = "KEY", required_unless_present = "demo")]
    pub(crate) client_id: Option<String>,

    /// Where the Clio account lives: us, ca, eu, au, or an address.
    #[arg(long, default_value = "us", value_name = "REGION")]
    pub(crate) region: Region,

    /// The file with the token, as `oauth-login` leaves it. It is renewed there.
    #[arg(long, default_value = "clio-token.json", value_name = "FILE")]
    pub(crate) token_file: PathBuf,

    /// WiseTime's Connect API.
    #[arg(long, default_value = "https://wisetime.com/connect/api", value_name = "URL")]
    pub(crate) wisetime_url: String,

    /// Have WiseTime call this address for each group that is posted, in place of the long poll. It has to lead to /wisetime
    /// at the address of --health.
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,

    /// Do not ask WiseTime for the team's settings: the environment has them, or they have their defaults.
    #[arg(long)]
    pub(crate) unmanaged: bool,

    /// What the engine remembers. Keep it: with a new one, what was posted before may be posted again.
    #[arg(long, default_value = "wisetime-connector.sqlite", value_name = "FILE")]
    pub(crate) state: PathBuf,

    /// The name under which the firm stands in the state file.
    #[arg(long, default_value = "firm", value_name = "NAME")]
    pub(crate) firm: String,

    /// Where GET /health is answered, and with --webhook POST /wisetime. Keep it on this machine, or behind a proxy.
    #[arg(long, default_value = "127.0.0.1:8089", value_name = "ADDRESS")]
    pub(crate) health: SocketAddr,

    /// How much is logged: off, error, warn, info, debug or trace.
    #[arg(long, default_value = "info", value_name = "LEVEL")]
    pub(crate) log: LevelFilter,

    /// A day at a firm and a team that are none, in virtual time: it writes nowhere, and ends by itself.
    #[arg(long, conflicts_with_all = ["client_id", "region", "token_file", "wisetime_url", "webhook", "unmanaged", "state", "firm", "health"])]
    pub(crate) demo: bool,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("wisetime-connector").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_app_or_a_demonstration_is_named() {
        assert_eq!(parse("").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
        assert!(parse("--demo").unwrap().demo);
        assert!(parse("--demo --log warn").is_ok());
        for account in [
            "--client-id k",
            "--state s.sqlite",
            "--region eu",
            "--health 127.0.0.1:1",
            "--unmanaged",
            "--webhook https://a.test",
        ] {
            assert_eq!(parse(&format!("--demo {account}")).unwrap_err().kind(), ErrorKind::ArgumentConflict);
        }
    }

    #[test]
    fn all_but_the_app_has_a_default() {
        let args = parse("--client-id k").unwrap();
        assert_eq!(args.region, Region::Us);
        assert_eq!((args.health.to_string().as_str(), args.firm.as_str()), ("127.0.0.1:8089", "firm"));
        assert!(!args.unmanaged && !args.demo);
        let args = parse("--client-id k --region eu --health [::1]:9 --log off --state /var/lib/x").unwrap();
        assert_eq!((args.region, args.log), (Region::Eu, LevelFilter::OFF));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in ["--region mars", "--health here", "--log loud", "--api-key secret"] {
            assert!(parse(&format!("--client-id k {line}")).is_err(), "{line}");
        }
    }
}
