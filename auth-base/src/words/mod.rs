//! Checks texts for reviewers and operators.

#[cfg(test)]
mod tests;
#[expect(clippy::module_inception, reason = "named after its function")]
mod words;

pub use words::{assert_words, check_visible, label, visible, words};
