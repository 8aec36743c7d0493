//! Collects what a program prints, while it runs.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a pipe has brought so far. Read by a thread, so that the program never waits for the test.
#[derive(Clone, Default)]
pub(crate) struct Output {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    read: Mutex<Pipe>,
    changed: Condvar,
}

#[derive(Default)]
struct Pipe {
    bytes: Vec<u8>,
    closed: bool,
}

impl Output {
    pub(crate) fn of(pipe: Option<impl Read + Send + 'static>) -> Self {
        let output = Self::default();
        let Some(mut pipe) = pipe else {
            output.lock().closed = true;
            return output;
        };
        let writer = output.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = pipe.read(&mut buffer).unwrap_or(0);
                let mut pipe = writer.lock();
                pipe.bytes.extend_from_slice(&buffer[..read]);
                pipe.closed = read == 0;
                writer.shared.changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        output
    }

    /// Waits until `found` returns a value. `None` when the limit is over, or when the pipe was
    /// closed before.
    pub(crate) fn wait_for<T>(&self, limit: Duration, found: impl Fn(&str) -> Option<T>) -> Option<T> {
        let ends = Instant::now() + limit;
        let mut pipe = self.lock();
        loop {
            if let Some(value) = found(&String::from_utf8_lossy(&pipe.bytes)) {
                return Some(value);
            }
            let left = ends.saturating_duration_since(Instant::now());
            if pipe.closed || left.is_zero() {
                return None;
            }
            pipe = self.shared.changed.wait_timeout(pipe, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the pipe is closed, but not longer than the limit: a grandchild may keep it.
    pub(crate) fn to_the_end(&self, limit: Duration) -> Vec<u8> {
        let _ = self.wait_for(limit, |_| None::<()>);
        self.lock().bytes.clone()
    }

    pub(crate) fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Pipe> {
        self.shared.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
