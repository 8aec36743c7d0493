//! Runs the jobs of a task on the worker's own thread.

use super::drive::{Happened, Wait};
use super::task::{Job, Task};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet, yield_now};
use tokio::time::sleep_until;

/// An async runtime that runs only while the worker waits.
pub(super) struct AsyncJobs<D> {
    runtime: Runtime,
    jobs: JoinSet<D>,
    /// The results of jobs that panic.
    if_they_panic: HashMap<Id, D>,
    /// Notified when the queue has a new item or is closed.
    changed: Arc<Notify>,
}

impl<D: Send + 'static> AsyncJobs<D> {
    pub(super) fn new(changed: Arc<Notify>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, jobs: JoinSet::new(), if_they_panic: HashMap::new(), changed })
    }
}

impl<T: Task> Wait<T> for AsyncJobs<T::Done> {
    fn start(&mut self, job: Job<T::Done>, if_it_panics: T::Done) {
        let id = self.jobs.spawn_on(job, self.runtime.handle()).id();
        self.if_they_panic.insert(id, if_it_panics);
    }

    fn wait(&mut self, _: &Receiver<T::Item>, until: Instant) -> Happened<T> {
        let Self { runtime, jobs, if_they_panic, changed } = self;
        let ended = runtime.block_on(async {
            // Jobs get their turn also if it is late already.
            yield_now().await;
            tokio::select! {
                Some(ended) = jobs.join_next_with_id() => Some(ended),
                () = changed.notified() => None,
                () = sleep_until(until.into()) => None,
            }
        });
        let Some(ended) = ended else { return Happened::Nothing };
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let if_it_panicked = if_they_panic.remove(&id);
        match (ended, if_it_panicked) {
            (Ok((_, result)), _) | (Err(_), Some(result)) => Happened::Done(result),
            (Err(_), None) => Happened::Nothing,
        }
    }

    fn abort(self) {
        drop(self.jobs);
        // Not a drop: that would wait for a name server that does not answer.
        self.runtime.shutdown_background();
    }
}
