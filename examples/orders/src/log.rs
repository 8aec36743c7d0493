//! Writes lines for the operator to stderr.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::LazyLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How many lines may wait while stderr is not read. More are dropped, so that requests do not
/// wait.
const WAITING: usize = 64;
/// How long the last line may take.
const LAST: Duration = Duration::from_secs(1);

type Line = (String, SyncSender<()>);

/// A thread of its own, because a write to a pipe that is not read blocks forever.
static LINES: LazyLock<Option<SyncSender<Line>>> = LazyLock::new(|| {
    let (lines, waiting) = sync_channel::<Line>(WAITING);
    let writer = move || {
        for (line, written) in waiting {
            // Not `eprintln!`, because it panics when stderr is closed.
            let _ = writeln!(io::stderr(), "orders: {line}");
            let _ = written.send(());
        }
    };
    thread::Builder::new().name("log".to_owned()).spawn(writer).is_ok().then_some(lines)
});

/// Writes a line, without waiting for it.
pub fn log(line: impl Display) {
    let _ = send(line);
}

/// Writes the last line of a process, and waits for it briefly.
pub fn log_last(line: impl Display) {
    if let Some(written) = send(line) {
        let _ = written.recv_timeout(LAST);
    }
}

fn send(line: impl Display) -> Option<std::sync::mpsc::Receiver<()>> {
    let (written, wait) = sync_channel(1);
    LINES.as_ref()?.try_send((line.to_string(), written)).ok().map(|()| wait)
}
