//! What the command line may say.

use std::path::PathBuf;

use clap::Parser;

/// Posts a fixed day of WiseTime groups to Clio, dies in the middle, starts again, and counts what Clio has in the end.
///
/// Without options everything happens on this machine, against fakes of Clio and WiseTime.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// The root of a Clio host, such as `https://app.clio.com`, in place of the fake. The day IS WRITTEN to that account.
    #[arg(long, value_name = "URL", requires = "token")]
    pub(crate) clio_url: Option<String>,

    /// An access token for that host.
    #[arg(long, value_name = "TOKEN", requires = "clio_url")]
    pub(crate) token: Option<String>,

    /// Where the engine keeps its state. With --clio-url, a second run with the same file posts nothing again. Default: a
    /// file that is gone at the end.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
}

impl Args {
    /// The Clio host that the user named, with the token for it.
    pub(crate) fn clio(&self) -> Option<(&str, &str)> {
        self.clio_url.as_deref().zip(self.token.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("quickstart").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn an_address_and_a_token_go_together() {
        assert_eq!(parse("").unwrap().clio(), None);
        let both = parse("--clio-url https://app.clio.com --token t --state s.sqlite").unwrap();
        assert_eq!(both.clio(), Some(("https://app.clio.com", "t")));
        for half in ["--clio-url https://app.clio.com", "--token t"] {
            assert_eq!(parse(half).unwrap_err().kind(), clap::error::ErrorKind::MissingRequiredArgument);
        }
    }
}
