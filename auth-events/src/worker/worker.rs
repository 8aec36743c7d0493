//! The handle of a worker: [`Worker`].

#[cfg(any(feature = "otlp", feature = "pager", feature = "splunk"))]
use super::async_jobs::AsyncJobs;
use super::deadline::Deadline;
use super::drive::{Blocking, Wait, drive};
use super::ledger::Ledger;
use super::task::Task;
use super::thread::{StillRunning, Thread};
use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A thread with a bounded queue. Dropping the handle ends the thread without waiting for it.
pub(crate) struct Worker<I> {
    /// `None` once it is closed.
    queue: Mutex<Option<SyncSender<I>>>,
    /// Ends the wait of the thread.
    wake: Box<dyn Fn() + Send + Sync>,
    ledger: Arc<Ledger>,
    deadline: Deadline,
    thread: Thread,
}

/// The settings of a worker.
pub(crate) struct Settings {
    /// The thread's name.
    pub(crate) name: &'static str,
    /// How many items may wait.
    pub(crate) capacity: usize,
    /// Counts what was queued and not finished by the task.
    pub(crate) ledger: Arc<Ledger>,
    /// For a task that must know when to stop.
    pub(crate) deadline: Deadline,
}

/// Why an item was not queued.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotQueued {
    /// The queue is full. The item is neither held nor counted as dropped.
    Full,
    /// The worker ends or has ended. The ledger has counted so many events as dropped.
    Ended { dropped: u64 },
}

impl<I: Send + 'static> Worker<I> {
    /// Starts a task that may block, and that starts no jobs.
    pub(crate) fn blocking(settings: Settings, task: impl Task<Item = I, Done = Infallible>) -> io::Result<Self> {
        Self::spawn(settings, task, Blocking::default(), Box::new(|| {}))
    }

    /// Starts a task that must not block, because its jobs run on the same thread.
    #[cfg(any(feature = "otlp", feature = "pager", feature = "splunk"))]
    pub(crate) fn with_jobs<T: Task<Item = I>>(settings: Settings, task: T) -> io::Result<Self> {
        let changed = Arc::<tokio::sync::Notify>::default();
        let jobs = AsyncJobs::new(Arc::clone(&changed))?;
        Self::spawn(settings, task, jobs, Box::new(move || changed.notify_one()))
    }

    fn spawn<T: Task<Item = I>>(
        settings: Settings,
        mut task: T,
        wait: impl Wait<T> + Send + 'static,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let Settings { name, capacity, ledger, deadline } = settings;
        let (queue, items) = sync_channel(capacity);
        let until = deadline.clone();
        let thread = Thread::spawn(name, move || drive(name, &mut task, &items, &until, wait))?;
        Ok(Self { queue: Mutex::new(Some(queue)), wake, ledger, deadline, thread })
    }

    /// Queues an item that stands for so many events. It does not wait.
    pub(crate) fn send(&self, item: I, events: u64) -> Result<(), NotQueued> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Before it is queued, because the task must not finish an item that is not held yet.
        self.ledger.hold(events);
        match queue.as_ref().map(|queue| queue.try_send(item)) {
            Some(Ok(())) => {
                (self.wake)();
                Ok(())
            }
            Some(Err(TrySendError::Full(_))) => {
                self.ledger.release(events);
                Err(NotQueued::Full)
            }
            // P7: the thread is gone, and only its counts are left.
            Some(Err(TrySendError::Disconnected(_))) => Err(NotQueued::Ended { dropped: self.ledger.abandon() }),
            // P7: the thread may still deliver the items before this one.
            None => {
                self.ledger.drop_held(events);
                Err(NotQueued::Ended { dropped: events })
            }
        }
    }
}

impl<I> Worker<I> {
    /// Closes the queue, and returns the deadline of the task: the one of the first call.
    pub(crate) fn close(&self, deadline: Instant) -> Instant {
        // The deadline comes first, because the thread reads it once the queue is closed.
        let deadline = self.deadline.set(deadline);
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        (self.wake)();
        deadline
    }

    /// Waits until the thread has ended.
    ///
    /// P7: never without a limit, because a disk or a sink may block also after the deadline. The
    /// caller then abandons the thread, and counts what the ledger holds.
    pub(crate) fn wait_until(&self, limit: Instant) -> Result<(), StillRunning> {
        self.thread.wait_until(limit)
    }
}

impl<I> Drop for Worker<I> {
    fn drop(&mut self) {
        self.close(Instant::now());
    }
}
