//! Opening a file: nothing is changed before it is known to be ours, sound, and of a known version.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clio_core::{Clock, SystemClock};
use clio_sync::{Error, ErrorKind, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, config::DbConfig};

use crate::{SqliteStore, error::store_error, store::Place};

/// Marks a file as ours in SQLite's `application_id`: "CLIO".
const APPLICATION_ID: i32 = 0x434C_494F;

/// What leads from each version of the schema to the next, the first from an empty file. What was released stays as it is:
/// a change is a new one.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_links.sql"),
    include_str!("migrations/0003_mirror.sql"),
    include_str!("migrations/0004_connections.sql"),
];

/// The version of the schema that this library writes.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a handful")]
const VERSION: i32 = MIGRATIONS.len() as i32;

/// The first SQLite without the defect that loses commits when a write-ahead log is reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How many statements are kept ready: more than all verbs together have. With fewer, those of a run would drive each other
/// out.
const STATEMENTS: usize = 200;

/// How to open a store. Made by [`SqliteStore::options`].
#[derive(Debug, Clone)]
pub struct Options {
    clock: Arc<dyn Clock>,
    inline: bool,
    busy: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), inline: false, busy: Duration::from_secs(5) }
    }
}

impl Options {
    /// Takes the store's time from this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Calls SQLite on the calling thread, not on tokio's threads for blocking work: for virtual time, which would run
    /// ahead while another thread works.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// Waits this long for a lock of another program. 5 seconds by default.
    #[must_use]
    pub fn busy_timeout(mut self, busy: Duration) -> Self {
        self.busy = busy;
        self
    }

    /// Opens the file, creating it if there is none.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::StoreNewer`]: a newer version of this library wrote it;
    /// - [`ErrorKind::StoreLocked`]: another program holds its lock;
    /// - [`ErrorKind::StoreReadOnly`]: it, or its folder, cannot be written;
    /// - [`ErrorKind::StoreFull`] and [`ErrorKind::StoreIo`]: its disk has no room for a new file, or fails;
    /// - [`ErrorKind::StoreDamaged`]: it is damaged, or not a state file of ours;
    /// - [`ErrorKind::Configuration`]: its name is empty or begins with a colon: that would be no file to SQLite.
    ///
    /// In each case the file is as it was.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore> {
        let path = path.as_ref();
        let connection = self.connect(path).map_err(|error| named(path, &error))?;
        // The working directory may change while the store is open.
        let place = Place {
            path: std::path::absolute(path).map_err(|error| read_only().with_source(error))?,
            busy: self.busy,
        };
        Ok(SqliteStore::new(connection, place, self.clock, self.inline))
    }

    fn connect(&self, path: &Path) -> Result<Connection> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            let message =
                format!("SQLite {} may lose commits; 3.51.3 or newer is needed", rusqlite::version());
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        // SQLite would keep such a store in memory, or in a file that it removes at the end.
        if path.as_os_str().is_empty() || path.as_os_str().as_encoded_bytes().starts_with(b":") {
            let message = "SQLite has a meaning of its own for this name: name a file";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(PathBuf::from);
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(Error::new(ErrorKind::StoreReadOnly, "its folder does not exist: create it first"));
        }
        let exists = create_private(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(store_error)?;
        connection.busy_timeout(self.busy).map_err(store_error)?;
        // Until we know that the file is ours, closing it must not move a write-ahead log into it. Without a log, though,
        // closing has to remove the empty one that SQLite makes for reading.
        let keep_log = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        connection.set_db_config(keep_log, has_log(path)).map_err(store_error)?;
        if connection.is_readonly("main").map_err(store_error)? {
            return Err(read_only());
        }
        check_version(&mut connection)?;
        if exists {
            check_sound(&connection, "quick_check")?;
        }
        use_log(&connection)?;
        for (name, value) in [
            ("synchronous", "FULL"),
            // Without it a Mac answers before the disk has it; elsewhere it means nothing.
            ("fullfsync", "ON"),
            ("foreign_keys", "OFF"),
            // What is dropped is of clients: it must not stay in the free parts of the file.
            ("secure_delete", "ON"),
        ] {
            connection.pragma_update(None, name, value).map_err(store_error)?;
        }
        migrate(&mut connection)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Not before: a migration may have to make a table anew that others refer to.
        connection.pragma_update(None, "foreign_keys", "ON").map_err(store_error)?;
        connection.set_db_config(keep_log, false).map_err(store_error)?;
        Ok(connection)
    }
}

/// The same error, with the file's name.
pub(crate) fn named(path: &Path, error: &Error) -> Error {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let named = Error::new(error.kind(), format!("{}: {error}", path.display()));
    match cause {
        Some(cause) => named.with_source(cause),
        None => named,
    }
}

pub(crate) fn read_only() -> Error {
    let message =
        "the state file cannot be written: allow writing to it and to its folder, or name another place";
    Error::new(ErrorKind::StoreReadOnly, message)
}

fn newer(version: i32) -> Error {
    let message = format!(
        "a newer version of this software wrote the state file (version {version}, this one knows {VERSION}): update this software"
    );
    Error::new(ErrorKind::StoreNewer, message)
}

fn foreign() -> Error {
    Error::new(ErrorKind::StoreDamaged, "this is not a state file of clio-sync: name another file")
}

/// The file will hold client data: nobody but its owner gets to read it. Answers whether it had content already.
///
/// A file that exists is left to SQLite. On unix, closing any handle to it would take away the locks that other stores
/// of this process have on it.
fn create_private(path: &Path) -> Result<bool> {
    // Or the lock of another thread, which finds the file and locks it before it is closed here.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    match std::fs::metadata(path) {
        Ok(file) => return Ok(file.len() > 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(read_only().with_source(error)),
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(false),
        // Another process was first. Whatever it has written by now is of our making or looked at below.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(true),
        Err(error) => Err(read_only().with_source(error)),
    }
}

/// Whether the file is empty or ours, and of a version that this library knows.
pub(crate) fn check_version(connection: &mut Connection) -> Result<()> {
    // One transaction, or it could see a file halfway to being ours while another process makes it.
    let transaction = connection.transaction().map_err(store_error)?;
    let number =
        |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(store_error);
    let tables: i64 = transaction
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(store_error)?;
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION_ID, version) if version > VERSION => Err(newer(version)),
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) if tables == 0 => Ok(()),
        _ => Err(foreign()),
    }
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// Others may be opening the new file at the same time. SQLite does not wait for them here.
const TRIES: u32 = 100;

fn use_log(connection: &Connection) -> Result<()> {
    let mut tries = 0;
    let mode: String = loop {
        tries += 1;
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            Err(error) if tries < TRIES && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                // This one does wait.
                connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK").map_err(store_error)?;
            }
            mode => break mode.map_err(store_error)?,
        }
    };
    // SQLite does not complain when it has no write-ahead log, as on some file systems: it says which mode it kept.
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    let message = "SQLite cannot keep a write-ahead log in this place: name a file on a local disk";
    Err(Error::new(ErrorKind::Store, message).with_source(format!("journal_mode is {mode}")))
}

/// By SQLite's `quick_check` or `integrity_check`.
pub(crate) fn check_sound(connection: &Connection, check: &str) -> Result<()> {
    let told: String = connection.pragma_query_value(None, check, |row| row.get(0)).map_err(store_error)?;
    if told == "ok" {
        return Ok(());
    }
    let message = "the state file is damaged: restore it from a backup";
    Err(Error::new(ErrorKind::StoreDamaged, message).with_source(told))
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    let version: i32 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(store_error)?;
    // Another process may have done it since it was looked at, with a newer version of this library even.
    if version > VERSION {
        return Err(newer(version));
    }
    let done = usize::try_from(version).map_err(|_| foreign())?;
    if done < MIGRATIONS.len() {
        for step in &MIGRATIONS[done..] {
            transaction.execute_batch(step).map_err(store_error)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(store_error)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(store_error)?;
    }
    transaction.commit().map_err(store_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("firm.sqlite");
        for _new_or_not in 0..2 {
            let connection = Options::default().connect(&path).unwrap();
            let number =
                |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).unwrap();
            assert_eq!(number("synchronous"), 2, "FULL");
            assert_eq!(number("fullfsync"), 1);
            assert_eq!(number("foreign_keys"), 1);
            assert_eq!(number("secure_delete"), 1);
        }
    }
}
