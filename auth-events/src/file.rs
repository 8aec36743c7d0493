//! Writes to a log file that other programs may rotate.

use super::diagnostics;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file that is reopened by name when it was moved or removed, and on SIGHUP.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    reopen: Arc<AtomicBool>,
    /// The operator knows already that the name cannot be reopened.
    reported: bool,
}

impl LogFile {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let reopen = Arc::<AtomicBool>::default();
        // Without a handler, SIGHUP would end the process.
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&reopen))?;
        Ok(Self { path: path.to_owned(), file: appending(path)?, reopen, reported: false })
    }
}

/// Opens a file for the owner and the group only, because events name callers.
fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.open(path)
}

/// Returns whether the name now leads to another file, or to none.
///
/// A name that cannot be looked up, for instance because the process has dropped its privileges,
/// says nothing about the open file.
#[cfg(unix)]
fn was_moved(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(named)) => (named.dev(), named.ino()) != (ours.dev(), ours.ino()),
        (Ok(ours), Err(error)) => error.kind() == io::ErrorKind::NotFound || ours.nlink() == 0,
        (Err(_), _) => false,
    }
}

/// Open files cannot be moved on other systems.
#[cfg(not(unix))]
fn was_moved(_: &File, _: &Path) -> bool {
    false
}

/// Returns whether the open file still has a name, so that a reader can find it.
#[cfg(unix)]
fn has_a_name(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|file| file.nlink() > 0)
}

#[cfg(not(unix))]
fn has_a_name(_: &File) -> bool {
    true
}

impl LogFile {
    /// Reopens the file if it was rotated.
    ///
    /// P7: writing to a file without a name is an error, because no reader would find the line.
    /// While the open file has a name, a path that cannot be reopened loses no line.
    fn follow(&mut self) -> io::Result<()> {
        if !self.reopen.swap(false, Ordering::Relaxed) && !was_moved(&self.file, &self.path) {
            return Ok(());
        }
        match appending(&self.path) {
            Ok(file) => (self.file, self.reported) = (file, false),
            Err(error) if has_a_name(&self.file) => {
                if !std::mem::replace(&mut self.reported, true) {
                    let path = self.path.display();
                    diagnostics::report(&format!(
                        "{path} cannot be reopened: {error}: events still go to the open file"
                    ));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.follow()?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
