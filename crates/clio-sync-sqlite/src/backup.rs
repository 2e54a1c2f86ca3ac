//! Copies of the file, and looking through it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use clio_sync::{Error, ErrorKind, Result};
use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};
use tempfile::TempPath;

use crate::{
    SqliteStore,
    error::store_error,
    open::{check_sound, check_version, named, read_only},
};

impl SqliteStore {
    /// Copies the store to this file, which only its owner may read. Engines go on writing meanwhile: the copy is the store
    /// as it was when copying began.
    ///
    /// The copy is made under another name in the same folder, looked through, and only then given its name, in place of a
    /// file that had it: a copy that was broken off never has it. What is left of one after a crash begins with
    /// `.clio-backup-`.
    ///
    /// A store that is put back from a copy knows nothing of what was written since: not of writes that were sent, either,
    /// so that an engine would send them again. Say so first, by [`Firm::recover`](clio_sync::Firm::recover) with the time of
    /// the copy.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Configuration`]: the name is that of a store which is open, or was when its program ended;
    /// - [`ErrorKind::StoreFull`]: there is no room for the copy;
    /// - [`ErrorKind::StoreReadOnly`]: the folder is missing, or cannot be written;
    /// - [`ErrorKind::StoreDamaged`]: the store is damaged, and so its copy would be;
    /// - [`ErrorKind::StoreLocked`]: another program keeps everybody from reading it.
    ///
    /// In each case a file of that name is as it was.
    pub async fn backup_to(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref().to_owned();
        self.beside(move |store| copy(store, &path).map_err(|error| named(&path, &error))).await
    }

    /// Looks through the whole file: every page, every index against its table, every rule of the schema. Opening a file
    /// only looks at its pages. Engines go on writing meanwhile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::StoreDamaged`] with the first thing that is wrong as its source, or what keeps the file from being
    /// read.
    pub async fn check(&self) -> Result<()> {
        self.beside(|store| {
            check_sound(store, "integrity_check")?;
            let strays: i64 = store
                .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
                .map_err(store_error)?;
            if strays == 0 {
                return Ok(());
            }
            let message = "the state file is damaged: restore it from a backup";
            Err(Error::new(ErrorKind::StoreDamaged, message)
                .with_source(format!("{strays} rows belong to rows that are missing")))
        })
        .await
    }
}

fn copy(store: &Connection, path: &Path) -> Result<()> {
    if in_use(path) {
        let message = "a store of this name is open, or was when its program ended: name another file";
        return Err(Error::new(ErrorKind::Configuration, message));
    }
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err(read_only()),
    };
    let part = private_file(folder)?;
    fill(store, &part)?;
    part.persist(path).map_err(|error| read_only().with_source(error.error))?;
    sync_folder(folder).map_err(|error| read_only().with_source(error))
}

/// SQLite's own files beside a database: replacing the database under them would spoil both.
fn in_use(path: &Path) -> bool {
    ["-wal", "-journal", "-shm"].iter().any(|suffix| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        PathBuf::from(beside).exists()
    })
}

/// tempfile makes files that only their owner may read, and removes them if nothing comes of them.
fn private_file(folder: &Path) -> Result<TempPath> {
    tempfile::Builder::new()
        .prefix(".clio-backup-")
        .suffix(".part")
        .tempfile_in(folder)
        .map(tempfile::NamedTempFile::into_temp_path)
        .map_err(|error| {
            if error.kind() == io::ErrorKind::StorageFull {
                return Error::new(ErrorKind::StoreFull, "the disk is full: free some space")
                    .with_source(error);
            }
            read_only().with_source(error)
        })
}

fn fill(store: &Connection, part: &Path) -> Result<()> {
    let mut copy = Connection::open(part).map_err(store_error)?;
    copy.pragma_update(None, "synchronous", "FULL").map_err(store_error)?;
    // All pages in one step: one read transaction, which sees nothing of what is written meanwhile.
    let step = Backup::new(store, &mut copy).and_then(|backup| backup.step(-1)).map_err(store_error)?;
    if step != StepResult::Done {
        let message = "the state file is locked by another program: close it there, then try again";
        return Err(Error::new(ErrorKind::StoreLocked, message));
    }
    // One file, without a log beside it that somebody might forget to take along.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(store_error)?;
    check_version(&mut copy)?;
    check_sound(&copy, "quick_check")?;
    copy.close().map_err(|(_, error)| store_error(error))
}

/// The new name, too, has to outlive a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
