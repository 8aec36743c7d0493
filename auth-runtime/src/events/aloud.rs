//! What must be heard although the stream itself is what fails.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long whoever says something waits until it is said.
const PATIENCE: Duration = Duration::from_millis(250);
/// How many may still wait for a reader. There is no use in more of them.
const MOST: usize = 8;

static SPEAKING: AtomicUsize = AtomicUsize::new(0);

/// To stderr, and where the service's other diagnostics go: nobody knows which of the two is looked at.
///
/// P7: from a thread of its own. A pipe that nobody reads must keep neither a page from the next target nor a service
/// from its end.
pub(super) fn aloud(what: &str) {
    let speaking = Speaking::begin();
    if speaking.of > MOST {
        return;
    }
    let what = what.to_owned();
    let diagnostics = tracing::dispatcher::get_default(Clone::clone);
    let (done, said) = channel::<()>();
    let speaker = std::thread::Builder::new().name("auth-aloud".to_owned()).spawn(move || {
        let _both = (speaking, done);
        // Not `eprintln!`: it panics when stderr is gone.
        let _ = writeln!(std::io::stderr(), "auth-runtime: {what}");
        tracing::dispatcher::with_default(&diagnostics, || tracing::error!(target: "auth_events", "{what}"));
    });
    if speaker.is_ok() {
        let _ = said.recv_timeout(PATIENCE);
    }
}

struct Speaking {
    of: usize,
}

impl Speaking {
    fn begin() -> Self {
        Self { of: SPEAKING.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

/// Also when a subscriber panics.
impl Drop for Speaking {
    fn drop(&mut self) {
        SPEAKING.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::aloud;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Diagnostics into a pipe that nobody reads, until its other end is dropped.
    struct Stuck(Mutex<Receiver<()>>);

    impl Subscriber for Stuck {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, _: &Event<'_>) {
            let _ = self.0.lock().unwrap().recv();
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn diagnostics_that_nobody_reads_stop_nobody_who_says_something() {
        let (reader, pipe) = channel();
        let (done, said) = channel::<()>();
        std::thread::spawn(move || {
            tracing::subscriber::with_default(Stuck(Mutex::new(pipe)), || {
                aloud("this is a test");
                aloud("this is one too");
            });
            drop(done);
        });
        let outcome = said.recv_timeout(Duration::from_secs(5));
        drop::<std::sync::mpsc::Sender<()>>(reader);
        assert_eq!(outcome, Err(std::sync::mpsc::RecvTimeoutError::Disconnected), "it waits for a reader");
    }
}
