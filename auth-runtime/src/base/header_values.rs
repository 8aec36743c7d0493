//! Finds the values of a header without hashing its name.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Iterates over the values of a header, in the order in which they arrived.
///
/// `HeaderMap::get_all` hashes the name, which costs more than a pass over the few headers of a
/// request.
pub(crate) fn header_values<'a>(
    headers: &'a HeaderMap,
    name: &'a HeaderName,
) -> impl Iterator<Item = &'a HeaderValue> + use<'a> {
    headers.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value)
}
