//! Writes diagnostics about the event stream itself to stderr and to `tracing`, without blocking
//! the caller.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::Dispatch;

/// How long a caller may block until its message is written.
const PATIENCE: Duration = Duration::from_millis(250);
/// How many messages may wait for one outlet.
const QUEUE: usize = 32;
/// How many characters of one message are written.
const MAX_MESSAGE: usize = 2000;

static STDERR: Outlet = Outlet::new("auth-stderr", to_stderr);
static TRACING: Outlet = Outlet::new("auth-tracing", to_tracing);

/// Writes a line to stderr and an event to `tracing`, because an operator may read only one of
/// them.
///
/// P7: each has a thread of its own, so a pipe that is never read delays neither a page nor the end
/// of the process.
pub(super) fn report(message: &str) {
    let sent = send(message);
    let limit = Instant::now() + PATIENCE;
    for (outlet, written) in sent {
        outlet.wait(&written, limit);
    }
}

/// Waits until all reports are written, at most until `limit`, because the process may end next.
pub(super) fn flush(limit: Instant) {
    for outlet in [&STDERR, &TRACING] {
        let _ = outlet.drained().map(|drained| drained.recv_timeout(limit.saturating_duration_since(Instant::now())));
    }
}

/// Queues a message for both outlets before any wait, so that a stuck one does not delay the other.
fn send(message: &str) -> Vec<(&'static Outlet, Receiver<()>)> {
    let text = escaped(message, MAX_MESSAGE, &['"', '\'', '\\']);
    let dispatch = tracing::dispatcher::get_default(Clone::clone);
    let sent = [&STDERR, &TRACING].map(|outlet| outlet.send(&text, &dispatch).map(|written| (outlet, written)));
    sent.into_iter().flatten().collect()
}

/// Quotes, escapes and bounds text that another system chose, for a log line.
#[cfg_attr(not(any(test, feature = "otlp", feature = "splunk")), expect(dead_code, reason = "network sinks quote"))]
pub(super) fn quoted(text: &str, most: usize) -> String {
    format!("\"{}\"", escaped(text, most, &['\'']))
}

/// Escapes control, format and bidirectional characters.
///
/// They could forge a second line or hide a part of this one.
fn escaped(text: &str, most: usize, as_they_are: &[char]) -> String {
    let mut line = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == most {
            line.push_str("..");
            break;
        }
        if as_they_are.contains(&character) {
            line.push(character);
        } else {
            line.extend(character.escape_debug());
        }
    }
    line
}

/// One destination of messages, and the thread that writes them.
struct Outlet {
    name: &'static str,
    write: fn(&str, &Dispatch),
    queue: Mutex<Option<SyncSender<Message>>>,
    /// Set while a write takes longer than a caller may wait. The next callers then do not wait.
    stuck: AtomicBool,
    dropped: AtomicU64,
}

struct Message {
    /// `None` marks a message that is only waited for.
    text: Option<(String, Dispatch)>,
    /// Dropped once the message is written.
    _written: Sender<()>,
}

impl Outlet {
    const fn new(name: &'static str, write: fn(&str, &Dispatch)) -> Self {
        Self { name, write, queue: Mutex::new(None), stuck: AtomicBool::new(false), dropped: AtomicU64::new(0) }
    }

    fn send(&'static self, text: &str, dispatch: &Dispatch) -> Option<Receiver<()>> {
        let (written, wait) = channel();
        let message = Message { text: Some((text.to_owned(), dispatch.clone())), _written: written };
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.is_none() {
            *queue = self.start();
        }
        if queue.as_ref().is_some_and(|queue| queue.try_send(message).is_ok()) {
            return Some(wait);
        }
        // P7: a diagnostic that is dropped is counted, and the next one that is written gives the
        // number.
        self.dropped.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Waits until the message is written, but only if the one before it was written in time.
    fn wait(&self, written: &Receiver<()>, limit: Instant) {
        if !self.stuck.load(Ordering::Relaxed) {
            let outcome = written.recv_timeout(limit.saturating_duration_since(Instant::now()));
            self.stuck.store(outcome == Err(RecvTimeoutError::Timeout), Ordering::Relaxed);
        }
    }

    /// Returns a receiver that ends when the queue is written.
    ///
    /// `None` if nothing was ever written, or if the queue is full.
    fn drained(&self) -> Option<Receiver<()>> {
        let (written, wait) = channel();
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref()?.try_send(Message { text: None, _written: written }).ok().map(|()| wait)
    }

    fn start(&'static self) -> Option<SyncSender<Message>> {
        let (queue, messages) = sync_channel::<Message>(QUEUE);
        let thread = std::thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            for message in messages {
                let Some((text, dispatch)) = &message.text else { continue };
                let dropped = self.dropped.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    self.write_caught(&format!("{dropped} diagnostics were dropped"), dispatch);
                }
                self.write_caught(text, dispatch);
                self.stuck.store(false, Ordering::Relaxed);
            }
        });
        thread.is_ok().then_some(queue)
    }

    /// A subscriber that panics must not end the thread.
    fn write_caught(&self, text: &str, dispatch: &Dispatch) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.write)(text, dispatch)));
    }
}

fn to_stderr(text: &str, _: &Dispatch) {
    // Not `eprintln!`: it panics when stderr is closed.
    let _ = writeln!(std::io::stderr(), "auth-runtime: {text}");
}

fn to_tracing(text: &str, dispatch: &Dispatch) {
    tracing::dispatcher::with_default(dispatch, || tracing::error!(target: "auth_events", "{text}"));
}

#[cfg(test)]
mod tests {
    use super::{Outlet, QUEUE, quoted, report};
    use std::fmt::{Debug, Write};
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::{Duration, Instant};
    use tracing::field::Field;
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Dispatch, Event, Metadata, Subscriber};

    /// A subscriber that gives each event to a function.
    struct OnEvent<F>(F);

    impl<F: Fn(&Event<'_>) + Send + Sync + 'static> Subscriber for OnEvent<F> {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            self.0(event);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn a_subscriber_that_blocks_does_not_block_the_caller() {
        let (reader, pipe) = channel();
        let (done, reported) = channel::<()>();
        std::thread::spawn(move || {
            // It blocks until the other end of its channel is dropped.
            let pipe: Mutex<Receiver<()>> = Mutex::new(pipe);
            let stuck = OnEvent(move |_: &Event<'_>| {
                let _ = pipe.lock().unwrap().recv();
            });
            tracing::subscriber::with_default(stuck, || {
                (0..QUEUE * 3).for_each(|_| report("this is a test"));
            });
            drop(done);
        });
        let outcome = reported.recv_timeout(Duration::from_secs(10));
        drop::<Sender<()>>(reader);
        assert_eq!(outcome, Err(std::sync::mpsc::RecvTimeoutError::Disconnected), "the caller is blocked");
    }

    #[test]
    fn a_diagnostic_goes_to_tracing_too() {
        let (sender, texts) = channel();
        let collecting = Dispatch::new(OnEvent(move |event: &Event<'_>| {
            let mut text = event.metadata().target().to_owned();
            event.record(&mut |_: &Field, value: &dyn Debug| write!(text, " {value:?}").unwrap());
            let _ = sender.send(text);
        }));
        let limit = Instant::now() + Duration::from_secs(60);
        // If another test has filled the queue, the first line is the number of dropped ones.
        let text = loop {
            assert!(Instant::now() < limit, "no event");
            tracing::dispatcher::with_default(&collecting, || report("a test of both outlets"));
            match texts.recv_timeout(Duration::from_millis(100)) {
                Ok(text) if text.contains("a test of both outlets") => break text,
                _ => {}
            }
        };
        assert!(text.starts_with("auth_events "), "{text}");
    }

    #[test]
    fn dropped_diagnostics_are_counted_and_the_count_is_written() {
        static WRITTEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        static GATE: Mutex<()> = Mutex::new(());
        static OUTLET: Outlet = Outlet::new("test", |text, _| {
            let _open = GATE.lock();
            WRITTEN.lock().unwrap().push(text.to_owned());
        });
        let closed = GATE.lock().unwrap();
        let sent = (0..QUEUE + 11).filter(|_| OUTLET.send("m", &Dispatch::none()).is_some()).count();
        drop(closed);
        let last = loop {
            if let Some(last) = OUTLET.send("last", &Dispatch::none()) {
                break last;
            }
        };
        assert!(last.recv_timeout(Duration::from_secs(10)).is_err());
        let written = WRITTEN.lock().unwrap();
        let dropped = written.iter().filter_map(|line| line.strip_suffix(" diagnostics were dropped"));
        let dropped: usize = dropped.map(|number| number.parse::<usize>().unwrap()).sum();
        assert!(dropped >= QUEUE + 11 - sent && dropped > 0, "{written:?}");
    }

    #[test]
    fn foreign_text_cannot_forge_a_line_or_grow_without_bound() {
        let hostile = "busy\r\nauth-runtime: all is well\u{1b}[2J\u{202e}\u{200b}\0\\n";
        let shown = quoted(hostile, 100);
        assert!(shown.chars().all(|character| character.is_ascii_graphic() || character == ' '), "{shown}");
        assert!(shown.starts_with("\"busy\\r\\nauth-runtime"), "{shown}");
        assert_eq!(quoted(&"é".repeat(500), 3), "\"ééé..\"");
    }
}
