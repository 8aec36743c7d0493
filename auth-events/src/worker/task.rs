//! Declares what a worker's thread drives: [`Task`].

use std::pin::Pin;
use std::time::Instant;

/// A state machine that a worker's thread drives. Its methods are called one after another.
///
/// A method that panics has dropped its item, which the ledger still holds and counts at the end.
/// The worker continues.
pub(crate) trait Task: Send + 'static {
    /// What the queue holds.
    type Item: Send + 'static;
    /// The result of a [`Job`]. `Infallible` for a task that starts none.
    type Done: Send + 'static;

    /// Takes an item from the queue.
    fn take(&mut self, item: Self::Item);

    /// Does what is due, and returns what to do next. It is called after each other method.
    fn act(&mut self, now: Instant) -> Next<Self::Done>;

    /// Takes the result of a job.
    fn done(&mut self, _result: Self::Done) {}

    /// Is called once, when the queue is closed and empty.
    fn ending(&mut self) {}

    /// Is called last: the task is idle, or its deadline has passed and its jobs are aborted.
    fn close(&mut self) {}
}

/// Work that does not block the thread: requests over the network.
pub(crate) type Job<D> = Pin<Box<dyn Future<Output = D> + Send>>;

/// What a worker does after a task has acted.
pub(crate) enum Next<D> {
    /// Starts a job, and lets the task act again. If the job panics, its result is the second.
    #[cfg_attr(
        not(any(feature = "otlp", feature = "pager", feature = "splunk")),
        expect(dead_code, reason = "only tasks that use the network start jobs")
    )]
    Start(Job<D>, D),
    /// Waits for an item, for a job, or until then.
    At(Instant),
    /// Waits for a job or an item.
    #[cfg_attr(
        not(any(feature = "otlp", feature = "pager", feature = "splunk")),
        expect(dead_code, reason = "only tasks that use the network wait for jobs")
    )]
    Waiting,
    /// Waits for an item. If the queue is closed, the worker ends.
    Idle,
}
