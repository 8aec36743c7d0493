//! Runs background threads, which can be waited for with a limit.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A background thread. Dropping it detaches the thread.
pub(crate) struct Thread {
    /// Carries nothing. It is disconnected when the thread has ended, also by a panic.
    ended: Mutex<Receiver<()>>,
}

/// The thread has not ended in time. It is abandoned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StillRunning;

impl Thread {
    pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (running, ended) = channel::<()>();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _running = running;
            work();
        })?;
        Ok(Self { ended: Mutex::new(ended) })
    }

    /// P7: never `JoinHandle::join`, which has no limit: a sink, a disk or a pipe may block for
    /// ever.
    pub(crate) fn wait_until(&self, limit: Instant) -> Result<(), StillRunning> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        match ended.recv_timeout(limit.saturating_duration_since(Instant::now())) {
            Err(RecvTimeoutError::Timeout) => Err(StillRunning),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{StillRunning, Thread};
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    #[test]
    fn a_thread_that_does_not_end_is_waited_for_until_the_limit() {
        let (release, gate) = channel::<()>();
        let thread = Thread::spawn("test", move || assert!(gate.recv().is_err())).unwrap();
        assert_eq!(thread.wait_until(Instant::now()), Err(StillRunning));
        drop(release);
        assert_eq!(thread.wait_until(Instant::now() + Duration::from_secs(30)), Ok(()));
    }

    #[test]
    fn a_thread_that_panics_has_ended() {
        let thread = Thread::spawn("test", || std::panic::resume_unwind(Box::new("test"))).unwrap();
        assert_eq!(thread.wait_until(Instant::now() + Duration::from_secs(30)), Ok(()));
    }
}
