//! The queue between requests and sinks.

#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod stream;
#[cfg(test)]
mod tests;

pub(super) use stream::{Companion, Stream};
