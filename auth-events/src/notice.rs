//! Records about authentication itself, which belong to no request.

use super::AuthEvent;
use super::event::rfc3339;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// How many characters of detail are kept.
const MAX_DETAIL: usize = 500;

/// Something that happened to authentication itself rather than to a request: for instance, keys that cannot be fetched.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Notice {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// What: one of a closed set.
    pub notice: NoticeKind,
    /// The issuer that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Arc<str>>,
    /// More about it, in our words.
    pub detail: String,
}

impl Notice {
    pub(crate) fn new(notice: NoticeKind, issuer: Option<Arc<str>>, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        // A part of it may be chosen by an issuer's server.
        if let Some((end, _)) = detail.char_indices().nth(MAX_DETAIL) {
            detail.truncate(end);
        }
        Self { schema: AuthEvent::SCHEMA, time: SystemTime::now(), notice, issuer, detail }
    }

    /// How many events are dropped with it. P7: the notice of a loss is not one itself, or the count would grow for as long
    /// as a sink fails.
    pub(super) fn event_count(&self) -> u64 {
        u64::from(self.notice != NoticeKind::EventsLost)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What a [`Notice`] is about: a closed set, fit to be a metric's label.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum NoticeKind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl NoticeKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that the stream uses.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    /// The keys of an issuer could not be fetched. The last good ones hold for a while.
    KeySetUnavailable = "key_set_unavailable",
    /// The keys of an issuer are older than they may be: its tokens are answered with 503.
    KeySetTooOld = "key_set_too_old",
    /// The keys of an issuer could be fetched again.
    KeySetRestored = "key_set_restored",
    /// An issuer published other keys than before.
    KeySetChanged = "key_set_changed",
    /// An issuer publishes no usable key any more: its tokens are answered with 401 until it does. [`KeySetChanged`] is
    /// the end of it.
    ///
    /// [`KeySetChanged`]: Self::KeySetChanged
    KeySetEmptied = "key_set_emptied",
    /// A key of an issuer's set is not used, since it is malformed, too weak, or a secret.
    KeySkipped = "key_skipped",
    /// The revocations can't be reached. Tokens are answered with 503, or, within a configured grace, let in without
    /// asking.
    RevocationsUnavailable = "revocations_unavailable",
    /// The revocations can be reached again.
    RevocationsRestored = "revocations_restored",
    /// The stream has begun.
    Started = "started",
    /// The stream has ended, and everything before it was told. A stream without it was cut off.
    Stopped = "stopped",
    /// Something could not be told, to one sink at least.
    EventsLost = "events_lost",
    /// A drill: a test page is on its way through the pager ([`Events::drill`](super::Events)).
    Drill = "drill",
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
