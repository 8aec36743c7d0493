//! Records a rejection in a decision: [`RejectionRecord`].

use super::CallerRecord;
use crate::rejection::RejectionKind;
use http::StatusCode;

/// Records a rejection, without its reason.
///
/// ```
/// use auth_runtime::decision::Decision;
/// use axum::response::Response;
///
/// /// A line for an audit log. The subject is known where a permission was denied.
/// fn line(response: &Response) -> Option<String> {
///     let Some(Decision::Rejected(rejection)) = Decision::of(response) else { return None };
///     let subject = rejection.caller().map_or("-", |caller| caller.subject());
///     Some(format!("{} {subject}", rejection.status()))
/// }
/// # assert!(line(&Response::default()).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct RejectionRecord {
    kind: RejectionKind,
    caller: Option<CallerRecord>,
}

impl RejectionRecord {
    pub(crate) fn new(kind: RejectionKind, caller: Option<CallerRecord>) -> Self {
        Self { kind, caller: caller.map(CallerRecord::without_permissions) }
    }

    /// Returns what the client may know of the rejection.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.kind
    }

    /// Returns the status of the rejection.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// Returns the caller, if its credentials were accepted and a permission or a rule denied.
    // P8: never the subject of a rejected token, because it would show that its signature is good.
    #[must_use]
    pub fn caller(&self) -> Option<&CallerRecord> {
        self.caller.as_ref()
    }
}
