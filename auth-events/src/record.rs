//! The records that go to the sinks. They stay typed until a sink serialises them.

use crate::{AuthEvent, Notice, Summary};
use serde::Serialize;
use std::cell::OnceCell;
use std::io;
use std::sync::Arc;

/// An event, a summary or a notice. Cheap to clone.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Record {
    Event(Arc<AuthEvent>),
    Summary(Arc<Summary>),
    Notice(Arc<Notice>),
}

impl Record {
    /// Returns how many events are dropped with this record.
    ///
    /// A summary stands for the events that it counts.
    pub(crate) fn event_count(&self) -> u64 {
        match self {
            Self::Event(_) => 1,
            Self::Summary(summary) => summary.suppressed,
            Self::Notice(notice) => notice.event_count(),
        }
    }
}

/// A record on its way to all sinks, with its JSON line.
pub(crate) struct Outgoing {
    record: Record,
    /// Made by the first sink that writes lines, and shared with the others.
    line: OnceCell<Vec<u8>>,
}

impl Outgoing {
    pub(crate) fn new(record: Record) -> Self {
        Self { record, line: OnceCell::new() }
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// Returns the record as one JSON object on a line, with the line's end.
    pub(crate) fn line(&self) -> io::Result<&[u8]> {
        if let Some(line) = self.line.get() {
            return Ok(line);
        }
        let mut line = serde_json::to_vec(&self.record)?;
        line.push(b'\n');
        Ok(self.line.get_or_init(|| line))
    }
}

impl From<Notice> for Outgoing {
    fn from(notice: Notice) -> Self {
        Self::new(Record::Notice(notice.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Outgoing, Record};
    use crate::{AuthEvent, Reason};
    use std::sync::Arc;

    #[test]
    fn the_line_of_a_record_is_made_once() {
        let event = AuthEvent::example(Reason::Expired);
        let expected = format!("{}\n", serde_json::to_string(&event).unwrap());
        let outgoing = Outgoing::new(Record::Event(Arc::new(event)));
        let first = outgoing.line().unwrap();
        assert_eq!(std::str::from_utf8(first).unwrap(), expected);
        assert!(std::ptr::eq(first, outgoing.line().unwrap()), "it was made twice");
    }
}
