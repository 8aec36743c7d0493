//! Alerts and pages.

use super::super::event::rfc3339;
use super::super::{AuthEvent, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// The kind of a page. `ops/README.md` explains each and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alert {
    /// Tokens that were never good, more than now and then: an attack, or keys of ours that are not the issuer's.
    InvalidSpike,
    /// Most attempts fail.
    FailureRatio,
    /// All attempts fail: we have probably broken our own keys.
    Blackout,
    /// It can't be decided who may come in: keys or revocations can't be reached, verification panics or takes too long.
    Unavailable,
    /// The issuer's keys can't be fetched; the last good ones hold for now.
    KeysUnavailable,
    /// An issuer publishes no usable key any more: all of its tokens get 401.
    KeySetEmptied,
    /// Refusals could not be told.
    EventsLost,
    /// The stream does not move: a sink blocks.
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
        Self::EventsLost,
        Self::StreamStuck,
    ];

    /// The word that pages use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidSpike => "invalid_spike",
            Self::FailureRatio => "failure_ratio",
            Self::Blackout => "blackout",
            Self::Unavailable => "unavailable",
            Self::KeysUnavailable => "keys_unavailable",
            Self::KeySetEmptied => "key_set_emptied",
            Self::EventsLost => "events_lost",
            Self::StreamStuck => "stream_stuck",
            Self::Drill => "drill",
        }
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Self::InvalidSpike | Self::Blackout | Self::Unavailable | Self::KeySetEmptied => Severity::Critical,
            Self::FailureRatio | Self::KeysUnavailable | Self::EventsLost | Self::StreamStuck => Severity::High,
            Self::Drill => Severity::Informational,
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether an alert begins, goes on, or has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PageState {
    /// It has begun. A page is sent once for each alert, however much happens.
    Triggered,
    /// It goes on: for receivers that forget what is not said again.
    Ongoing,
    /// It is over, and has been for a while.
    Resolved,
}

/// One page, as the generic webhook and the command get it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Page {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// When it began.
    #[serde(serialize_with = "rfc3339")]
    pub began: SystemTime,
    /// Which service.
    pub service: Arc<str>,
    /// What for.
    pub alert: Alert,
    /// Whether it begins or is over.
    pub state: PageState,
    /// How bad it is.
    pub severity: Severity,
    /// One name for all pages of one alert of one service: what receivers merge by.
    pub dedup_key: String,
    /// In a sentence.
    pub summary: String,
    /// How many refusals for which reason, in the window that was looked at.
    pub reasons: BTreeMap<&'static str, u64>,
}

impl Page {
    pub(super) fn new(service: &Arc<str>, alert: Alert, state: PageState, began: SystemTime, said: &str) -> Self {
        let verb = match state {
            PageState::Triggered => "",
            PageState::Ongoing => "still: ",
            PageState::Resolved => "over: ",
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
            summary: format!("{service}: {verb}{said}"),
            reasons: BTreeMap::new(),
        }
    }
}
