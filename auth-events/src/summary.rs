//! Rejections that were counted and not emitted one by one.

use super::Reason;
use super::event::rfc3339;
use super::{AuthEvent, Class, Severity};
use serde::Serialize;
use std::sync::Arc;
use std::time::SystemTime;

/// The number of further rejections of one kind within one second.
///
/// Together with those that were emitted one by one, they are all there were.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When that second ended (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// Why they were refused.
    pub reason: Reason,
    /// What kind of thing it is.
    pub class: Class,
    /// How bad one of them is.
    pub severity: Severity,
    /// The template of the route; absent where no route matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<str>>,
    /// How many more.
    pub more: u64,
    /// How many of the same kind were told one by one in that second.
    pub told: u64,
}

impl Summary {
    pub(super) fn new(reason: Reason, route: Option<Arc<str>>, more: u64, told: u64) -> Self {
        let class = reason.class();
        let (schema, time) = (AuthEvent::SCHEMA, SystemTime::now());
        Self { schema, time, reason, class, severity: class.severity(), route, more, told }
    }
}
