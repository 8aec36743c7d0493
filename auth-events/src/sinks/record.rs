//! Encodes events, summaries and notices for the network sinks, each with an id.

use crate::{AuthEvent, Notice, NoticeKind, Summary};
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// The same in each copy, because a record may be delivered more than once.
    pub(super) id: String,
    /// When it was written, in microseconds since 1970.
    pub(super) at: u64,
    pub(super) kind: Kind,
    pub(super) event: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Event,
    Summary,
    Notice,
}

/// A serialized record, as it waits in memory or in the spool.
#[derive(Debug)]
pub(super) struct EncodedRecord {
    /// JSON on one line.
    pub(super) text: String,
    /// How many events are dropped with the record.
    pub(super) event_count: u64,
}

impl Record {
    /// Returns how many events are dropped with this record.
    ///
    /// A summary stands for the events that it counts. P7: `events_dropped` counts as none, also
    /// after it was in a spool.
    pub(super) fn event_count(&self) -> u64 {
        match self.kind {
            Kind::Summary => self.event.get("suppressed").and_then(Value::as_u64).unwrap_or(1),
            Kind::Notice if self.event.get("notice").is_some_and(|kind| kind == NoticeKind::EventsDropped.as_str()) => {
                0
            }
            Kind::Event | Kind::Notice => 1,
        }
    }

    /// Returns the event with its id, as it is sent.
    #[cfg(feature = "splunk")]
    pub(super) fn named(&self) -> Map<String, Value> {
        let mut event = self.event.clone();
        event.insert("id".to_owned(), self.id.as_str().into());
        event
    }
}

/// Makes records.
pub(super) struct Records {
    run: u64,
    next: AtomicU64,
}

impl Records {
    pub(super) fn new() -> io::Result<Self> {
        let mut run = [0; 8];
        rand::fill(&mut run).map_err(|_| io::Error::other("the system has no random numbers"))?;
        Ok(Self { run: u64::from_ne_bytes(run), next: AtomicU64::new(0) })
    }

    pub(super) fn event(&self, event: &AuthEvent) -> io::Result<EncodedRecord> {
        self.encode(Kind::Event, event.time, event, 1)
    }

    pub(super) fn summary(&self, summary: &Summary) -> io::Result<EncodedRecord> {
        self.encode(Kind::Summary, summary.time, summary, summary.suppressed)
    }

    pub(super) fn notice(&self, notice: &Notice) -> io::Result<EncodedRecord> {
        self.encode(Kind::Notice, notice.time, notice, notice.event_count())
    }

    fn encode(
        &self,
        kind: Kind,
        time: SystemTime,
        content: &impl Serialize,
        event_count: u64,
    ) -> io::Result<EncodedRecord> {
        let Value::Object(event) = serde_json::to_value(content)? else {
            return Err(io::Error::other("an event is an object"));
        };
        let id = format!("{:016x}-{:x}", self.run, self.next.fetch_add(1, Ordering::Relaxed));
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(since.as_micros()).unwrap_or_default();
        let text = serde_json::to_string(&Record { id, at, kind, event })?;
        Ok(EncodedRecord { text, event_count })
    }
}
