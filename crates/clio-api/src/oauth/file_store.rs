//! A token in a file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use clio_core::{Clock, Error, ErrorKind, Hold, SystemClock, Token, TokenStore};
use fs4::TryLockError;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// How long another process may hold the file: longer than a renewal takes, whose exchange ends after 30 seconds.
const PATIENCE: Duration = Duration::from_secs(60);

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Whatever is larger is no file of ours.
const MOST: u64 = 64 * 1024;

/// A token store that is one file, which only its owner may read (mode 0600 on Unix).
///
/// ```
/// use clio_api::{FileTokenStore, Token, TokenStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clio_api::Error> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("acme.json");
/// let store = FileTokenStore::new(path, "us/acme-law");
/// assert_eq!(store.load().await?, None);
/// store.save(&Token::access_only("secret")).await?;
/// # Ok(())
/// # }
/// ```
///
/// - **It is whole or not there.** A new token is written beside the old file, made durable, and put in its place in one
///   step. Whatever crashes, the file holds the old token or the new one. A crash in between leaves a file
///   `.NAME.*.tmp` behind, which is as private as the token's own; [`clear`](TokenStore::clear) takes it away.
/// - **It belongs to one account.** The name that [`new`](Self::new) is given stands in the file. A file of another
///   account is neither read nor written. Which Clio account a person really signed in to, only
///   `clio.users().who_am_i()` can tell.
/// - **It touches no file that it does not understand**, nor, on Unix, one that others may read or write: that is an
///   error, and the file stays as it is. Elsewhere, who may read a file is for the folder to say.
/// - **Processes take turns.** Around a renewal the client holds a lock on `NAME.lock`, a file that stays. The lock is
///   advisory and ends with its process. To put another token there while clients run, [`hold`](TokenStore::hold) the
///   store, then save. Some network file systems have no such locks. Who does not get the lock within a minute fails with
///   [`ErrorKind::Timeout`]. That happens when a process hangs, and when it drops a call that is renewing the token and
///   makes no other: see [`Hold`].
///
/// The token is not encrypted. Files are read and written where the methods are called, not on another thread: a few
/// milliseconds, once in the life of a token.
#[derive(Debug, Clone)]
pub struct FileTokenStore {
    path: PathBuf,
    account: String,
    clock: Arc<dyn Clock>,
}

/// What is in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    clio_token_file: u32,
    account: String,
    token: Token,
}

/// The layout of the file.
const LAYOUT: u32 = 1;

impl FileTokenStore {
    /// The file at `path`, whose folder is there already. `account` is any name that you have for the account, such as
    /// `us/acme-law`. Touches nothing yet.
    pub fn new(path: impl Into<PathBuf>, account: impl Into<String>) -> Self {
        Self { path: path.into(), account: account.into(), clock: Arc::new(SystemClock) }
    }

    /// Waits by this clock for other processes. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where the token is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The token in the file; `None` without a file.
    fn read(&self) -> Result<Option<Token>, Error> {
        // Before it is opened: a pipe would wait for somebody to write.
        match fs::metadata(&self.path) {
            Ok(about) if about.is_file() => {}
            Ok(_) => return Err(self.refused("is no file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("cannot be looked at", error)),
        }
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("cannot be opened", error)),
        };
        self.must_be_private(&file)?;
        let mut text = Vec::new();
        let read = (&file).take(MOST + 1).read_to_end(&mut text);
        read.map_err(|error| self.failed("cannot be read", error))?;
        // What serde says of it could quote a token.
        let content: Content = serde_json::from_slice(&text).map_err(|_| {
            self.refused("is no token file, or not a whole one: move it away, and authorise again")
        })?;
        if content.clio_token_file != LAYOUT {
            return Err(self.refused("was written by another version of this library"));
        }
        if content.account != self.account {
            return Err(self.refused("holds the token of another account"));
        }
        Ok(Some(content.token))
    }

    #[cfg(unix)]
    fn must_be_private(&self, file: &File) -> Result<(), Error> {
        use std::os::unix::fs::PermissionsExt;
        let about = file.metadata().map_err(|error| self.failed("cannot be looked at", error))?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(self.refused(
                "can be read or written by others: make it private (chmod 600), or move it away and authorise again",
            ));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Unix")]
    fn must_be_private(&self, _: &File) -> Result<(), Error> {
        Ok(())
    }

    /// The new content, durable, beside the file that it will replace.
    fn write_beside(&self, token: &Token) -> Result<NamedTempFile, Error> {
        let failed = |error| self.failed("cannot be written", error);
        let content =
            Content { clio_token_file: LAYOUT, account: self.account.clone(), token: token.clone() };
        let text = serde_json::to_vec_pretty(&content).map_err(|error| failed(error.into()))?;
        // tempfile makes files that only the owner may read.
        let mut beside = tempfile::Builder::new()
            .prefix(&self.prefix()?)
            .suffix(SUFFIX)
            .tempfile_in(self.folder())
            .map_err(failed)?;
        beside.write_all(&text).map_err(failed)?;
        beside.as_file().sync_all().map_err(failed)?;
        Ok(beside)
    }

    fn put_in_place(&self, beside: NamedTempFile) -> Result<(), Error> {
        beside.persist(&self.path).map_err(|error| self.failed("cannot be replaced", error.error))?;
        self.sync_folder()
    }

    /// The name of the file is durable only with its folder.
    fn sync_folder(&self) -> Result<(), Error> {
        if cfg!(unix) {
            let synced = File::open(self.folder()).and_then(|folder| folder.sync_all());
            synced.map_err(|error| self.failed("is in a folder that cannot be made durable", error))?;
        }
        Ok(())
    }

    /// What crashes have left behind.
    fn remove_leftovers(&self) -> Result<(), Error> {
        let failed = |error| self.failed("has leftovers that cannot be removed", error);
        let prefix = self.prefix()?;
        for entry in fs::read_dir(self.folder()).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let is_ours =
                name.to_str().is_some_and(|name| name.starts_with(&prefix) && name.ends_with(SUFFIX));
            if is_ours {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    fn prefix(&self) -> Result<String, Error> {
        let name = self.path.file_name().and_then(|name| name.to_str());
        Ok(format!(".{}.", name.ok_or_else(|| self.refused("has no name in Unicode"))?))
    }

    /// The lock, if nobody has it.
    fn try_lock(&self) -> Result<Option<File>, Error> {
        let failed = |error| self.failed("has a lock file that cannot be locked", error);
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(failed)?;
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::new(ErrorKind::TokenStore, format!("the token file {} {why}", self.path.display()))
    }

    fn failed(&self, why: &str, error: io::Error) -> Error {
        self.refused(why).with_source(error)
    }
}

const SUFFIX: &str = ".tmp";

#[async_trait]
impl TokenStore for FileTokenStore {
    async fn load(&self) -> Result<Option<Token>, Error> {
        self.read()
    }

    async fn save(&self, token: &Token) -> Result<(), Error> {
        // What cannot be read, or is another's, is not written over.
        self.read()?;
        self.put_in_place(self.write_beside(token)?)
    }

    async fn clear(&self) -> Result<(), Error> {
        if self.read()?.is_some() {
            fs::remove_file(&self.path).map_err(|error| self.failed("cannot be removed", error))?;
        }
        if !self.folder().exists() {
            return Ok(());
        }
        self.remove_leftovers()?;
        self.sync_folder()
    }

    async fn hold(&self) -> Result<Hold, Error> {
        let end = self.clock.monotonic().saturating_add(PATIENCE);
        loop {
            if let Some(locked) = self.try_lock()? {
                return Ok(Hold::by(locked));
            }
            if self.clock.monotonic() >= end {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    format!("another process has held the token file {} for too long", self.path.display()),
                ));
            }
            self.clock.sleep(LOOK_AGAIN).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crash_before_the_replacement_leaves_the_old_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileTokenStore::new(folder.path().join("token.json"), "us/acme");
        store.save(&Token::access_only("old")).await.unwrap();
        let before = fs::read(store.path()).unwrap();
        // A process that dies here cleans nothing up.
        let (_, left_behind) = store.write_beside(&Token::access_only("new")).unwrap().keep().unwrap();

        assert_eq!(fs::read(store.path()).unwrap(), before);
        let store = FileTokenStore::new(store.path(), "us/acme");
        assert_eq!(store.load().await.unwrap(), Some(Token::access_only("old")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(left_behind.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        store.save(&Token::access_only("newer")).await.unwrap();
        assert_eq!(store.load().await.unwrap(), Some(Token::access_only("newer")));
        assert!(left_behind.exists(), "another process may be writing it right now");
        store.clear().await.unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
