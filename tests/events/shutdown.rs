//! P7: a process ends within ten seconds whatever its sinks, its pager and its stderr do.
//!
//! It also checks that the process reports the number of dropped events.

use super::collector::folder;
use crate::support::Listener;
use axum::Router;
use http::StatusCode;
use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The promised limit. A process that takes longer is killed, and the test fails.
const LIMIT: Duration = Duration::from_secs(10);
/// The limit for everything before the end, because a loaded machine may start a process slowly.
const START: Duration = Duration::from_secs(60);
/// How many processes run in parallel; they mostly wait.
const AT_A_TIME: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stderr {
    Read,
    /// A pipe that is full from the start.
    Unread,
    Closed,
}

const STDERRS: [Stderr; 3] = [Stderr::Read, Stderr::Unread, Stderr::Closed];

pub(super) struct Ended {
    rejected: u64,
    pub(super) stderr: String,
}

impl Ended {
    /// Returns how many events it has dropped, by its last message on stderr.
    fn dropped(&self) -> Option<u64> {
        let (_, end) = self.stderr.rsplit_once("the event stream has ended: ")?;
        end.split(' ').next()?.parse().ok()
    }
}

/// Kills the process when the test panics.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes a pipe for the process, and the end that is kept open or read.
fn pipe(stderr: Stderr) -> (Stdio, Option<PipeReader>) {
    const CAPACITY: usize = 64 * 1024;
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    match stderr {
        Stderr::Read => (writer.into(), Some(reader)),
        Stderr::Unread => {
            writer.write_all(&vec![b'x'; CAPACITY]).expect("an empty pipe");
            (writer.into(), Some(reader))
        }
        Stderr::Closed => (writer.into(), None),
    }
}

pub(super) fn run(sinks: &[String], stderr: Stderr) -> Ended {
    let (write, reader) = pipe(stderr);
    let mut command = Command::new(env!("CARGO_BIN_EXE_events-probe"));
    let mut process = Running(command.args(sinks).stdout(Stdio::piped()).stderr(write).spawn().expect("a process"));
    // The command holds a copy of the writing end, which must be dropped for the reader to end.
    drop(command);
    let (kept, read) = match (stderr, reader) {
        (Stderr::Read, Some(mut reader)) => {
            let read = std::thread::spawn(move || {
                let mut text = Vec::new();
                let _ = reader.read_to_end(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            });
            (None, Some(read))
        }
        (_, reader) => (reader, None),
    };
    let rejected = first_line(process.0.stdout.take().expect("a pipe"));
    let what = format!("{sinks:?}, stderr {stderr:?}");
    let started = Instant::now();
    while !rejected.is_finished() {
        assert!(started.elapsed() < START, "the process has not begun to end: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
    let rejected = rejected.join().expect("a number").unwrap_or_else(|| panic!("the process has not started: {what}"));
    let ending = Instant::now();
    let status = loop {
        if let Some(status) = process.0.try_wait().expect("a process") {
            break status;
        }
        assert!(ending.elapsed() < LIMIT, "the process did not end within {LIMIT:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{status}: {what}");
    drop(kept);
    Ended { rejected, stderr: read.map(|read| read.join().expect("a reader")).unwrap_or_default() }
}

fn first_line(stdout: impl Read + Send + 'static) -> JoinHandle<Option<u64>> {
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        line.trim().parse().ok()
    })
}

/// Runs each case in a process of its own. A case that fails does not hide the others.
fn run_all(cases: Vec<(Vec<String>, Stderr)>, check: impl Fn(&[String], Stderr, &Ended) + Sync) {
    let (cases, failures) = (Mutex::new(cases), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((sinks, stderr)) = { cases.lock().unwrap().pop() } {
                    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        check(&sinks, stderr, &run(&sinks, stderr));
                    }));
                    if outcome.is_err() {
                        failures.lock().unwrap().push(format!("{sinks:?}, stderr {stderr:?}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Receivers that take no events: unreachable, silent and busy.
struct Receivers {
    silent: TcpListener,
    busy: Listener,
}

impl Receivers {
    fn start() -> Self {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let mut busy = Listener::of(Router::new().fallback(|| async { StatusCode::SERVICE_UNAVAILABLE }));
        busy.restart();
        Self { silent, busy }
    }

    fn urls(&self) -> [String; 3] {
        let unreachable = Listener::down().url("/");
        // The system accepts connections to `silent`, and there is never a response.
        [unreachable, format!("http://{}/", self.silent.local_addr().expect("an address")), self.busy.url("/")]
    }
}

#[test]
fn a_process_ends_in_time_whatever_the_network_sinks_and_stderr_do_and_counts_what_it_drops() {
    let receivers = Receivers::start();
    let mut cases = Vec::new();
    for stderr in STDERRS {
        for url in receivers.urls() {
            cases.push((vec![format!("splunk={url}")], stderr));
            cases.push((vec![format!("otlp={url}")], stderr));
        }
    }
    run_all(cases, |_, stderr, ended| {
        if stderr == Stderr::Read {
            // All rejections, and the notices that the stream has started and stopped.
            assert_eq!(ended.dropped(), Some(ended.rejected + 2), "{}", ended.stderr);
        }
    });
}

#[test]
fn a_process_ends_in_time_whatever_the_pager_and_stderr_do_and_counts_the_pages_it_drops() {
    let (receivers, folder) = (Receivers::start(), folder("shutdown-pager"));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: usize| format!("file={}", folder.join(format!("{name}.jsonl")).display());
    let mut cases = Vec::new();
    for stderr in STDERRS {
        for url in receivers.urls() {
            cases.push((vec![file(cases.len()), format!("pager={url}")], stderr));
        }
        cases.push((vec![file(cases.len()), "command=1000".to_owned()], stderr));
    }
    run_all(cases, |_, stderr, ended| {
        if stderr == Stderr::Read {
            assert!(ended.stderr.contains("pages were dropped at the end"), "{}", ended.stderr);
            assert_eq!(ended.dropped(), None, "nothing but pages: {}", ended.stderr);
        }
    });
}

#[test]
fn a_process_ends_in_time_whatever_its_own_sinks_do() {
    let receivers = Receivers::start();
    let faults = [
        "record-blocks",
        "record-panics",
        "record-fails",
        "record-is-slow",
        "notice-blocks",
        "dropped-blocks",
        "dropped-panics",
        "flush-blocks",
        "flush-panics",
        "drop-blocks",
    ];
    let mut cases = Vec::new();
    for stderr in STDERRS {
        cases.extend(faults.iter().map(|fault| (vec![format!("custom={fault}")], stderr)));
        cases.push((vec!["writer".to_owned()], stderr));
        cases.push((vec!["stderr".to_owned()], stderr));
        let [unreachable, silent, busy] = receivers.urls();
        let pager = format!("pager={busy}");
        cases.push((
            vec!["stderr".to_owned(), format!("splunk={unreachable}"), format!("otlp={silent}"), pager],
            stderr,
        ));
    }
    run_all(cases, |sinks, stderr, ended| {
        if stderr == Stderr::Read && sinks.len() == 1 {
            let expected = match sinks[0].as_str() {
                // It takes the notice of the start.
                "custom=record-blocks" => Some(ended.rejected),
                // It does not take that notice either.
                "writer" | "custom=notice-blocks" => Some(ended.rejected + 1),
                "stderr" | "custom=dropped-panics" | "custom=flush-panics" => None,
                _ => return,
            };
            assert_eq!(ended.dropped(), expected, "{sinks:?}: {}", ended.stderr);
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_or_unwritable_spool_ends_in_time_and_events_without_room_are_counted() {
    let (receivers, folder) = (Receivers::start(), folder("shutdown-spool"));
    let cases = STDERRS.into_iter().flat_map(|stderr| {
        let spool = |(index, url)| format!("spool={url},{}", folder.join(format!("{stderr:?}-{index}")).display());
        let cases: Vec<_> =
            receivers.urls().into_iter().enumerate().map(spool).map(|sink| (vec![sink], stderr)).collect();
        cases
    });
    run_all(cases.collect(), |sinks, stderr, ended| {
        let (_, folder) = sinks[0].split_once(',').unwrap();
        let kept = super::collector::segments(folder.as_ref());
        let kept: Vec<_> = kept.iter().map(|segment| std::fs::read_to_string(segment).unwrap()).collect();
        let kept = kept.iter().flat_map(|text| text.lines()).map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let event = &record["event"];
            if event["notice"] == "events_dropped" { 0 } else { event["suppressed"].as_u64().unwrap_or(1) }
        });
        let kept: u64 = kept.sum();
        if stderr == Stderr::Read {
            assert!(kept > 0, "nothing is kept: {}", ended.stderr);
            assert_eq!(kept + ended.dropped().unwrap_or_default(), ended.rejected + 2, "{}", ended.stderr);
        }
    });
}
