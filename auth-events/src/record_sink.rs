//! The trait by which the stream calls its sinks: [`RecordSink`].

use crate::EventSink;
use crate::record::{Outgoing, Record};
use std::io;

/// A sink as the stream sees it.
///
/// The sinks of this crate implement it. Text sinks share the record's line, and network sinks keep
/// the typed record.
pub(crate) trait RecordSink: Send + Sync + 'static {
    /// Takes a record. An error means that the sink has dropped it.
    fn take(&self, outgoing: &Outgoing) -> io::Result<()>;

    /// As [`EventSink::dropped`].
    fn dropped(&self) -> u64 {
        0
    }

    /// As [`EventSink::flush`].
    fn flush(&self) {}
}

/// A sink of the service's own. It takes typed records.
pub(crate) struct OwnSink<S>(pub(crate) S);

impl<S: EventSink> RecordSink for OwnSink<S> {
    fn take(&self, outgoing: &Outgoing) -> io::Result<()> {
        match outgoing.record() {
            Record::Event(event) => self.0.record(event),
            Record::Summary(summary) => self.0.summary(summary),
            Record::Notice(notice) => self.0.notice(notice),
        }
    }

    fn dropped(&self) -> u64 {
        self.0.dropped()
    }

    fn flush(&self) {
        self.0.flush();
    }
}
