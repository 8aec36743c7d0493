//! Holds what `auth-runtime` and `auth-events` share.
//!
//! This crate is not an interface: its hidden items change without notice. `auth-runtime`
//! re-exports [`ConfigError`], which users see, and a service depends on `auth-runtime` only.

#![allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "the hidden functions have callers in this workspace only"
)]

mod config_error;
mod format;
#[cfg(feature = "http")]
#[doc(hidden)]
pub mod http;
mod words;

pub use config_error::ConfigError;
#[doc(hidden)]
pub use format::{excerpt, format_duration};
#[doc(hidden)]
pub use words::{assert_words, check_visible, label, visible, words};
