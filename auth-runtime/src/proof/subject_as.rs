//! Reads the subject as an id of the service.

use super::Authenticated;
use crate::rejection::{Refusal, Rejection, isolate_panic};
use auth_events::Reason;
use std::str::FromStr;

impl<C, P> Authenticated<C, P> {
    /// Reads the subject as the service's own id, for instance a number or a UUID.
    ///
    /// A default would be the id of some user: `sub.parse().unwrap_or_default()` is user 0.
    ///
    /// ```
    /// use auth_runtime::{Authenticated, Claims, Rejection};
    ///
    /// async fn profile(auth: Authenticated<Claims>) -> Result<String, Rejection> {
    ///     let id: u64 = auth.subject_as()?;
    ///     Ok(format!("user {id}"))
    /// }
    /// # drop(profile);
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejection::InvalidToken`] with [`Reason::MalformedClaims`] and the claim `sub`, when the
    /// subject is not a `T`; [`Rejection::Unavailable`], when `FromStr` panics. The event is
    /// already emitted.
    pub fn subject_as<T: FromStr>(&self) -> Result<T, Rejection> {
        // P6: text from a token must not end the task of the request.
        let parsed = isolate_panic(|| self.subject().parse()).and_then(|parsed| parsed.map_err(|_| not_an_id()));
        let verified = self.verified();
        parsed.map_err(|refusal| verified.report(verified.verified_claims().with_subject(refusal)))
    }
}

fn not_an_id() -> Refusal {
    Refusal::claim(Reason::MalformedClaims, "sub", "the subject is not an id of this service")
}
