//! Shared by all layers: algorithms, dates, clocks, formatting and configuration errors.

mod algorithm;
mod date;
mod dual_clock_instant;
mod erased;
mod header_values;
mod invariant;
mod loopback;
#[cfg(feature = "remote-keys")]
mod plain_http;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod within;

pub use algorithm::Algorithm;
#[cfg(feature = "remote-keys")]
pub(crate) use auth_base::http;
pub use auth_base::{ConfigError, assert_words, visible, words};
pub(crate) use auth_base::{check_visible, format_duration};
#[cfg(feature = "remote-keys")]
pub(crate) use auth_base::{excerpt, label};
pub use date::Date;
pub(crate) use dual_clock_instant::DualClockInstant;
pub(crate) use erased::Erased;
pub(crate) use header_values::{Occurrence, has_value};
pub(crate) use invariant::Invariant;
pub(crate) use loopback::is_loopback;
#[cfg(feature = "remote-keys")]
pub(crate) use plain_http::PlainHttp;
pub(crate) use within::{OfRequest, Within};
