//! JSON lines in a file that others may rotate.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file that is opened again where its name leads, when it was moved, removed, or on SIGHUP.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    reopen: Arc<AtomicBool>,
}

impl LogFile {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let reopen = Arc::<AtomicBool>::default();
        // Without a handler, the signal that tells others to open their files again would end the process.
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&reopen))?;
        Ok(Self { path: path.to_owned(), file: appending(path)?, reopen })
    }
}

/// Who was refused is personal data: for the owner and the group.
fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.open(path)
}

/// Whether the name leads to another file by now, or to none.
#[cfg(unix)]
fn was_moved(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match path.metadata() {
        Ok(named) => Ok((named.dev(), named.ino()) != (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Files that are open can't be moved there.
#[cfg(not(unix))]
fn was_moved(_: &File, _: &Path) -> io::Result<bool> {
    Ok(false)
}

impl Write for LogFile {
    /// P7: a line in a file that nobody finds any more is a line lost.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.reopen.swap(false, Ordering::Relaxed) || was_moved(&self.file, &self.path)? {
            self.file = appending(&self.path)?;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
