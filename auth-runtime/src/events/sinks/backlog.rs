//! What waits to be sent: the older part on disk, the newer one in memory.

use super::record::Line;
use super::spool::{Read, Spool};
use std::collections::VecDeque;
use std::io;

/// How much may wait in memory. Beyond that it goes to disk, or is lost.
const MEMORY: usize = 8 * 1024 * 1024;

pub(super) struct Backlog {
    spool: Option<Spool>,
    memory: VecDeque<Line>,
    bytes: usize,
    /// How many events found no room, or were spoiled, since somebody asked.
    lost: u64,
}

/// Taken out to be sent; goes back, or is done with.
pub(super) struct Batch {
    origin: Origin,
}

enum Origin {
    Spool(Read),
    Memory(Vec<Line>),
}

impl Batch {
    pub(super) fn lines(&self) -> &[Line] {
        match &self.origin {
            Origin::Spool(read) => &read.lines,
            Origin::Memory(lines) => lines,
        }
    }

    pub(super) fn weight(&self) -> u64 {
        self.lines().iter().map(|line| line.weight).sum()
    }
}

impl Backlog {
    pub(super) fn new(spool: Option<Spool>) -> Self {
        Self { spool, memory: VecDeque::new(), bytes: 0, lost: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.memory.is_empty() && !self.spooled()
    }

    /// Whether there is something on disk.
    pub(super) fn spooled(&self) -> bool {
        self.spool.as_ref().is_some_and(|spool| !spool.is_empty())
    }

    /// How many wait in memory.
    pub(super) fn fresh(&self) -> usize {
        self.memory.len()
    }

    pub(super) fn lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    pub(super) fn push(&mut self, line: Line) {
        if self.bytes + line.text.len() > MEMORY {
            self.spill();
        }
        // P7: what is kept is the beginning; it tells how it began, and the summaries how it went on. What is lost is counted.
        if self.bytes + line.text.len() > MEMORY {
            self.lost += line.weight;
            return;
        }
        self.bytes += line.text.len();
        self.memory.push_back(line);
    }

    /// Puts what waits in memory on disk, where there is one.
    pub(super) fn spill(&mut self) {
        let Some(spool) = &mut self.spool else { return };
        for line in self.memory.drain(..) {
            // A disk that is full or broken is as one that has no room.
            if !spool.push(&line.text).unwrap_or(false) {
                self.lost += line.weight;
            }
        }
        self.bytes = 0;
    }

    /// The oldest of what waits.
    pub(super) fn take(&mut self, most_lines: usize, most_bytes: usize) -> Option<Batch> {
        while let Some(spool) = self.spool.as_mut().filter(|spool| !spool.is_empty()) {
            match spool.read(most_lines, most_bytes) {
                Ok(Some(read)) if read.lines.is_empty() => {
                    self.lost += read.torn;
                    spool.delivered(&read);
                }
                Ok(Some(read)) => return Some(Batch { origin: Origin::Spool(read) }),
                Ok(None) => break,
                Err(_) => {
                    // How many were in it can't be known.
                    self.lost += 1;
                    spool.forget_oldest();
                }
            }
        }
        let mut bytes = 0;
        let mut lines = Vec::new();
        while lines.len() < most_lines && bytes < most_bytes {
            let Some(line) = self.memory.pop_front() else { break };
            bytes += line.text.len();
            lines.push(line);
        }
        self.bytes -= bytes;
        (!lines.is_empty()).then_some(Batch { origin: Origin::Memory(lines) })
    }

    pub(super) fn done(&mut self, batch: &Batch) {
        if let (Origin::Spool(read), Some(spool)) = (&batch.origin, &mut self.spool) {
            // Not when it was read: it may be read again.
            self.lost += read.torn;
            spool.delivered(read);
        }
    }

    /// It was not sent, and is the oldest again.
    pub(super) fn put_back(&mut self, batch: Batch) {
        if let Origin::Memory(lines) = batch.origin {
            for line in lines.into_iter().rev() {
                self.bytes += line.text.len();
                self.memory.push_front(line);
            }
        }
    }

    /// What is on disk stays; what has no disk is lost.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.spill();
        self.lost += self.memory.drain(..).map(|line| line.weight).sum::<u64>();
        self.spool.as_mut().map_or(Ok(()), Spool::close)
    }
}
