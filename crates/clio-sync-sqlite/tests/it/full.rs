//! A disk that is full, or does not let the file grow, in the middle of a run. Each case runs in a process of its own,
//! because the limit is the process's.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use clio_sync::ErrorKind;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::world::{FLOW, World};

/// Tells the child what to do, and where. Without it the test that is the child's program does nothing.
const LIMIT: &str = "CLIO_SYNC_SQLITE_FULL_TEST_LIMIT";
const FOLDER: &str = "CLIO_SYNC_SQLITE_FULL_TEST_FOLDER";

/// The room that is left when a run begins, in KiB: enough for ever more of its steps.
const ROOM: [u64; 12] = [0, 4, 16, 40, 64, 100, 150, 220, 300, 450, 700, 1000];

/// What keeps the file from growing.
enum Limit {
    /// The process may write no larger files. SQLite says that the disk failed.
    Files(u64),
    /// The disk is filled by another file.
    Disk(PathBuf),
}

impl Limit {
    /// Leaves so much room.
    fn set(&self, room: u64, store: &Path) {
        match self {
            Self::Files(_) => {
                let log = fs::metadata(log_of(store)).map_or(0, |log| log.len());
                Self::files(log + room);
            }
            Self::Disk(ballast) => {
                // In small pieces, until nothing more fits; then some of it is given back.
                let mut file = File::create(ballast).unwrap();
                let mut written = 0;
                while file.write_all(&[0; 4096]).is_ok() {
                    written += 4096;
                }
                file.set_len(written - room).unwrap();
            }
        }
    }

    fn lift(&self) {
        match self {
            Self::Files(before) => Self::files(*before),
            Self::Disk(ballast) => fs::remove_file(ballast).unwrap(),
        }
    }

    fn files(most: u64) {
        let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
        setrlimit(Resource::RLIMIT_FSIZE, most.min(hard), hard).unwrap();
    }
}

fn log_of(store: &Path) -> PathBuf {
    let mut log = store.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// The program of the child.
#[tokio::test(start_paused = true)]
async fn child() {
    let Ok(limit) = std::env::var(LIMIT) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let (limit, expected) = match limit.as_str() {
        "files" => {
            let (before, _) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
            (Limit::Files(before), ErrorKind::StoreIo)
        }
        _ => (Limit::Disk(folder.join("ballast")), ErrorKind::StoreFull),
    };
    let mut broken_off = 0;
    for room in ROOM {
        let what = format!("{room} KiB of room");
        let world = World::with(25);
        let path = folder.join(format!("{room}.sqlite"));
        let store = world.open(&path);
        let firm = world.firm(&store);
        limit.set(room * 1024, &path);
        let error = firm.run(FLOW).await.expect_err(&what);
        assert_eq!(error.kind(), expected, "{what}: {error:?}");
        assert!(!error.is_retryable(), "somebody has to make room");
        let board = world.board().len();
        for _ in 0..2 {
            assert_eq!(firm.run(FLOW).await.expect_err(&what).kind(), expected, "{what}");
        }
        assert!(world.board().len() <= board + 1, "{what}: what cannot be recorded is not sent");
        broken_off += usize::from(board > 0);
        limit.lift();
        firm.run_to_rest(FLOW).await.unwrap();
        world.assert_posted_once(&what);
        store.check().await.unwrap();
        drop((firm, store));
        fs::remove_file(&path).unwrap();
    }
    assert!(broken_off > 3, "some were broken off in the middle: {broken_off}");
    println!("all went well");
}

/// Runs the child by this shell command, in which `"$@"` is the child.
fn run(script: &str, limit: &str, folder: &Path) {
    let child = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "full::child", "--nocapture", "--test-threads=1"])
        .env(LIMIT, limit)
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && out.contains("all went well"), "{out}{err}");
}

#[test]
fn a_disk_that_does_not_let_the_file_grow() {
    let folder = tempfile::tempdir().unwrap();
    // Without the signal, the write fails.
    run("trap '' XFSZ; exec \"$@\"", "files", folder.path());
}

/// On a small disk in memory, which Linux gives to anybody in a namespace of his own, where that is allowed.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size=6m tmpfs \"${FOLDER}\"");
    let allowed = Command::new("unshare")
        .args(["-rm", "sh", "-c", &mount])
        .env(FOLDER, folder.path())
        .stderr(std::process::Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        println!("skipped: this user may not make namespaces; see `full_disk` among the unit tests");
        return;
    }
    run(&format!("exec unshare -rm sh -c '{mount} && exec \"$@\"' sh \"$@\""), "disk", folder.path());
}
