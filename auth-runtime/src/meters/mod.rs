//! What is counted and timed for the outside. Without the feature `metrics` nothing is.
//!
//! It is counted where it is decided, not by the stream's thread: who watches from outside has to see it most of all when
//! that thread stands still.

#[cfg(not(feature = "metrics"))]
mod off;
#[cfg(feature = "metrics")]
mod on;

#[cfg(not(feature = "metrics"))]
pub(crate) use off::*;
#[cfg(feature = "metrics")]
pub(crate) use on::*;
