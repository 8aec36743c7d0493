//! Relative paths, written with `/`.

use std::path::{Component, Path, PathBuf};

/// Writes a path with `/` between its parts.
pub(crate) fn with_slashes(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, Component::CurDir));
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Returns the relative path from a directory, with `..` if it leads up.
pub(crate) fn relative(from: &Path, to: &Path) -> String {
    if let Ok(inside) = to.strip_prefix(from) {
        return with_slashes(inside);
    }
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    with_slashes(&up.chain(to.components().skip(shared)).collect::<PathBuf>())
}
