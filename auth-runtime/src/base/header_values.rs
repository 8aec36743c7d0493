//! Finds the values of a header without hashing its name.
//!
//! `HeaderMap::get_all` hashes the name, which costs more than a pass over the few headers of a
//! request. The passes are loops, because the compiler does not inline the adapters of iterators
//! here, and each request makes several of them.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The values of a header that a request should have once.
pub(crate) enum Occurrence<'a> {
    Absent,
    Once(&'a HeaderValue),
    Repeated,
}

impl<'a> Occurrence<'a> {
    #[inline]
    pub(crate) fn of(name: &HeaderName, headers: &'a HeaderMap) -> Self {
        let mut found = Self::Absent;
        for (other, value) in headers {
            if other == name {
                found = match found {
                    Self::Absent => Self::Once(value),
                    Self::Once(_) | Self::Repeated => return Self::Repeated,
                };
            }
        }
        found
    }
}

/// Whether a header has a value for which this holds.
#[inline]
pub(crate) fn has_value(headers: &HeaderMap, name: &HeaderName, holds: impl Fn(&HeaderValue) -> bool) -> bool {
    for (other, value) in headers {
        if other == name && holds(value) {
            return true;
        }
    }
    false
}
