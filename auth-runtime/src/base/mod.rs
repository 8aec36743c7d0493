//! What every layer uses: algorithms, dates, clocks, formatting and configuration errors.

mod algorithm;
mod config_error;
mod date;
mod dual_clock_instant;
mod format;
mod invariant;

pub use algorithm::Algorithm;
pub use config_error::ConfigError;
pub use date::Date;
pub(crate) use dual_clock_instant::Since;
pub(crate) use format::whole;
pub(crate) use invariant::Invariant;
