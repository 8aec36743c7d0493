//! The rejection of a tool, for the response: [`Denied`].

use auth_runtime::Rejection;
use http::Extensions;
use std::sync::{Arc, Mutex, PoisonError};

/// Passes the rejection of a tool through the SDK, which has HTTP 200 for each answer of a tool.
///
/// A client asks its authorization server for the missing scope when it gets 403 with that scope.
#[derive(Clone, Default)]
pub struct Denied(Arc<Mutex<Option<Rejection>>>);

impl Denied {
    /// Keeps the rejection of the request with these extensions.
    pub fn note(extensions: &Extensions, rejection: Rejection) {
        if let Some(Self(denied)) = extensions.get() {
            *denied.lock().unwrap_or_else(PoisonError::into_inner) = Some(rejection);
        }
    }

    /// Returns the rejection.
    #[must_use]
    pub fn take(&self) -> Option<Rejection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
