//! One JSON object a line.

use super::{AuthEvent, EventSink, Notice, Summary};
use serde::Serialize;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// One write for each line, so that two processes with one file don't mix theirs.
pub(super) struct JsonLines<W>(Mutex<W>);

impl<W: Write> JsonLines<W> {
    pub(super) fn new(writer: W) -> Self {
        Self(Mutex::new(writer))
    }

    fn line(&self, content: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(content)?;
        line.push(b'\n');
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(&line)?;
        writer.flush()
    }
}

impl<W: Write + Send + 'static> EventSink for JsonLines<W> {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.line(event)
    }

    fn summary(&self, summary: &Summary) -> io::Result<()> {
        self.line(summary)
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        self.line(notice)
    }
}
