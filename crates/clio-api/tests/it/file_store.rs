//! The token in a file: private, whole, of one account, and renewed by one process at a time.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use clio_api::{Clock, ErrorKind, FileTokenStore, Secret, Token, TokenStore};
use futures_util::future::{join, join_all, select};
use tempfile::TempDir;

use crate::script::{Answer, Script, TestClock, builder, token_ending_at};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    (folder, path)
}

fn store(path: &PathBuf) -> FileTokenStore {
    FileTokenStore::new(path, "us/acme")
}

fn me() -> Answer {
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#)
}

#[tokio::test]
async fn a_token_comes_back_whole_until_it_is_forgotten() {
    let (_folder, path) = folder();
    let store = store(&path);
    assert_eq!(store.load().await.unwrap(), None);
    let token = token_ending_at(5);
    store.save(&token).await.unwrap();
    store.save(&token).await.unwrap();
    assert_eq!(store.load().await.unwrap(), Some(token));
    store.clear().await.unwrap();
    assert!(!path.exists());
    assert_eq!(store.load().await.unwrap(), None);
    store.clear().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let (folder, _) = folder();
    let store = FileTokenStore::new(folder.path().join("missing/token.json"), "us/acme");
    assert_eq!(store.load().await.unwrap(), None);
    store.clear().await.unwrap();
    assert_eq!(store.save(&token_ending_at(5)).await.unwrap_err().kind(), ErrorKind::TokenStore);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = folder();
    let store = store(&path);
    store.save(&token_ending_at(5)).await.unwrap();
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    let _hold = store.hold().await.unwrap();
    assert_eq!(mode(&path.with_extension("json.lock")), 0o600);

    for open in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
        let before = fs::read(&path).unwrap();
        for error in [
            store.load().await.unwrap_err(),
            store.save(&Token::access_only("new")).await.unwrap_err(),
            store.clear().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::TokenStore);
            assert!(error.message().contains("others"), "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(store.load().await.unwrap().is_some());
}

/// Torn at any byte, or not ours at all: told, shown to nobody, and left as it is.
#[tokio::test]
async fn what_is_not_understood_is_never_written_over() {
    let (_folder, path) = folder();
    let store = store(&path);
    store.save(&Token::access_only("very-secret")).await.unwrap();
    let whole = fs::read(&path).unwrap();
    let mut broken: Vec<Vec<u8>> = (0..whole.len()).map(|length| whole[..length].to_vec()).collect();
    broken.push([whole.as_slice(), b"}"].concat());
    broken.push(b"-----BEGIN OPENSSH PRIVATE KEY-----".to_vec());
    broken.push(whole.repeat(1000));
    broken.push(String::from_utf8(whole.clone()).unwrap().replace("\": 1", "\": 2").into_bytes());
    broken
        .push(String::from_utf8(whole).unwrap().replace("\"very-secret\"", "[\"very-secret\"]").into_bytes());
    for content in broken {
        fs::write(&path, &content).unwrap();
        for error in [
            store.load().await.unwrap_err(),
            store.save(&Token::access_only("new")).await.unwrap_err(),
            store.clear().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::TokenStore);
            assert!(!format!("{error} {error:?}").contains("very-secret"));
        }
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[tokio::test]
async fn two_accounts_are_never_mixed() {
    let (folder, path) = folder();
    let acme = store(&path);
    acme.save(&Token::access_only("acme's")).await.unwrap();
    for other in ["us/other", "eu/acme", ""] {
        let other = FileTokenStore::new(&path, other);
        for error in [
            other.load().await.unwrap_err(),
            other.save(&Token::access_only("other's")).await.unwrap_err(),
            other.clear().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::TokenStore);
            assert!(error.message().contains("another account"), "{error}");
        }
    }
    assert_eq!(acme.load().await.unwrap(), Some(Token::access_only("acme's")));
    let no_file = FileTokenStore::new(folder.path(), "us/acme");
    assert_eq!(no_file.load().await.unwrap_err().kind(), ErrorKind::TokenStore);
}

/// Threads that save and load at once, each through a store of its own, as processes would.
#[test]
fn readers_always_see_one_whole_token() {
    let (folder, path) = folder();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                for at in 0..20 {
                    let text = format!("{writer}-{at}").repeat(50);
                    let (access, refresh) = (Secret::new(text.clone()), Some(Secret::new(text)));
                    let token = Token { access, refresh, expires_at: None };
                    runtime.block_on(store(path).save(&token)).unwrap();
                    let seen = runtime.block_on(store(path).load()).unwrap().unwrap();
                    assert_eq!(Some(seen.access), seen.refresh);
                }
            });
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[tokio::test(start_paused = true)]
async fn fifty_tasks_renew_a_token_in_a_file_once() {
    let (_folder, path) = folder();
    let store = store(&path).clock(Arc::new(TestClock::start()));
    store.save(&token_ending_at(-5)).await.unwrap();
    let mut answers = vec![Answer::token("new", Some("refresh-2")).after(Duration::from_secs(1))];
    answers.extend((0..50).map(|_| me()));
    let script = Script::new(answers);
    let clio = builder(&script).token_store(Arc::new(store.clone())).build().unwrap();
    for result in join_all((0..50).map(|_| clio.users().who_am_i().into_future())).await {
        result.unwrap();
    }
    assert_eq!(script.asked().len(), 51);
    assert_eq!(store.load().await.unwrap().unwrap().refresh, Some(Secret::new("refresh-2")));
}

/// Two clients with nothing in common but the file, where the second refresh with one token would be refused.
#[tokio::test(start_paused = true)]
async fn two_processes_renew_once() {
    let (_folder, path) = folder();
    let clock = Arc::new(TestClock::start());
    let store = || Arc::new(store(&path).clock(clock.clone()));
    store().save(&token_ending_at(-5)).await.unwrap();
    let slow = Answer::token("new", Some("refresh-2")).after(Duration::from_secs(20));
    let script = Script::new([slow, me(), me()]);
    let client = || builder(&script).token_store(store()).build().unwrap();
    let (one, two) = (client(), client());
    let (one, two) = join(one.users().who_am_i().into_future(), two.users().who_am_i().into_future()).await;
    one.unwrap();
    two.unwrap();
    let bearers: Vec<_> = script.bearers().into_iter().flatten().collect();
    assert_eq!(bearers, ["new", "new"]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_hangs_is_not_waited_for_without_end() {
    let (_folder, path) = folder();
    let clock = Arc::new(TestClock::start());
    let store = store(&path).clock(clock.clone());
    store.save(&token_ending_at(-5)).await.unwrap();
    let hanging = store.hold().await.unwrap();
    let script = Script::new([Answer::token("new", None), me()]);
    let clio = builder(&script).token_store(Arc::new(store)).build().unwrap();
    // The tasks of one process do not wait one after the other.
    for result in join_all((0..5).map(|_| clio.users().who_am_i().into_future())).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true));
    }
    assert!((60..62).contains(&clock.monotonic().as_secs()));
    assert!(script.asked().is_empty());
    drop(hanging);
    clio.users().who_am_i().await.unwrap();
}

/// Without a task of its own, a renewal goes on with the next call: until then nobody else may renew.
#[tokio::test(start_paused = true)]
async fn a_dropped_renewal_holds_the_file_until_the_next_call() {
    let (_folder, path) = folder();
    let clock = Arc::new(TestClock::start());
    let store = store(&path).clock(clock.clone());
    store.save(&token_ending_at(-5)).await.unwrap();
    let script = Script::new([Answer::token("new", Some("refresh-2")).after(Duration::from_secs(1)), me()]);
    let clio = builder(&script).token_store(Arc::new(store.clone())).build().unwrap();
    select(clio.users().who_am_i().into_future(), clock.sleep(Duration::from_millis(50))).await;
    assert_eq!(store.hold().await.unwrap_err().kind(), ErrorKind::Timeout);
    clio.users().who_am_i().await.unwrap();
    drop(store.hold().await.unwrap());
    assert_eq!(store.load().await.unwrap().unwrap().refresh, Some(Secret::new("refresh-2")));
}
