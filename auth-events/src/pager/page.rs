//! Alerts and pages.

use crate::event::rfc3339;
use crate::{AuthEvent, Severity};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// The alert of a page. `ops/README.md` explains each alert and what to do.
///
/// ```
/// use auth_runtime::events::Alert;
///
/// // As pages, the runbook and the Prometheus rules name it.
/// assert_eq!(Alert::InvalidSpike.as_str(), "invalid_spike");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alert {
    /// Many tokens that were never valid: an attack, or this service has wrong keys.
    InvalidSpike,
    /// Most attempts fail.
    FailureRatio,
    /// All attempts fail. Probably the service is misconfigured.
    Blackout,
    /// Authentication cannot be decided.
    ///
    /// Keys or revocations are unreachable, or verification panics or takes too long.
    Unavailable,
    /// The issuer's keys cannot be fetched. The last good keys are still used.
    KeysUnavailable,
    /// An issuer no longer publishes a usable key. All of its tokens get 401.
    KeySetEmptied,
    /// Events were dropped.
    EventsDropped,
    /// The event stream does not move, because a sink blocks.
    StreamStuck,
    /// A test, made by [`Events::drill`](crate::Events::drill).
    Drill,
}

impl Alert {
    pub(super) const WATCHED: [Self; 8] = [
        Self::InvalidSpike,
        Self::FailureRatio,
        Self::Blackout,
        Self::Unavailable,
        Self::KeysUnavailable,
        Self::KeySetEmptied,
        Self::EventsDropped,
        Self::StreamStuck,
    ];

    /// Returns the name that pages use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidSpike => "invalid_spike",
            Self::FailureRatio => "failure_ratio",
            Self::Blackout => "blackout",
            Self::Unavailable => "unavailable",
            Self::KeysUnavailable => "keys_unavailable",
            Self::KeySetEmptied => "key_set_emptied",
            Self::EventsDropped => "events_dropped",
            Self::StreamStuck => "stream_stuck",
            Self::Drill => "drill",
        }
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Self::InvalidSpike | Self::Blackout | Self::Unavailable | Self::KeySetEmptied => Severity::Critical,
            Self::FailureRatio | Self::KeysUnavailable | Self::EventsDropped | Self::StreamStuck => Severity::High,
            Self::Drill => Severity::Informational,
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The state of an alert: it begins, continues, or has ended.
///
/// ```
/// use auth_runtime::events::PageState;
///
/// assert_eq!(serde_json::to_value(PageState::Triggered)?, "triggered");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PageState {
    /// The alert has begun. Each alert is paged once.
    Triggered,
    /// The alert continues. For receivers that drop alerts that are not repeated.
    Ongoing,
    /// The condition of the alert has been gone for a while.
    Resolved,
}

/// A page, as the generic webhook and the command get it.
///
/// A receiver declares the members that it reads:
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Received {
///     alert: String,
///     state: String,
///     summary: String,
/// }
///
/// let body = r#"{"schema":1,"service":"orders","alert":"blackout","state":"triggered",
///     "severity":"critical","summary":"no token is accepted","reasons":{"bad_signature":90}}"#;
/// let page: Received = serde_json::from_str(body)?;
/// assert_eq!((&*page.alert, &*page.state), ("blackout", "triggered"));
/// # drop(page.summary);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Page {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When the page was made (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// When the alert began.
    #[serde(serialize_with = "rfc3339")]
    pub began: SystemTime,
    /// The service's name.
    pub service: Arc<str>,
    /// The alert.
    pub alert: Alert,
    /// The state of the alert.
    pub state: PageState,
    /// The severity of the alert.
    pub severity: Severity,
    /// A name for all pages of one alert of one service, by which receivers merge pages.
    pub dedup_key: String,
    /// The alert in a sentence.
    pub summary: String,
    /// The number of rejections for each reason within the last minute.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The claims that were refused although the signature was good, as events of the last minute
    /// have named them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<Cow<'static, str>, u64>,
}

impl Page {
    pub(super) fn new(service: &Arc<str>, alert: Alert, state: PageState, began: SystemTime, text: &str) -> Self {
        let prefix = match state {
            PageState::Triggered => "",
            PageState::Ongoing => "ongoing: ",
            PageState::Resolved => "resolved: ",
        };
        Self {
            schema: AuthEvent::SCHEMA,
            time: SystemTime::now(),
            began,
            service: Arc::clone(service),
            alert,
            state,
            severity: alert.severity(),
            dedup_key: format!("auth/{service}/{alert}"),
            summary: format!("{service}: {prefix}{text}"),
            reasons: BTreeMap::new(),
            claims: BTreeMap::new(),
        }
    }

    /// Lists the counts, for receivers that show a text.
    pub(super) fn details(&self) -> String {
        let list = |counts: &mut dyn Iterator<Item = (&str, u64)>| {
            counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        let reasons = list(&mut self.reasons.iter().map(|(reason, count)| (*reason, *count)));
        if self.claims.is_empty() {
            return reasons;
        }
        let claims = list(&mut self.claims.iter().map(|(claim, count)| (claim.as_ref(), *count)));
        format!("{reasons}; refused claims: {claims}")
    }
}
