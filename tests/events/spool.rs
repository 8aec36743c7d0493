//! Unsent events are kept on disk, for the next run and up to a limit.

use super::collector::{Collector, HEC_TOKEN, attack, counted, folder, is_unique, segments, server};
use auth_runtime::events::Splunk;
use auth_runtime::{ConfigError, Events};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

const BOUND: u64 = 64 * 1024;

fn events(splunk: &Collector, folder: &Path, bound: u64) -> Events {
    let splunk = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(folder, bound);
    Events::builder().splunk(splunk).expect("a sink").build().expect("events")
}

/// Runs a service that is attacked and stopped.
fn run_attacked_service(events: Events, times: u64) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let server = server(&events).await;
        attack(&server, times).await;
    });
    drop(runtime);
    drop(events);
}

#[test]
fn the_next_run_sends_the_events_of_a_service_that_stopped_while_splunk_was_down() {
    let (folder, mut splunk) = (folder("next"), Collector::splunk());
    run_attacked_service(events(&splunk, &folder, 1 << 20), 60);
    run_attacked_service(events(&splunk, &folder, 1 << 20), 60);
    // A line that a crash has cut off.
    let last = segments(&folder).pop().unwrap();
    fs::OpenOptions::new().append(true).open(last).unwrap().write_all(b"{\"id\":\"12-3\",\"at\":17").unwrap();
    splunk.listener.restart();
    let events = events(&splunk, &folder, 1 << 20);
    let runtime = Runtime::new().unwrap();
    runtime.block_on(splunk.accounts_for(361, || events.dropped()));
    assert_eq!(events.dropped(), 1, "the half line");
    let taken = splunk.taken();
    assert!(is_unique(&taken) && counted(&taken).values().all(|count| *count == 120), "{:?}", counted(&taken));
    // Only the rejections, because the notices are written by another thread.
    let refusals = taken.iter().filter(|event| event["reason"].is_string());
    let times: Vec<_> = refusals.map(|event| event["hec"]["time"].as_f64().unwrap()).collect();
    assert!(times.is_sorted(), "in order: {times:?}");
    let notices: Vec<_> = taken.iter().filter_map(|event| event["notice"].as_str()).collect();
    assert_eq!(&notices[..5], ["started", "stopped", "started", "stopped", "started"]);
    assert!(segments(&folder).is_empty());
}

/// A copy of the spool represents a crash at that moment.
#[tokio::test]
async fn the_next_run_sends_the_events_of_a_service_that_crashed_while_splunk_was_down() {
    let (folder, left) = (folder("dies-at-once"), folder("left"));
    let mut splunk = Collector::splunk();
    let first = events(&splunk, &folder, 1 << 20);
    let server = server(&first).await;
    attack(&server, 60).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    fs::create_dir_all(&left).unwrap();
    for segment in segments(&folder) {
        fs::copy(&segment, left.join(segment.file_name().unwrap())).unwrap();
    }
    let elsewhere = Collector::splunk().up();
    let second = events(&elsewhere, &left, 1 << 20);
    elsewhere.accounts_for(180, || second.dropped()).await;
    assert_eq!(second.dropped(), 0);
    // The service that continues still has all of its events.
    splunk.listener.restart();
    splunk.accounts_for(180, || first.dropped()).await;
    assert_eq!(first.dropped(), 0);
}

#[tokio::test]
async fn a_spool_keeps_to_its_limit_and_events_without_room_are_counted() {
    let (folder, mut splunk) = (folder("bound"), Collector::splunk());
    let events = events(&splunk, &folder, BOUND);
    let server = server(&events).await;
    attack(&server, 150).await;
    for _ in 0..500 {
        if events.dropped() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let dropped = events.dropped();
    assert!((50..450).contains(&dropped), "{dropped}");
    let used: u64 = segments(&folder).iter().map(|segment| fs::metadata(segment).unwrap().len()).sum();
    assert!((BOUND / 2..=BOUND).contains(&used), "{used}");
    splunk.listener.restart();
    splunk.accounts_for(450, || events.dropped()).await;
    assert_eq!(events.dropped(), dropped, "all spooled events have arrived");
    // Splunk gets the notice about dropped events too, now that there is room.
    let detail = format!("{dropped} since the start, on their way to Splunk");
    let notice = |event: &serde_json::Value| event["detail"].as_str().is_some_and(|text| text.starts_with(&detail));
    splunk.has(|taken| taken.iter().any(notice)).await;
}

#[test]
#[cfg(unix)]
fn other_users_cannot_read_the_spool() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, splunk) = (folder("private"), Collector::splunk());
    run_attacked_service(events(&splunk, &folder, 1 << 20), 1);
    for path in segments(&folder).iter().chain([&folder]) {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
}

#[test]
fn an_unusable_spool_is_rejected_at_start() {
    let (folder, splunk) = (folder("refused"), Collector::splunk());
    let refused = |folder: &Path, bound| {
        let splunk = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(folder, bound);
        Events::builder().splunk(splunk).expect_err("no sink")
    };
    assert!(matches!(refused(&folder, 1000), ConfigError::OutOfBounds { name: "spool", .. }));
    let here = events(&splunk, &folder, BOUND);
    let error = refused(&folder, BOUND);
    assert!(matches!(error, ConfigError::EventFile { .. }) && error.to_string().contains("another"), "{error}");
    drop(here);
    fs::write(folder.join("file"), "").unwrap();
    assert!(matches!(refused(&folder.join("file"), BOUND), ConfigError::EventFile { .. }));
}

/// The records of a spool are sent as those of the service.
#[test]
#[cfg(unix)]
fn a_spool_that_another_user_could_have_written_is_rejected_with_the_path_and_the_remedy() {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    let (root, splunk) = (folder("planted"), Collector::splunk());
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let spool_of = |name: &str| {
        let folder = root.join(name);
        run_attacked_service(events(&splunk, &folder, 1 << 20), 1);
        assert!(!segments(&folder).is_empty());
        folder
    };
    let refused = |folder: &Path, path: &Path, remedy: &str| {
        let splunk = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(folder, 1 << 20);
        let error = Events::builder().splunk(splunk).expect_err("the spool has another owner");
        assert!(matches!(&error, ConfigError::Spool { path: named, .. } if named == path), "{error:?}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        assert!(error.to_string().contains(remedy), "{error}");
    };
    for writable in [0o770, 0o702, 0o1777] {
        let folder = spool_of(&format!("mode-{writable:o}"));
        mode(&folder, writable);
        refused(&folder, &folder, "chmod 700");
        mode(&folder, 0o700);
        drop(events(&splunk, &folder, 1 << 20));
    }
    let (folder, link) = (spool_of("linked"), root.join("link"));
    symlink(&folder, &link).unwrap();
    refused(&link, &link, "symbolic link");
    refused(&link.join(""), &link, "symbolic link");

    let segment = segments(&folder).remove(0);
    mode(&segment, 0o620);
    refused(&folder, &segment, "chmod 600");
    mode(&segment, 0o600);
    drop(events(&splunk, &folder, 1 << 20));
    let planted = folder.join("00000000000000009999.jsonl");
    symlink(root.join("anywhere"), &planted).unwrap();
    refused(&folder, &planted, "regular file");
    fs::remove_file(&planted).unwrap();
    fs::create_dir(&planted).unwrap();
    refused(&folder, &planted, "regular file");
    fs::remove_dir(&planted).unwrap();
    let lock = folder.join("lock");
    fs::remove_file(&lock).unwrap();
    symlink(root.join("created"), &lock).unwrap();
    refused(&folder, &lock, "regular file");
    assert!(!root.join("created").exists(), "a link was followed");
    fs::remove_file(&lock).unwrap();

    // Only root can give a file away.
    if chown(&segment, Some(65_534), None).is_ok() {
        refused(&folder, &segment, "chown");
        chown(&segment, Some(0), None).unwrap();
        chown(&folder, Some(65_534), None).unwrap();
        refused(&folder, &folder, "chown");
        chown(&folder, Some(0), None).unwrap();
    }
    drop(events(&splunk, &folder, 1 << 20));
    assert!(
        !fs::read_dir(&folder).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("owner"))
    );
}
