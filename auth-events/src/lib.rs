//! The stream of rejections: records ([`AuthEvent`]) and sinks ([`EventSink`]).
//!
//! It is separate from other logs, so that it can be monitored separately. Each rejection makes
//! exactly one event.
//!
//! A service does not use this crate directly, because `auth-runtime` re-exports its items. This
//! crate knows no verifier and no router.

// docs.rs marks each item with the feature that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod class;
mod counts;
mod diagnostics;
mod event;
mod events;
mod file;
#[doc(hidden)]
pub mod internal;
mod json_lines;
mod kind;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(not(feature = "metrics"))]
pub(crate) mod metrics;
mod notice;
#[cfg(feature = "pager")]
mod pager;
mod reason;
mod record;
mod record_sink;
mod refusal_counters;
#[cfg(test)]
mod schema;
mod sink;
mod sink_handle;
#[cfg(any(feature = "otlp", feature = "splunk"))]
mod sinks;
mod stream;
mod striped_counter;
mod summary;
mod worker;

pub use auth_base::ConfigError;
pub use builder::EventsBuilder;
pub use class::{Class, Severity};
pub use counts::Counts;
pub use event::AuthEvent;
pub use events::Events;
pub use notice::{Notice, NoticeKind};
#[cfg(feature = "pager")]
pub use pager::{Alert, DrillError, Page, PageState, Pager, Thresholds};
pub use reason::Reason;
pub use sink::{Collected, EventSink};
#[cfg(feature = "otlp")]
pub use sinks::Otlp;
#[cfg(feature = "splunk")]
pub use sinks::Splunk;
pub use summary::Summary;
