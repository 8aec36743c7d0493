//! What every layer uses: algorithms, dates, clocks, formatting and configuration errors.

mod algorithm;
mod config_error;
mod date;
mod dual_clock_instant;
mod format;
#[cfg(any(feature = "remote-keys", feature = "pager", feature = "splunk", feature = "otlp"))]
#[cfg_attr(
    not(all(feature = "remote-keys", feature = "pager", feature = "splunk", feature = "otlp")),
    allow(dead_code, reason = "each of these features uses its part of it")
)]
pub(crate) mod http;
mod invariant;
mod within;
mod words;

pub use algorithm::Algorithm;
pub use config_error::ConfigError;
pub use date::Date;
pub(crate) use dual_clock_instant::DualClockInstant;
pub(crate) use format::format_duration;
pub(crate) use invariant::Invariant;
pub(crate) use within::{OfRequest, Within};
pub(crate) use words::check_visible;
#[cfg(any(feature = "otlp", feature = "pager", feature = "splunk"))]
pub(crate) use words::label;
pub use words::{assert_words, visible, words};
