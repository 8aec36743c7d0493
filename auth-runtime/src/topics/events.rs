//! The stream of rejections: records, reasons, sinks and metrics.
//!
//! [`Events`](crate::Events) is the handle that a verifier emits to. Each rejection makes one
//! [`AuthEvent`](crate::AuthEvent) with a [`Reason`], and many of one [`Class`] become a
//! [`Summary`]. A [`Notice`] reports a fault of the service's own parts, such as an unreachable key
//! server. An [`EventSink`] receives all of them. The features `otlp`, `splunk`, `pager` and
//! `metrics` add sinks and counters.
//!
//! ```
//! use auth_runtime::events::Reason;
//!
//! assert_eq!(Reason::Expired.as_str(), "expired");
//! ```

#[cfg(feature = "otlp")]
pub use auth_events::Otlp;
#[cfg(feature = "splunk")]
pub use auth_events::Splunk;
#[cfg(feature = "metrics")]
pub use auth_events::metrics;
#[cfg(feature = "pager")]
pub use auth_events::{Alert, DrillError, Page, PageState, Pager, Thresholds};
pub use auth_events::{
    Class, Collected, Counts, EventSink, EventsBuilder, Notice, NoticeKind, Reason, Severity, Summary,
};
