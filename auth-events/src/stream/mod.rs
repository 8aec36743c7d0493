//! The queue between requests and sinks.

mod companion;
mod state;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod stream;
mod stream_task;
#[cfg(test)]
mod tests;

#[cfg(feature = "pager")]
pub(super) use companion::Companion;
pub(super) use stream::Stream;
