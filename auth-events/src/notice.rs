//! Records about authentication itself, such as keys that cannot be fetched.

use super::AuthEvent;
use super::event::rfc3339;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// How many characters of detail are kept.
const MAX_DETAIL: usize = 500;

/// A record about authentication itself rather than about a request.
///
/// For instance, the keys of an issuer cannot be fetched.
///
/// ```
/// use auth_runtime::events::Notice;
///
/// fn is_about_the_issuer(notice: &Notice, issuer: &str) -> bool {
///     notice.issuer.as_deref() == Some(issuer)
/// }
/// # let _ = is_about_the_issuer;
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Notice {
    /// The version of this schema: that of [`AuthEvent`].
    pub schema: u32,
    /// When it happened (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// What happened: one of a closed set.
    pub notice: NoticeKind,
    /// The issuer concerned, for notices about an issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Arc<str>>,
    /// Details, in words of this crate.
    pub detail: String,
}

impl Notice {
    pub(crate) fn new(notice: NoticeKind, issuer: Option<Arc<str>>, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        // Bounded, because an issuer's server may choose a part of it.
        if let Some((end, _)) = detail.char_indices().nth(MAX_DETAIL) {
            detail.truncate(end);
        }
        Self { schema: AuthEvent::SCHEMA, time: SystemTime::now(), notice, issuer, detail }
    }

    /// Returns how many events are dropped with this notice.
    ///
    /// P7: `events_dropped` counts as none, because otherwise the count would grow for as long as a
    /// sink fails.
    pub(super) fn event_count(&self) -> u64 {
        u64::from(self.notice != NoticeKind::EventsDropped)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// The kind of a [`Notice`]: a closed set, suitable as a metric label.
        ///
        /// ```
        /// use auth_runtime::events::{Notice, NoticeKind};
        ///
        /// fn is_about_the_stream(notice: &Notice) -> bool {
        ///     matches!(notice.notice, NoticeKind::EventsDropped | NoticeKind::Drill)
        /// }
        /// # let _ = is_about_the_stream;
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum NoticeKind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl NoticeKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name that records use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    /// The keys of an issuer could not be fetched. The last good keys are used for a while.
    KeySetUnavailable = "key_set_unavailable",
    /// The keys of an issuer were never fetched. Its tokens are answered with 503.
    KeySetMissing = "key_set_missing",
    /// The keys of an issuer may be fetched without TLS, so an attacker on the network can choose
    /// them.
    KeySetWithoutTls = "key_set_without_tls",
    /// The keys of an issuer are older than allowed. Its tokens are answered with 503.
    KeySetTooOld = "key_set_too_old",
    /// The keys of an issuer were fetched again.
    KeySetRestored = "key_set_restored",
    /// An issuer has changed its keys.
    KeySetChanged = "key_set_changed",
    /// An issuer no longer publishes a usable key. Its tokens are answered with 401.
    ///
    /// [`KeySetChanged`](Self::KeySetChanged) ends it.
    KeySetEmptied = "key_set_emptied",
    /// A key of an issuer's set is not used, because it is malformed, too weak, or a secret.
    KeySkipped = "key_skipped",
    /// A key of an issuer's set is used although it is not encoded as RFC 7518 requires.
    KeyRepaired = "key_repaired",
    /// The revocation store is unreachable.
    ///
    /// Tokens are answered with 503. Within a configured grace period, they are accepted without a
    /// revocation check.
    RevocationsUnavailable = "revocations_unavailable",
    /// The revocation store is reachable again.
    RevocationsRestored = "revocations_restored",
    /// Opaque tokens cannot be introspected, because the server is unreachable or fails.
    ///
    /// They are answered with 503.
    IntrospectionUnavailable = "introspection_unavailable",
    /// The server refuses the client credentials with which the service introspects tokens.
    ///
    /// Opaque tokens are answered with 503.
    IntrospectionClientRefused = "introspection_client_refused",
    /// Opaque tokens are introspected again.
    IntrospectionRestored = "introspection_restored",
    /// Opaque tokens may be introspected without TLS, so an attacker on the network can read them
    /// and be any caller.
    IntrospectionWithoutTls = "introspection_without_tls",
    /// A file has a new secret for signed requests, which is used from now on.
    SigningSecretChanged = "signing_secret_changed",
    /// A file with a secret for signed requests is gone or weak. The last good secret is used.
    SigningSecretRefused = "signing_secret_refused",
    /// The event stream has started.
    Started = "started",
    /// The event stream has ended, and everything before was emitted.
    ///
    /// A stream that ends without this notice was cut off.
    Stopped = "stopped",
    /// At least one sink has dropped events.
    EventsDropped = "events_dropped",
    /// A test page goes through the pager ([`Events::drill`](super::Events)).
    Drill = "drill",
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
