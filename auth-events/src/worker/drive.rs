//! The loop of every worker's thread.

use super::deadline::Deadline;
use super::task::{Job, Next, Task};
use crate::diagnostics;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

/// How many items are taken before jobs get their turn.
const BURST: u32 = 4096;
/// How long an idle worker waits at a time. An item ends the wait.
const IDLE: Duration = Duration::from_secs(60 * 60);
/// How long a task that has panicked is left alone.
const AFTER_PANIC: Duration = Duration::from_secs(1);

/// Waits for what happens next.
pub(super) trait Wait<T: Task> {
    fn start(&mut self, job: Job<T::Done>, if_it_panics: T::Done);

    fn wait(&mut self, queue: &Receiver<T::Item>, until: Instant) -> Happened<T>;

    /// Aborts all jobs.
    fn abort(self);
}

pub(super) enum Happened<T: Task> {
    Item(T::Item),
    /// A job has ended.
    #[cfg_attr(
        not(any(feature = "otlp", feature = "pager", feature = "splunk")),
        expect(dead_code, reason = "only tasks that use the network start jobs")
    )]
    Done(T::Done),
    /// The time is over, or the queue has changed.
    Nothing,
}

/// Drives a task until its queue is closed and it is idle, or until its deadline.
pub(super) fn drive<T: Task>(
    name: &str,
    task: &mut T,
    queue: &Receiver<T::Item>,
    deadline: &Deadline,
    mut wait: impl Wait<T>,
) {
    let mut caught = Caught { name, reported: false };
    let (mut received, mut burst, mut is_ending) = (None, 0, false);
    loop {
        let item = received.take().map_or_else(|| queue.try_recv(), Ok);
        let is_closed = matches!(item, Err(TryRecvError::Disconnected));
        let has_taken = item.is_ok();
        if let Ok(item) = item {
            caught.call(|| task.take(item));
        }
        if is_closed && !is_ending {
            is_ending = true;
            caught.call(|| task.ending());
        }
        let next = loop {
            match caught.call(|| task.act(Instant::now())) {
                Some(Next::Start(job, if_it_panics)) => wait.start(job, if_it_panics),
                Some(next) => break next,
                None => break Next::At(Instant::now() + AFTER_PANIC),
            }
        };
        if has_taken && burst < BURST {
            burst += 1;
            continue;
        }
        burst = 0;
        // P7: only once the queue is empty, because the task counts or spools what is in it.
        if is_closed && (matches!(next, Next::Idle) || deadline.has_passed()) {
            break;
        }
        let now = Instant::now();
        let due = match next {
            _ if has_taken => now,
            Next::At(due) => due,
            Next::Start(..) | Next::Waiting | Next::Idle => now + IDLE,
        };
        match wait.wait(queue, deadline.get().map_or(due, |deadline| due.min(deadline))) {
            Happened::Item(item) => received = Some(item),
            Happened::Done(result) => drop(caught.call(|| task.done(result))),
            Happened::Nothing => {}
        }
    }
    wait.abort();
    caught.call(|| task.close());
}

/// Contains panics, because a worker that ends would drop everything that follows.
struct Caught<'a> {
    name: &'a str,
    reported: bool,
}

impl Caught<'_> {
    fn call<R>(&mut self, what: impl FnOnce() -> R) -> Option<R> {
        let outcome = catch_unwind(AssertUnwindSafe(what)).ok();
        // P7: once, because a task may panic for each item.
        if outcome.is_none() && !std::mem::replace(&mut self.reported, true) {
            diagnostics::report(&format!(
                "a panic in the thread {}: it continues, and what it held is counted as dropped",
                self.name
            ));
        }
        outcome
    }
}

/// Waits without an async runtime, for a task that calls foreign code.
///
/// A sink of the service's own may start a runtime, which panics within another one.
#[derive(Default)]
pub(super) struct Blocking {
    /// The queue is closed, so that it ends no further wait.
    is_closed: bool,
}

impl<T: Task<Done = Infallible>> Wait<T> for Blocking {
    fn start(&mut self, _: Job<Infallible>, never: Infallible) {
        match never {}
    }

    fn wait(&mut self, queue: &Receiver<T::Item>, until: Instant) -> Happened<T> {
        let rest = until.saturating_duration_since(Instant::now());
        match queue.recv_timeout(rest) {
            Ok(item) => Happened::Item(item),
            Err(RecvTimeoutError::Timeout) => Happened::Nothing,
            Err(RecvTimeoutError::Disconnected) => {
                if std::mem::replace(&mut self.is_closed, true) {
                    std::thread::sleep(rest);
                }
                Happened::Nothing
            }
        }
    }

    fn abort(self) {}
}
