//! Writes one JSON object per line.

use crate::record::Outgoing;
use crate::record_sink::RecordSink;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// A sink that makes one write for each line.
///
/// The lines of two processes that share a file then do not mix.
pub(super) struct JsonLines<W>(Mutex<Lines<W>>);

struct Lines<W> {
    writer: W,
    /// The last line was cut off, for instance because the disk was full.
    torn: bool,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(writer: W) -> Self {
        Self(Mutex::new(Lines { writer, torn: false }))
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // P7: a record after a torn line starts a line of its own. On the same line it would be
        // unreadable too, and not counted.
        let after_torn = lines.torn.then(|| [b"\n", line].concat());
        let mut rest = after_torn.as_deref().unwrap_or(line);
        while !rest.is_empty() {
            match lines.writer.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    rest = &rest[written..];
                    lines.torn = !rest.is_empty();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        lines.writer.flush()
    }
}

impl<W: Write + Send + 'static> RecordSink for JsonLines<W> {
    fn take(&self, outgoing: &Outgoing) -> io::Result<()> {
        self.write(outgoing.line()?)
    }
}

#[cfg(test)]
mod tests {
    use super::JsonLines;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    /// A disk with its free bytes and its content.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(usize, Vec<u8>)>>);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (room, written) = &mut *self.0.lock().unwrap();
            let fits = bytes.len().min(*room);
            if fits == 0 {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            *room -= fits;
            written.extend_from_slice(&bytes[..fits]);
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_that_was_cut_off_by_a_full_disk_spoils_no_other() {
        let disk = Disk::default();
        let lines = JsonLines::new(disk.clone());
        disk.0.lock().unwrap().0 = 3;
        lines.write(b"\"cut off\"\n").unwrap_err();
        lines.write(b"\"lost\"\n").unwrap_err();
        disk.0.lock().unwrap().0 = 100;
        lines.write(b"\"first\"\n").unwrap();
        lines.write(b"\"second\"\n").unwrap();
        let written = String::from_utf8(disk.0.lock().unwrap().1.clone()).unwrap();
        assert_eq!(written, "\"cu\n\"first\"\n\"second\"\n");
    }
}
