//! Tests of what a network sink does with a protocol that fails in each way.

use super::backlog::Backlog;
use super::delivery::Delivery;
use super::delivery_task::DeliveryTask;
use super::message::{Message, Messages};
use super::protocol::{Outcome, Protocol};
use crate::record::{Outgoing, Record};
use crate::record_sink::RecordSink;
use crate::worker::{Ledger, Next, Task};
use crate::{AuthEvent, Reason};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// No test waits longer.
const LIMIT: Duration = Duration::from_secs(30);

enum Fault {
    Panics,
    NeverAnswers,
}

/// Reports the number of messages of each batch, and then fails.
struct Failing(Fault, Sender<usize>);

impl Protocol for Failing {
    fn name(&self) -> String {
        "a receiver that fails".to_owned()
    }

    async fn send(&self, messages: &[Message]) -> Outcome {
        let _ = self.1.send(messages.len());
        match self.0 {
            Fault::Panics => std::panic::resume_unwind(Box::new("test")),
            Fault::NeverAnswers => std::future::pending().await,
        }
    }
}

fn started(fault: Fault, spool: Option<PathBuf>) -> (Delivery, Receiver<usize>) {
    let (report, batches) = channel();
    let spool = spool.map(|folder| (folder, 1 << 20));
    (Delivery::start(Failing(fault, report), spool).unwrap(), batches)
}

fn take(delivery: &Delivery, records: u64) {
    for _ in 0..records {
        let record = Record::Event(AuthEvent::example(Reason::BadSignature).into());
        delivery.take(&Outgoing::new(record)).unwrap();
    }
}

#[test]
fn a_batch_whose_sending_panics_is_counted_once_and_the_next_one_is_sent() {
    let (delivery, batches) = started(Fault::Panics, None);
    let until = Instant::now() + LIMIT;
    for dropped in 1..=2 {
        take(&delivery, 1);
        assert_eq!(batches.recv_timeout(LIMIT), Ok(1));
        while delivery.dropped() < dropped {
            assert!(Instant::now() < until, "{} dropped", delivery.dropped());
            std::thread::yield_now();
        }
    }
    delivery.flush();
    assert_eq!((delivery.dropped(), batches.try_iter().count()), (2, 0));
}

#[test]
fn a_batch_without_an_answer_is_spooled_at_the_end_and_sent_by_the_next_run() {
    let folder = std::env::temp_dir().join(format!("auth-delivery-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let (delivery, batches) = started(Fault::NeverAnswers, Some(folder.clone()));
    take(&delivery, 3);
    assert!(batches.recv_timeout(LIMIT).is_ok_and(|messages| messages > 0));
    take(&delivery, 4);
    let end = Instant::now();
    delivery.flush();
    assert!(end.elapsed() < Duration::from_secs(5), "{:?}", end.elapsed());
    assert_eq!(delivery.dropped(), 0);
    drop(delivery);
    let (next, batches) = started(Fault::NeverAnswers, Some(folder.clone()));
    assert_eq!(batches.recv_timeout(LIMIT), Ok(7));
    drop(next);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_batch_without_an_answer_is_counted_at_the_end_and_so_is_a_record_after_it() {
    let (delivery, batches) = started(Fault::NeverAnswers, None);
    take(&delivery, 3);
    assert!(batches.recv_timeout(LIMIT).is_ok_and(|messages| messages > 0));
    take(&delivery, 4);
    delivery.flush();
    assert_eq!(delivery.dropped(), 7);
    take(&delivery, 2);
    delivery.flush();
    assert_eq!(delivery.dropped(), 9);
}

/// A task that no thread drives, and the sizes of the batches that it sends.
struct Bench {
    task: DeliveryTask<Failing>,
    messages: Arc<Messages>,
    batches: Receiver<usize>,
}

impl Bench {
    fn new() -> Self {
        let (report, batches) = channel();
        let (ledger, messages) = (Arc::<Ledger>::default(), Arc::new(Messages::new().unwrap()));
        let (protocol, backlog) = (Failing(Fault::NeverAnswers, report), Backlog::new(None, Arc::clone(&ledger)));
        let task = DeliveryTask::new("a receiver".to_owned(), protocol, backlog, Arc::clone(&messages), ledger);
        Self { task, messages, batches }
    }

    fn take(&mut self, records: usize, detail: &str) {
        for _ in 0..records {
            let event = AuthEvent { detail: Some(detail.to_owned()), ..AuthEvent::example(Reason::Denied) };
            self.task.take(self.messages.message(Record::Event(event.into())));
        }
    }

    /// Returns when a batch is due that is not due at this time.
    fn due(&mut self, now: Instant) -> Instant {
        match self.task.act(now) {
            Next::At(due) => due,
            _ => panic!("it is due at once, or never"),
        }
    }

    /// Sends the batch that is due, and returns its size.
    fn sent(&mut self, now: Instant) -> usize {
        let Next::Start(mut job, _) = self.task.act(now) else { panic!("it is not due") };
        let _ = job.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        self.batches.recv_timeout(LIMIT).unwrap()
    }
}

#[test]
fn a_batch_is_sent_at_its_size_or_half_a_second_after_its_oldest_record() {
    let mut bench = Bench::new();
    let before = Instant::now();
    bench.take(499, "why");
    let after = Instant::now();
    let due = bench.due(after);
    let half_a_second = Duration::from_millis(500);
    assert!((before + half_a_second..=after + half_a_second).contains(&due));
    bench.take(201, "why");
    assert_eq!(bench.sent(after), 500);
    bench.task.done(Outcome::Taken);
    // The others wait no longer than half a second.
    assert_eq!(bench.sent(Instant::now() + half_a_second), 200);
}

#[test]
fn a_batch_of_long_records_is_smaller() {
    let mut bench = Bench::new();
    let long = "x".repeat(4000);
    bench.take(500, &long);
    let sent = bench.sent(Instant::now());
    assert!((512 * 1024 / 5000..=512 * 1024 / 4000 + 1).contains(&sent), "{sent} records");
}

#[test]
fn the_waits_of_a_receiver_that_is_down_grow_up_to_half_a_minute() {
    let mut bench = Bench::new();
    bench.take(1, "why");
    let mut now = Instant::now() + LIMIT;
    let mut wait = |asked: Option<u64>| {
        assert_eq!(bench.sent(now), 1);
        let before = Instant::now();
        bench.task.done(Outcome::Later("down".to_owned(), asked.map(Duration::from_secs)));
        let after = Instant::now();
        let due = bench.due(before);
        now = due;
        // The bounds of the wait, whatever the machine does meanwhile.
        (due - after, due - before)
    };
    let (least, most) = (Duration::from_millis(125), Duration::from_millis(250));
    let first = wait(None);
    assert!(first.0 <= most && first.1 >= least, "{first:?}");
    let asked = wait(Some(5));
    assert!(asked.0 <= Duration::from_secs(5) && asked.1 >= Duration::from_secs(5), "{asked:?}");
    let longest = Duration::from_secs(30);
    let asked = wait(Some(3600));
    assert!(asked.0 <= longest && asked.1 >= longest, "{asked:?}");
    for failures in 4..40 {
        let later = wait(None);
        let doubled = (most * (1 << (failures - 1).min(10))).min(longest);
        assert!(later.0 <= doubled && later.1 >= doubled / 2, "{failures}: {later:?}");
    }
}
