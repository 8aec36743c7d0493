//! One JSON object a line, written by a thread of its own: a pipe that nobody reads must not stop the service.

use super::{AuthEvent, EventSink, Notice};
use serde::Serialize;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many lines may wait; at some 400 bytes each, below 2 MB.
const QUEUE: usize = 4096;

/// How long the lines that still wait may take when the last verifier is gone.
const FLUSH: Duration = Duration::from_secs(2);

pub(super) struct JsonLines {
    /// `None` only while it is dropped.
    lines: Option<SyncSender<Vec<u8>>>,
    lost: Arc<AtomicU64>,
    /// Closed by the thread when it has written everything.
    written: Mutex<Receiver<()>>,
}

impl JsonLines {
    pub(super) fn new(writer: impl Write + Send + 'static) -> Self {
        let (lines, queue) = sync_channel(QUEUE);
        let (done, written) = channel();
        let lost = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&lost);
        // If there is no thread to be had, the queue is closed, and every event counts as lost.
        let _ = std::thread::Builder::new().name("auth-events".to_owned()).spawn(move || {
            let _done = done;
            write_all(&queue, writer, &counter);
        });
        Self { lines: Some(lines), lost, written: Mutex::new(written) }
    }
}

impl JsonLines {
    fn line(&self, content: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(content)?;
        line.push(b'\n');
        let taken = self.lines.as_ref().map(|lines| lines.try_send(line));
        if !matches!(taken, Some(Ok(()))) {
            // P7: what finds no room is counted, and the count is written when there is some.
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl EventSink for JsonLines {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.line(event)
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        self.line(notice)
    }

    fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

fn write_all(queue: &Receiver<Vec<u8>>, mut writer: impl Write, lost: &AtomicU64) {
    let mut said = 0;
    while let Ok(line) = queue.recv() {
        if writer.write_all(&line).and_then(|()| writer.flush()).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
        let known = lost.load(Ordering::Relaxed);
        if known > said {
            let line = format!("{{\"schema\":{},\"reason\":\"events_lost\",\"lost\":{known}}}\n", AuthEvent::SCHEMA);
            if writer.write_all(line.as_bytes()).and_then(|()| writer.flush()).is_ok() {
                said = known;
            }
        }
    }
}

/// Waits, for a while, until what was recorded is written.
impl Drop for JsonLines {
    fn drop(&mut self) {
        self.lines = None;
        // Nothing is ever sent: it ends when the thread does.
        let _ = self.written.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(FLUSH);
    }
}

#[cfg(test)]
mod tests {
    use crate::events::{AuthEvent, Events, Occasion};
    use crate::rejection::{Refusal, Rejection};
    use std::io::{self, Write};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};

    /// Takes lines only when it is told to, as a pipe does that somebody reads now and then.
    struct Pipe {
        go: Receiver<()>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // When the other end is gone, everything is let through.
            let _ = self.go.recv();
            self.taken.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe() -> (Events, Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (reader, go) = channel();
        let taken = Arc::new(Mutex::new(Vec::new()));
        (Events::writer(Pipe { go, taken: Arc::clone(&taken) }), reader, taken)
    }

    fn event() -> AuthEvent {
        let occasion = Occasion::new(&"issuer".into(), &"audience".into(), None);
        AuthEvent::refused(Refusal::from(Rejection::MissingCredentials), &occasion)
    }

    #[test]
    fn a_pipe_that_nobody_reads_stops_nobody_and_what_is_lost_is_counted() {
        let (events, reader, taken) = pipe();
        for _ in 0..10_000 {
            events.record(&event());
        }
        let lost = events.lost();
        assert!((10_000 - 4_096 - 1..=10_000 - 4_096).contains(&lost), "{lost}");
        drop(reader);
        drop(events);
        let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("missing_credentials").count() as u64 + lost, 10_000);
        assert!(text.contains(&format!(r#""reason":"events_lost","lost":{lost}"#)));
    }

    #[test]
    fn what_was_recorded_is_written_before_the_last_handle_is_gone() {
        let (events, reader, taken) = pipe();
        drop(reader);
        events.record(&event());
        drop(events);
        assert!(taken.lock().unwrap().ends_with(b"}\n"));
    }
}
