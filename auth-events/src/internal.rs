//! Items for `auth-runtime` only. They change without notice.
//!
//! Code that calls them can count decisions and write records that no request has caused. It cannot
//! make a proof, because this crate knows no verifier and no caller, and it cannot remove or change
//! a record.

pub use crate::event::Rejected;
pub use crate::kind::Kind;
#[cfg(not(feature = "metrics"))]
pub use crate::metrics::noop::{Meters, Stopwatch, keys_read};
#[cfg(feature = "metrics")]
pub use crate::metrics::recorder::{Meters, Stopwatch, keys_read};
use crate::{AuthEvent, Events, Notice, NoticeKind};
use std::sync::Arc;

/// Reports decisions and notices to [`Events`].
pub trait Report {
    /// Counts a token that was found good.
    fn accepted(&self);

    /// Counts a decision that had no outcome, because its client is gone.
    fn abandoned(&self);

    /// Counts a rejection. `event` is made only if it is emitted.
    fn refused(&self, kind: Kind, route: Option<&str>, event: impl FnOnce() -> AuthEvent);

    /// Passes a notice to the sinks.
    fn notice(&self, notice: &Notice);

    /// Completes the sentence "rejections are ..", for the posture.
    fn destination(&self) -> &str;

    /// Returns whether these are the same: what goes to one arrives at the other.
    fn are(&self, others: &Self) -> bool;
}

impl Report for Events {
    fn accepted(&self) {
        Events::accepted(self);
    }

    fn abandoned(&self) {
        Events::abandoned(self);
    }

    fn refused(&self, kind: Kind, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        Events::refused(self, kind, route, event);
    }

    fn notice(&self, notice: &Notice) {
        Events::notice(self, notice);
    }

    fn destination(&self) -> &str {
        Events::destination(self)
    }

    fn are(&self, others: &Self) -> bool {
        Events::are(self, others)
    }
}

/// Makes the record of a rejection.
#[must_use]
pub fn event(rejected: Rejected<'_>) -> AuthEvent {
    AuthEvent::new(rejected)
}

/// Makes a notice of this moment.
pub fn notice(kind: NoticeKind, issuer: Option<Arc<str>>, detail: impl Into<String>) -> Notice {
    Notice::new(kind, issuer, detail)
}
