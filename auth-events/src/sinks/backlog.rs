//! Holds the records that wait to be sent: the older part on disk, the newer one in memory.

use super::message::Message;
use super::spool::{Read, Spool};
use crate::worker::Ledger;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// How much may wait in memory. Beyond that it goes to disk, or is dropped.
const MEMORY: usize = 8 * 1024 * 1024;

pub(super) struct Backlog {
    spool: Option<Spool>,
    memory: VecDeque<Message>,
    bytes: usize,
    ledger: Arc<Ledger>,
}

/// Records that are being sent. They are then put back, or done with.
pub(super) struct Batch {
    origin: Origin,
}

enum Origin {
    Spool(Read),
    Memory(Vec<Message>),
}

impl Batch {
    pub(super) fn messages(&self) -> &[Message] {
        match &self.origin {
            Origin::Spool(read) => &read.messages,
            Origin::Memory(records) => records,
        }
    }

    pub(super) fn event_count(&self) -> u64 {
        self.messages().iter().map(Message::event_count).sum()
    }

    /// Returns how many events are dropped when the receiver rejects so many records of the batch.
    ///
    /// The receiver does not say which ones. This is the largest possible number, because a loss
    /// must not be reported as smaller than it is.
    #[cfg(feature = "otlp")]
    pub(super) fn most_events_in(&self, rejected: u64) -> u64 {
        let mut counts: Vec<_> = self.messages().iter().map(Message::event_count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts.into_iter().take(usize::try_from(rejected).unwrap_or(usize::MAX)).sum()
    }
}

impl Backlog {
    pub(super) fn new(spool: Option<Spool>, ledger: Arc<Ledger>) -> Self {
        Self { spool, memory: VecDeque::new(), bytes: 0, ledger }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.memory.is_empty() && !self.spooled()
    }

    /// Returns whether records are on disk.
    pub(super) fn spooled(&self) -> bool {
        self.spool.as_ref().is_some_and(|spool| !spool.is_empty())
    }

    /// Returns how many records wait in memory.
    pub(super) fn fresh(&self) -> usize {
        self.memory.len()
    }

    pub(super) fn push(&mut self, record: Message) {
        if self.bytes + record.bytes > MEMORY {
            self.spill();
        }
        // P7: the oldest records are kept, because they show how an attack began. The rest is
        // counted.
        if self.bytes + record.bytes > MEMORY {
            self.ledger.drop_held(record.event_count());
            return;
        }
        self.bytes += record.bytes;
        self.memory.push_back(record);
    }

    /// Moves the memory to disk, where there is a spool.
    pub(super) fn spill(&mut self) {
        let Some(spool) = &mut self.spool else { return };
        for record in self.memory.drain(..) {
            // A disk that is full or broken is like one without room.
            if spool.push(&record).unwrap_or(false) {
                self.ledger.release(record.event_count());
            } else {
                self.ledger.drop_held(record.event_count());
            }
        }
        self.bytes = 0;
    }

    /// Takes the oldest records.
    pub(super) fn take(&mut self, most_records: usize, most_bytes: usize) -> Option<Batch> {
        while let Some(spool) = self.spool.as_mut().filter(|spool| !spool.is_empty()) {
            match spool.read(most_records, most_bytes) {
                Ok(Some(read)) if read.messages.is_empty() => {
                    self.ledger.drop_other(read.torn);
                    spool.delivered(&read);
                }
                Ok(Some(read)) => return Some(Batch { origin: Origin::Spool(read) }),
                Ok(None) => break,
                Err(_) => {
                    // How many were in it cannot be known.
                    self.ledger.drop_other(1);
                    spool.forget_oldest();
                }
            }
        }
        let mut bytes = 0;
        let mut records = Vec::new();
        while records.len() < most_records && bytes < most_bytes {
            let Some(record) = self.memory.pop_front() else { break };
            bytes += record.bytes;
            records.push(record);
        }
        self.bytes -= bytes;
        (!records.is_empty()).then_some(Batch { origin: Origin::Memory(records) })
    }

    /// Finishes a batch that must not be sent again, of which so many events were rejected.
    pub(super) fn done(&mut self, batch: &Batch, rejected: u64) {
        match &batch.origin {
            Origin::Spool(read) => {
                // Torn lines are counted here and not when they are read, because they may be read
                // twice.
                self.ledger.drop_other(rejected + read.torn);
                self.spool.iter_mut().for_each(|spool| spool.delivered(read));
            }
            Origin::Memory(_) => {
                self.ledger.drop_held(rejected);
                self.ledger.release(batch.event_count().saturating_sub(rejected));
            }
        }
    }

    /// Puts back a batch that was not sent, as the oldest one.
    pub(super) fn put_back(&mut self, batch: &Batch) {
        if let Origin::Memory(records) = &batch.origin {
            for record in records.iter().rev() {
                self.bytes += record.bytes;
                self.memory.push_front(record.clone());
            }
        }
    }

    /// Moves the memory to disk, and drops the records for which the disk has no room.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.spill();
        self.memory.drain(..).for_each(|record| self.ledger.drop_held(record.event_count()));
        self.spool.as_mut().map_or(Ok(()), Spool::close)
    }
}

#[cfg(test)]
mod tests {
    use super::{Backlog, MEMORY};
    use crate::sinks::message::Messages;
    use crate::worker::Ledger;
    use crate::{AuthEvent, Reason, record::Record};
    use std::sync::Arc;

    #[cfg(feature = "otlp")]
    #[test]
    fn the_rejected_part_of_a_batch_is_counted_as_its_largest_records() {
        let mut backlog = Backlog::new(None, Arc::default());
        let messages = Messages::new().unwrap();
        let summary = crate::Summary::new(Reason::Expired.into(), None, 7, 100);
        let event = || Record::Event(AuthEvent::example(Reason::Expired).into());
        for record in [event(), Record::Summary(summary.into()), event()] {
            backlog.push(messages.message(record));
        }
        let batch = backlog.take(500, MEMORY).unwrap();
        assert_eq!([0, 1, 2, 3, 4].map(|rejected| batch.most_events_in(rejected)), [0, 7, 8, 9, 9]);
    }

    #[test]
    fn memory_is_bounded_and_the_records_without_room_are_counted() {
        let (ledger, messages) = (Arc::<Ledger>::default(), Messages::new().unwrap());
        let mut backlog = Backlog::new(None, Arc::clone(&ledger));
        let record = Record::Event(AuthEvent::example(Reason::Expired).into());
        let each = messages.message(record.clone()).bytes;
        let room = MEMORY / each;
        for _ in 0..room + 10 {
            ledger.hold(1);
            backlog.push(messages.message(record.clone()));
        }
        assert_eq!((backlog.fresh(), ledger.dropped()), (room, 10));
        // A batch that was not sent is the oldest again, and needs no new room.
        let batch = backlog.take(500, MEMORY).unwrap();
        let first = batch.messages()[0].id;
        backlog.put_back(&batch);
        assert_eq!((backlog.fresh(), backlog.take(1, MEMORY).unwrap().messages()[0].id), (room, first));
        assert_eq!(ledger.abandon(), room as u64);
    }
}
