//! Tests of what the workers have in common.

use super::{Deadline, Ledger, Next, NotQueued, Settings, StillRunning, Task, Worker};
use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No test waits longer.
const LIMIT: Duration = Duration::from_secs(30);

/// What a test sees of a task.
#[derive(Debug, PartialEq)]
enum Seen {
    Taken(u32),
    Ending,
    Closed,
}

/// Reports what is called. It waits for the gate at each item, and panics at 13.
struct Blocking {
    gate: Receiver<()>,
    seen: Sender<Seen>,
    ledger: Arc<Ledger>,
    deadline: Deadline,
}

impl Task for Blocking {
    type Item = u32;
    type Done = Infallible;

    fn take(&mut self, item: u32) {
        if self.deadline.has_passed() {
            return;
        }
        let _ = self.gate.recv();
        assert_ne!(item, 13);
        self.ledger.release(1);
        self.seen.send(Seen::Taken(item)).unwrap();
    }

    fn act(&mut self, _: Instant) -> Next<Infallible> {
        Next::Idle
    }

    fn ending(&mut self) {
        self.seen.send(Seen::Ending).unwrap();
    }

    fn close(&mut self) {
        self.seen.send(Seen::Closed).unwrap();
    }
}

struct Started {
    worker: Worker<u32>,
    gate: Sender<()>,
    seen: Receiver<Seen>,
    ledger: Arc<Ledger>,
}

impl Started {
    fn with(capacity: usize) -> Self {
        let ((gate, gated), (see, seen)) = (channel(), channel());
        let (ledger, deadline) = (Arc::<Ledger>::default(), Deadline::default());
        let task = Blocking { gate: gated, seen: see, ledger: Arc::clone(&ledger), deadline: deadline.clone() };
        let settings = Settings { name: "test", capacity, ledger: Arc::clone(&ledger), deadline };
        Self { worker: Worker::blocking(settings, task).unwrap(), gate, seen, ledger }
    }

    fn sees(&self, expected: &[Seen]) {
        for expected in expected {
            assert_eq!(&self.seen.recv_timeout(LIMIT).unwrap(), expected);
        }
    }
}

#[test]
fn a_closed_worker_takes_what_is_queued_and_ends() {
    let mut started = Started::with(3);
    (1..=3).for_each(|item| started.worker.send(item, 1).unwrap());
    started.worker.close(Instant::now() + LIMIT);
    started.gate = channel().0;
    started.sees(&[Seen::Taken(1), Seen::Taken(2), Seen::Taken(3), Seen::Ending, Seen::Closed]);
    assert_eq!(started.worker.wait_until(Instant::now() + LIMIT), Ok(()));
    assert_eq!((started.ledger.abandon(), started.ledger.dropped()), (0, 0));
}

#[test]
fn a_worker_stops_at_its_deadline_and_its_queue_is_counted_once() {
    let mut started = Started::with(3);
    started.worker.send(1, 1).unwrap();
    started.gate.send(()).unwrap();
    started.sees(&[Seen::Taken(1)]);
    (2..=4).for_each(|item| started.worker.send(item, 1).unwrap());
    started.worker.close(Instant::now());
    // It blocks in an item.
    assert_eq!(started.worker.wait_until(Instant::now()), Err(StillRunning));
    started.gate = channel().0;
    assert_eq!(started.worker.wait_until(Instant::now() + LIMIT), Ok(()));
    let in_time = started.seen.try_iter().filter(|seen| matches!(seen, Seen::Taken(_))).count() as u64;
    assert!(in_time <= 1, "{in_time}");
    assert_eq!((started.ledger.abandon(), started.ledger.abandon()), (3 - in_time, 0));
    assert_eq!(started.ledger.dropped(), 3 - in_time);
}

#[test]
fn an_item_without_room_is_not_held_and_one_after_the_end_is_dropped() {
    let mut started = Started::with(1);
    started.worker.send(1, 5).unwrap();
    // There is room again once the thread has taken the first, with which it waits at the gate.
    let until = Instant::now() + LIMIT;
    while started.worker.send(1, 5) == Err(NotQueued::Full) {
        assert!(Instant::now() < until, "it takes nothing");
    }
    assert_eq!(started.worker.send(1, 5), Err(NotQueued::Full));
    started.worker.close(Instant::now() + LIMIT);
    assert_eq!(started.worker.send(1, 7), Err(NotQueued::Ended { dropped: 7 }));
    assert_eq!(started.ledger.dropped(), 7);
    started.gate = channel().0;
    assert_eq!(started.worker.wait_until(Instant::now() + LIMIT), Ok(()));
    // The task releases one of five events for each of the two items.
    assert_eq!(started.ledger.abandon(), 2 * 4);
}

#[test]
fn a_task_that_panics_continues_and_its_item_is_counted() {
    let mut started = Started::with(3);
    for item in [1, 13, 2] {
        started.worker.send(item, 1).unwrap();
    }
    started.gate = channel().0;
    started.sees(&[Seen::Taken(1), Seen::Taken(2)]);
    started.worker.close(Instant::now() + LIMIT);
    started.sees(&[Seen::Ending, Seen::Closed]);
    assert_eq!(started.worker.wait_until(Instant::now() + LIMIT), Ok(()));
    assert_eq!((started.ledger.abandon(), started.ledger.dropped()), (1, 1));
}

#[test]
fn a_worker_without_a_handle_ends() {
    let Started { worker, gate, seen, .. } = Started::with(1);
    drop((worker, gate));
    let seen: Vec<_> = std::iter::from_fn(|| seen.recv_timeout(LIMIT).ok()).collect();
    assert_eq!(seen, [Seen::Ending, Seen::Closed]);
}

type Results = Arc<Mutex<Vec<Option<u32>>>>;

/// Starts a job for each item, one at a time.
struct Jobs {
    waiting: Vec<u32>,
    is_running: bool,
    seen: Results,
}

impl Task for Jobs {
    type Item = u32;
    type Done = Option<u32>;

    fn take(&mut self, item: u32) {
        self.waiting.insert(0, item);
    }

    fn act(&mut self, _: Instant) -> Next<Option<u32>> {
        if self.is_running {
            return Next::Waiting;
        }
        let Some(item) = self.waiting.pop() else { return Next::Idle };
        self.is_running = true;
        let job = async move {
            if item == 0 {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_ne!(item, 13);
            Some(item)
        };
        Next::Start(Box::pin(job), None)
    }

    fn done(&mut self, result: Option<u32>) {
        self.is_running = false;
        self.seen.lock().unwrap().push(result);
    }
}

fn with_jobs() -> (Worker<u32>, Results) {
    let seen = Results::default();
    let task = Jobs { waiting: Vec::new(), is_running: false, seen: Arc::clone(&seen) };
    let settings = Settings { name: "test", capacity: 8, ledger: Arc::default(), deadline: Deadline::default() };
    (Worker::with_jobs(settings, task).unwrap(), seen)
}

#[test]
fn jobs_are_finished_before_the_end_and_one_that_panics_has_its_own_result() {
    let (worker, seen) = with_jobs();
    for item in [1, 13, 2] {
        worker.send(item, 1).unwrap();
    }
    worker.close(Instant::now() + LIMIT);
    assert_eq!(worker.wait_until(Instant::now() + LIMIT), Ok(()));
    assert_eq!(*seen.lock().unwrap(), [Some(1), None, Some(2)]);
}

#[test]
fn a_job_that_never_ends_is_aborted_at_the_deadline() {
    let (worker, seen) = with_jobs();
    worker.send(0, 1).unwrap();
    assert_eq!(worker.wait_until(Instant::now()), Err(StillRunning));
    worker.close(Instant::now() + Duration::from_millis(50));
    assert_eq!(worker.wait_until(Instant::now() + LIMIT), Ok(()));
    assert_eq!(*seen.lock().unwrap(), []);
}
