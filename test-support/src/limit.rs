//! Time limits for waits.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a test waits for a program or a thread. Long, because it only ends what would hang
/// otherwise: a loaded machine must not exceed it.
pub const LIMIT: Duration = Duration::from_secs(2 * 60);

/// Runs blocking work on a thread of its own.
///
/// # Panics
///
/// When the work takes longer than the limit, and when the work itself panics.
pub fn within<T: Send + 'static>(limit: Duration, what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, waits) = channel();
    let worker = thread::spawn(move || {
        let _ = done.send(work());
    });
    match waits.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("not within {limit:?}: {what}"),
        Err(RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => unreachable!("the work sends its result"),
        },
    }
}

/// Joins a thread.
///
/// # Panics
///
/// When the thread does not end within [`LIMIT`], and when the thread panicked.
#[expect(clippy::must_use_candidate, reason = "most threads return nothing")]
pub fn join_within<T: Send + 'static>(what: &str, thread: JoinHandle<T>) -> T {
    match within(LIMIT, what, move || thread.join()) {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
