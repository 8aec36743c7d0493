//! Checks that a spool belongs to this process, because its records are sent as its own.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// Why a spool is not used.
#[derive(Debug)]
pub(super) enum Refused {
    /// Another user could have put it there.
    Unsafe(&'static str),
    Unread(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Unread(error)
    }
}

/// The user that this process writes files as.
pub(super) struct Owner {
    #[cfg(unix)]
    user: u32,
}

/// Checks kind, owner and mode of the folder itself; a symbolic link is not followed.
pub(super) fn check_folder(folder: &Path) -> Result<Owner, Refused> {
    let found = fs::symlink_metadata(folder)?;
    if found.is_symlink() {
        return Err(Refused::Unsafe("it is a symbolic link; name the folder that it leads to"));
    }
    if !found.is_dir() {
        return Err(Refused::Unread(io::Error::from(io::ErrorKind::NotADirectory)));
    }
    // Before anything is written into it.
    is_private(&found, "other users may write to it; `chmod 700` it, and remove files of other users")?;
    let owner = Owner::of_this_process(folder)?;
    owner
        .owns(&found, "it belongs to another user; give the service a folder of its own, or `chown` this one to it")?;
    Ok(owner)
}

impl Owner {
    /// Asks the file system, because the process's own user id is wrong where root is mapped to
    /// another user.
    #[cfg(unix)]
    fn of_this_process(folder: &Path) -> io::Result<Self> {
        use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("owner-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        let probe = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let user = probe.metadata().map(|probe| probe.uid());
        let _ = fs::remove_file(path);
        Ok(Self { user: user? })
    }

    #[cfg(not(unix))]
    fn of_this_process(_: &Path) -> io::Result<Self> {
        Ok(Self {})
    }

    /// Checks a file. A missing file passes.
    pub(super) fn check_file(&self, path: &Path) -> Result<(), Refused> {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if !found.is_file() {
            return Err(Refused::Unsafe("it is not a regular file, so this service did not write it; remove it"));
        }
        self.owns(&found, "it belongs to another user; remove it, or `chown` it if its events are this service's")?;
        is_private(&found, "other users may write to it; remove it, or `chmod 600` it if its events are this service's")
    }

    #[cfg(unix)]
    fn owns(&self, found: &Metadata, why: &'static str) -> Result<(), Refused> {
        use std::os::unix::fs::MetadataExt;
        if found.uid() == self.user { Ok(()) } else { Err(Refused::Unsafe(why)) }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "there is no owner to compare with")]
    fn owns(&self, _: &Metadata, _: &'static str) -> Result<(), Refused> {
        Ok(())
    }
}

#[cfg(unix)]
fn is_private(found: &Metadata, why: &'static str) -> Result<(), Refused> {
    use std::os::unix::fs::PermissionsExt;
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    if found.permissions().mode() & WRITABLE_BY_OTHERS == 0 { Ok(()) } else { Err(Refused::Unsafe(why)) }
}

#[cfg(not(unix))]
fn is_private(_: &Metadata, _: &'static str) -> Result<(), Refused> {
    Ok(())
}
