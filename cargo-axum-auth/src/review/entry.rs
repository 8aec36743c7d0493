//! The entries of a review.

use super::{Age, Kind};
use crate::scan::Place;
use crate::sources::Unreadable;

/// A decision, and its place.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Its name.
    pub(crate) item: String,
    /// The reason in the code.
    pub(crate) reason: Option<String>,
    /// An error that needs no review, such as a missing reason.
    pub(crate) defect: Option<String>,
    /// Its age, if git knows the file.
    pub(crate) age: Option<Age>,
}

/// The result of a review.
#[derive(Debug)]
pub(crate) struct Reviewed {
    /// By kind, then by place.
    pub(crate) entries: Vec<Entry>,
    pub(crate) unreadable: Vec<Unreadable>,
    pub(crate) files: usize,
}

impl Reviewed {
    /// The number of entries with an error.
    pub(crate) fn defects(&self) -> usize {
        self.entries.iter().filter(|entry| entry.defect.is_some()).count()
    }
}
