//! Summaries of suppressed events.

use super::Reason;
use super::event::rfc3339;
use super::kind::Kind;
use super::{AuthEvent, Class, Severity};
use serde::Serialize;
use std::sync::Arc;
use std::time::SystemTime;

/// Counts suppressed events of one reason and route within one second.
///
/// The emitted and the suppressed events together are all rejections.
///
/// ```
/// use auth_runtime::events::Summary;
///
/// /// All rejections of one reason and route in this second.
/// fn rejections(summary: &Summary) -> u64 {
///     summary.emitted + summary.suppressed
/// }
/// # let _ = rejections;
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When the second ended (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// Why the requests were rejected.
    pub reason: Reason,
    /// The class of the rejections.
    pub class: Class,
    /// The severity of one rejection.
    pub severity: Severity,
    /// The template of the route; absent where no route matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<str>>,
    /// How many events were suppressed in that second.
    pub suppressed: u64,
    /// How many events of the same reason and route were emitted in that second.
    pub emitted: u64,
}

impl Summary {
    pub(super) fn new(kind: Kind, route: Option<Arc<str>>, suppressed: u64, emitted: u64) -> Self {
        let Kind { reason, class } = kind;
        let (schema, time) = (AuthEvent::SCHEMA, SystemTime::now());
        Self { schema, time, reason, class, severity: class.severity(), route, suppressed, emitted }
    }
}
