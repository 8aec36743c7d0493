//! Checks texts for reviewers and operators.

#[cfg(test)]
mod tests;
#[expect(clippy::module_inception, reason = "named after its function")]
mod words;

pub(crate) use words::check_visible;
#[cfg(any(feature = "otlp", feature = "pager", feature = "splunk"))]
pub(crate) use words::label;
pub use words::{assert_words, visible, words};
