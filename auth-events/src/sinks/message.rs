//! Records with an id, as network sinks queue, spool and send them.

use crate::record::Record;
use crate::{AuthEvent, Notice, NoticeKind, Summary};
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A record with its id. It stays typed until a protocol or the spool serialises it.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: Id,
    /// When it was written, in microseconds since 1970.
    pub(super) at: u64,
    pub(super) content: Content,
    /// Roughly its length in a request.
    pub(super) bytes: usize,
}

/// The record of a message.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Typed(Record),
    /// Read from a spool. The fields are those of the run that wrote it, which may be another
    /// version of this crate.
    Spooled(Kind, Arc<Map<String, Value>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Event,
    Summary,
    Notice,
}

/// The id of a message: the same in each copy, because a message may be delivered more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    run: u64,
    number: u64,
}

/// A message as a line of the spool. This format stays, because the next run reads it.
#[derive(Serialize)]
struct LineOut<'a> {
    id: Id,
    at: u64,
    kind: Kind,
    event: &'a Content,
}

#[derive(Deserialize)]
struct LineIn {
    id: String,
    at: u64,
    kind: Kind,
    event: Map<String, Value>,
}

impl Message {
    /// Returns the message as a line of the spool, with the line's end.
    pub(super) fn to_line(&self) -> io::Result<Vec<u8>> {
        let Self { id, at, content, .. } = self;
        let mut line = serde_json::to_vec(&LineOut { id: *id, at: *at, kind: content.kind(), event: content })?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads a line of the spool. `None` if it is torn.
    pub(super) fn from_line(line: &[u8]) -> Option<Self> {
        let LineIn { id, at, kind, event } = serde_json::from_slice(line.strip_suffix(b"\n")?).ok()?;
        Some(Self { id: Id::parse(&id)?, at, content: Content::Spooled(kind, event.into()), bytes: line.len() })
    }

    /// Returns how many events are dropped with this message.
    pub(super) fn event_count(&self) -> u64 {
        match &self.content {
            Content::Typed(record) => record.event_count(),
            Content::Spooled(Kind::Summary, fields) => fields.get("suppressed").and_then(Value::as_u64).unwrap_or(1),
            // P7: `events_dropped` counts as none, also after it was in a spool.
            Content::Spooled(Kind::Notice, fields) => {
                u64::from(fields.get("notice").is_none_or(|kind| kind != NoticeKind::EventsDropped.as_str()))
            }
            Content::Spooled(Kind::Event, _) => 1,
        }
    }
}

impl Content {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Typed(Record::Event(_)) => Kind::Event,
            Self::Typed(Record::Summary(_)) => Kind::Summary,
            Self::Typed(Record::Notice(_)) => Kind::Notice,
            Self::Spooled(kind, _) => *kind,
        }
    }
}

/// Writes the fields of the record.
impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Typed(record) => record.serialize(serializer),
            Self::Spooled(_, fields) => fields.serialize(serializer),
        }
    }
}

impl Id {
    fn parse(text: &str) -> Option<Self> {
        let (run, number) = text.split_once('-')?;
        let hex = |digits| u64::from_str_radix(digits, 16).ok();
        Some(Self { run: hex(run)?, number: hex(number)? })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:x}", self.run, self.number)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes messages.
pub(super) struct Messages {
    run: u64,
    next: AtomicU64,
}

impl Messages {
    pub(super) fn new() -> io::Result<Self> {
        let mut run = [0; 8];
        rand::fill(&mut run).map_err(|_| io::Error::other("the system has no random numbers"))?;
        Ok(Self { run: u64::from_ne_bytes(run), next: AtomicU64::new(0) })
    }

    pub(super) fn message(&self, record: Record) -> Message {
        let (time, bytes) = match &record {
            Record::Event(event) => (event.time, length_of_event(event)),
            Record::Summary(summary) => (summary.time, length_of_summary(summary)),
            Record::Notice(notice) => (notice.time, length_of_notice(notice)),
        };
        let id = Id { run: self.run, number: self.next.fetch_add(1, Ordering::Relaxed) };
        Message { id, at: micros(time), content: Content::Typed(record), bytes }
    }
}

fn micros(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or_default()
}

/// The names of an event's fields, its id and its fields of a bounded length.
const FRAME: usize = 400;

/// The hashes, the trace and the claim of an event.
const IDENTIFIERS: usize = 150;

fn length_of_event(event: &AuthEvent) -> usize {
    let AuthEvent { route, issuer, audience, subject, permission, detail, .. } = event;
    let texts = [route.as_deref(), subject.as_deref(), *permission, detail.as_deref()];
    FRAME + IDENTIFIERS + issuer.len() + audience.len() + texts.into_iter().flatten().map(str::len).sum::<usize>()
}

fn length_of_summary(summary: &Summary) -> usize {
    FRAME + summary.route.as_deref().map_or(0, str::len)
}

fn length_of_notice(notice: &Notice) -> usize {
    FRAME + notice.issuer.as_deref().map_or(0, str::len) + notice.detail.len()
}
