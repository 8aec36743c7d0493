//! JSON lines in a file that other programs rotate.

use crate::support::{Server, get, get_with};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, Events};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("events-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn reasons(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a whole line"));
    lines.filter_map(|line| line["reason"].as_str().map(str::to_owned)).collect()
}

async fn arrives(file: &Path, expected: &[&str]) {
    for _ in 0..1000 {
        if reasons(file) == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{}: {:?}, not {expected:?}", file.display(), reasons(file));
}

async fn server(events: &Events) -> Server {
    let events = events.clone();
    Server::with(Algorithm::Ed25519).verifier(move |builder| builder.events(events)).start().await
}

#[tokio::test]
async fn a_file_is_followed_when_it_is_rotated_and_no_line_is_lost() {
    let folder = folder("rotated");
    let (file, old) = (folder.join("auth.jsonl"), folder.join("auth.jsonl.1"));
    let events = Events::builder().file(&file).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    arrives(&file, &["missing_credentials"]).await;
    // As logrotate does it, without a signal.
    fs::rename(&file, &old).unwrap();
    server.exchange(get_with("/me", "garbage")).await;
    arrives(&file, &["malformed_token"]).await;
    arrives(&old, &["missing_credentials"]).await;
    fs::remove_file(&file).unwrap();
    server.exchange(get("/me")).await;
    arrives(&file, &["missing_credentials"]).await;
    assert_eq!(events.dropped(), 0);
}

/// For instance after the process has dropped its privileges. Here a file replaces a folder of the
/// path.
#[tokio::test]
#[cfg(unix)]
async fn events_still_go_to_an_open_file_whose_name_cannot_be_looked_up() {
    let folder = folder("unnamed");
    let (logs, moved) = (folder.join("logs"), folder.join("moved"));
    fs::create_dir_all(&logs).unwrap();
    let events = Events::builder().file(logs.join("auth.jsonl")).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    arrives(&logs.join("auth.jsonl"), &["missing_credentials"]).await;
    fs::rename(&logs, &moved).unwrap();
    // `stat` fails, with another error than that there is no such file.
    fs::write(&logs, "").unwrap();
    server.exchange(get_with("/me", "garbage")).await;
    arrives(&moved.join("auth.jsonl"), &["missing_credentials", "malformed_token"]).await;
    assert_eq!(events.dropped(), 0);
    // The path exists again.
    fs::remove_file(&logs).unwrap();
    fs::create_dir(&logs).unwrap();
    server.exchange(get("/me")).await;
    arrives(&logs.join("auth.jsonl"), &["missing_credentials"]).await;
    assert_eq!(events.dropped(), 0);
}

/// A moved file still has a name, so a reader can find its lines.
#[tokio::test]
#[cfg(unix)]
async fn events_still_go_to_a_moved_file_that_cannot_be_reopened_and_are_dropped_once_it_is_removed() {
    let folder = folder("gone");
    let (file, moved) = (folder.join("auth.jsonl"), folder.join("auth.jsonl.1"));
    let events = Events::builder().file(&file).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    arrives(&file, &["missing_credentials"]).await;
    fs::rename(&file, &moved).unwrap();
    fs::create_dir(&file).unwrap();
    server.exchange(get_with("/me", "garbage")).await;
    arrives(&moved, &["missing_credentials", "malformed_token"]).await;
    assert_eq!(events.dropped(), 0);
    fs::remove_file(&moved).unwrap();
    server.exchange(get("/me")).await;
    for _ in 0..1000 {
        if events.dropped() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(events.dropped(), 1, "no reader can find that line");
}

/// Without a handler, SIGHUP ends the process, which is the test itself.
#[tokio::test]
#[cfg(unix)]
async fn sighup_does_not_end_the_process() {
    let folder = folder("sighup");
    let file = folder.join("auth.jsonl");
    let events = Events::builder().file(&file).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    let mut hup = Command::new("kill");
    hup.args(["-HUP", &std::process::id().to_string()]);
    assert!(test_support::run(hup).status.success());
    server.exchange(get("/me")).await;
    arrives(&file, &["missing_credentials", "missing_credentials"]).await;
}

#[tokio::test]
#[cfg(unix)]
async fn other_users_cannot_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let file = folder("mode").join("auth.jsonl");
    let events = Events::builder().file(&file).unwrap().build().unwrap();
    drop(events);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o007, 0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\"notice\":\"started\"") && text.ends_with("\"notice\":\"stopped\",\"detail\":\"\"}\n"),
        "{text}"
    );
}

#[test]
fn a_file_that_cannot_be_opened_and_a_stream_without_a_sink_are_rejected_at_start() {
    let error = Events::builder().file("/nowhere/auth.jsonl").unwrap_err();
    assert!(
        matches!(error, ConfigError::EventFile { .. }) && error.to_string().contains("/nowhere/auth.jsonl"),
        "{error}"
    );
    let error = Events::builder().build().unwrap_err();
    assert_eq!(error, ConfigError::NoSink);
    assert!(error.to_string().contains(".stderr()") && error.to_string().contains("Events::discard"), "{error}");
}
