//! Replaces the probe of a request without the feature `request-probe`, and does nothing.

use auth_events::AuthEvent;
use http::Extensions;

#[derive(Debug, Clone, Default)]
pub(crate) struct Probe;

#[expect(clippy::unused_self, reason = "the methods are those of the probe that records")]
impl Probe {
    pub(crate) fn of(_: &Extensions) -> Self {
        Self
    }

    pub(crate) fn admitted(&self) {}

    pub(crate) fn ran(&self) {}

    pub(crate) fn refused(&self, _: impl FnOnce() -> AuthEvent) {}
}
