//! What layers and error formats learn of a decision.
//!
//! The gate puts a [`Decision`] into the extensions of each response, where every layer around the
//! router reads it: an audit log, a metric, a span. [`RejectionContext`] is what a service's own
//! error format is given.
//!
//! # Spans
//!
//! With the feature `tracing`, the gate records the subject of the caller in the current span, if
//! that span declares the field `user.id`. A span without the field gets nothing, because a subject
//! is personal data. With tower-http:
//!
//! ```
//! use axum::extract::Request;
//! use tower_http::trace::TraceLayer;
//! use tracing::field::Empty;
//!
//! # fn traced(app: auth_runtime::AuthRouter) -> auth_runtime::AuthRouter {
//! let trace = TraceLayer::new_for_http().make_span_with(|request: &Request| {
//!     tracing::info_span!("request", method = %request.method(), user.id = Empty)
//! });
//! app.layer(trace)
//! # }
//! ```

mod caller_record;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod decision;
mod delivery_record;
mod rejection_record;

pub use crate::rejection::{RejectionContext, RejectionKind};
pub use caller_record::CallerRecord;
pub(crate) use caller_record::Identified;
pub use decision::Decision;
pub use delivery_record::DeliveryRecord;
pub use rejection_record::RejectionRecord;
