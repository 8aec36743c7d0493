//! Keeps records on disk until they can be sent, as lines in segments.
//!
//! The oldest segment is read, and the newest is written.

use super::message::Message;
use super::spool_owner::{self, Refused};
use auth_base::ConfigError;
use fs4::{FileExt, TryLockError};
use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A segment is removed once all of it was delivered. After a crash, at most one segment is sent
/// twice.
const SEGMENT: u64 = 256 * 1024;
/// A full spool has room again once one of these parts was delivered.
const SEGMENTS: u64 = 8;

pub(super) struct Spool {
    folder: PathBuf,
    most: u64,
    /// The length after which a segment gets no further line.
    segment: u64,
    /// Oldest first.
    segments: VecDeque<Segment>,
    /// How much of the oldest was delivered.
    delivered: u64,
    newest: Option<File>,
    /// The number of the next segment.
    next: u64,
    /// Keeps a second process out of the folder, which would read and remove the same segments. The
    /// system releases it however the process ends.
    _lock: File,
}

struct Segment {
    number: u64,
    bytes: u64,
}

/// Lines that were read and not removed yet.
pub(super) struct Read {
    pub(super) messages: Vec<Message>,
    /// How many lines could not be parsed, because a crash has cut them off.
    pub(super) torn: u64,
    end: u64,
}

impl Spool {
    /// Opens the folder, and creates it if it is missing.
    ///
    /// P7: the folder and each segment must belong to this process, because the segments are sent
    /// as its own.
    pub(super) fn open(folder: &Path, most: u64) -> Result<Self, ConfigError> {
        // Without a trailing slash, which would follow a symbolic link.
        let folder: PathBuf = folder.components().collect();
        let failed = |error: io::Error| ConfigError::EventFile { path: folder.clone(), why: error.to_string() };
        let refused = |path: &Path, refused: Refused| match refused {
            Refused::Unsafe(why) => ConfigError::Spool { path: path.to_owned(), why },
            Refused::Unread(error) => ConfigError::EventFile { path: path.to_owned(), why: error.to_string() },
        };
        // For the owner only, because records name callers, which is personal data.
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(failed)?;
        let owner = spool_owner::check_folder(&folder).map_err(|error| refused(&folder, error))?;
        let lock = folder.join("lock");
        owner.check_file(&lock).map_err(|error| refused(&lock, error))?;
        let lock = private().create(true).truncate(false).write(true).open(lock).map_err(failed)?;
        // Not the method of `File`, which needs Rust 1.89.
        FileExt::try_lock(&lock).map_err(|error| match error {
            TryLockError::WouldBlock => {
                failed(io::Error::other("another process, or another sink, keeps its events there"))
            }
            TryLockError::Error(error) => failed(error),
        })?;
        let mut segments = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if let Some(number) = entry.file_name().to_str().and_then(number) {
                let path = entry.path();
                owner.check_file(&path).map_err(|error| refused(&path, error))?;
                segments.push(Segment { number, bytes: entry.metadata().map_err(failed)?.len() });
            }
        }
        segments.sort_by_key(|segment| segment.number);
        let next = segments.last().map_or(0, |segment: &Segment| segment.number + 1);
        // Old segments are not appended to, so that a torn line stays the last of its segment.
        Ok(Self {
            folder,
            most,
            segment: SEGMENT.min(most / SEGMENTS),
            segments: segments.into(),
            delivered: 0,
            newest: None,
            next,
            _lock: lock,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Appends a record, and returns whether there was room for it.
    pub(super) fn push(&mut self, message: &Message) -> io::Result<bool> {
        let line = message.to_line()?;
        let length = line.len() as u64;
        let used: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
        if used + length > self.most {
            return Ok(false);
        }
        if self.newest.is_none() || self.segments.back().is_none_or(|segment| segment.bytes >= self.segment) {
            let number = self.next;
            self.next += 1;
            let file = private().create_new(true).append(true).open(self.path(number))?;
            self.newest = Some(file);
            self.segments.push_back(Segment { number, bytes: 0 });
        }
        let (Some(file), Some(segment)) = (&mut self.newest, self.segments.back_mut()) else { return Ok(false) };
        if let Err(error) = file.write_all(&line) {
            // Half a line would spoil the next one.
            if file.set_len(segment.bytes).is_err() {
                self.newest = None;
            }
            return Err(error);
        }
        segment.bytes += length;
        Ok(true)
    }

    /// Reads the oldest lines, which stay until they are [`delivered`](Self::delivered).
    ///
    /// `None` if there are none.
    pub(super) fn read(&mut self, most_records: usize, most_bytes: usize) -> io::Result<Option<Read>> {
        let Some(segment) = self.segments.front() else { return Ok(None) };
        let mut file = File::open(self.path(segment.number))?;
        file.seek(SeekFrom::Start(self.delivered))?;
        let (mut file, mut read) = (BufReader::new(file), Read { messages: Vec::new(), torn: 0, end: self.delivered });
        let (mut line, mut bytes) = (Vec::new(), 0);
        while read.end < segment.bytes && read.messages.len() < most_records && bytes < most_bytes {
            line.clear();
            let length = file.read_until(b'\n', &mut line)?;
            if length == 0 {
                // Another program has truncated it.
                read.end = segment.bytes;
                break;
            }
            read.end += length as u64;
            bytes += length;
            match Message::from_line(&line) {
                Some(message) => read.messages.push(message),
                None => read.torn += 1,
            }
        }
        Ok(Some(read))
    }

    pub(super) fn delivered(&mut self, read: &Read) {
        self.delivered = read.end;
        if self.segments.front().is_some_and(|segment| segment.bytes <= read.end) {
            self.forget_oldest();
        }
    }

    /// Removes the oldest segment, because it was delivered or cannot be read.
    pub(super) fn forget_oldest(&mut self) {
        self.delivered = 0;
        if let Some(segment) = self.segments.pop_front() {
            if self.segments.is_empty() {
                self.newest = None;
            }
            // A segment that cannot be removed is sent again after a restart.
            let _ = fs::remove_file(self.path(segment.number));
        }
    }

    /// Removes the delivered part of the oldest segment.
    pub(super) fn close(&mut self) -> io::Result<()> {
        let (Some(segment), true) = (self.segments.front(), self.delivered > 0) else { return Ok(()) };
        let (path, new) = (self.path(segment.number), self.folder.join("rest"));
        let mut rest = File::open(&path)?;
        rest.seek(SeekFrom::Start(self.delivered))?;
        // Left by a crash.
        let _ = fs::remove_file(&new);
        let mut file = private().create_new(true).write(true).open(&new)?;
        io::copy(&mut rest, &mut file)?;
        fs::rename(new, path)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:020}.jsonl"))
    }
}

fn number(name: &str) -> Option<u64> {
    name.strip_suffix(".jsonl")?.parse().ok()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::{SEGMENT, Spool};
    use crate::record::Record;
    use crate::sinks::message::Messages;
    use crate::{AuthEvent, Reason};
    use std::collections::BTreeSet;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    /// Dropping a spool without `close` leaves the folder as a crash does.
    #[test]
    fn a_crash_sends_at_most_one_segment_twice_and_loses_nothing() {
        let folder = std::env::temp_dir().join(format!("auth-spool-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let (messages, mut sent) = (Messages::new().unwrap(), BTreeSet::new());
        let mut spool = Spool::open(&folder, 16 << 20).unwrap();
        let lines = 4000;
        for _ in 0..lines {
            let message = messages.message(Record::Event(AuthEvent::example(Reason::Expired).into()));
            assert!(spool.push(&message).unwrap());
        }
        for _ in 0..150 {
            let read = spool.read(10, usize::MAX).unwrap().unwrap();
            sent.extend(read.messages.iter().map(|message| message.id.to_string()));
            spool.delivered(&read);
        }
        drop(spool);
        // A process that another test starts at this moment keeps the lock until it has begun.
        let limit = Instant::now() + Duration::from_secs(60);
        let (mut spool, mut twice) = loop {
            match Spool::open(&folder, 16 << 20) {
                Ok(spool) => break (spool, 0),
                Err(error) => assert!(Instant::now() < limit, "{error}"),
            }
            sleep(Duration::from_millis(10));
        };
        while let Some(read) = spool.read(500, usize::MAX).unwrap() {
            for message in &read.messages {
                if !sent.insert(message.id.to_string()) {
                    twice += message.to_line().unwrap().len() as u64;
                }
            }
            spool.delivered(&read);
        }
        assert_eq!(sent.len(), lines);
        assert!((1..=256 * 1024).contains(&twice), "{twice} bytes, of segments of {SEGMENT}");
        drop(spool);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
