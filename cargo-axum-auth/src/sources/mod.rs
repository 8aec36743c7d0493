//! Finds the files of a crate as the compiler does: from its root along `mod`.
//!
//! Code behind a `#[cfg(..)]` is read for all features and platforms. Files in `src/` without a
//! `mod` are read as well, because a macro may declare the module. A file that cannot be read or
//! parsed is reported as [`Unreadable`].

mod attributes;
mod follow;
mod levels;
mod read;

pub(crate) use attributes::{attributes_of, is_test};
pub(crate) use levels::{denies, level};
pub(crate) use read::{Crate, SourceFile, Sources, Unreadable};
