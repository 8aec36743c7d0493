//! Tests of what a network sink does with a protocol that fails in each way.

use super::delivery::Delivery;
use super::message::Message;
use super::protocol::{Outcome, Protocol};
use crate::record::{Outgoing, Record};
use crate::record_sink::RecordSink;
use crate::{AuthEvent, Reason};
use std::path::PathBuf;
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
