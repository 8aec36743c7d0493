//! Revocations in the memory of one instance.

use super::{Revocation, RevocationError, Revocations, RevokeError, TokenIdentity};
use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// Revocations in memory, for a service of one instance: the next one doesn't know of them, nor does this one after a
/// restart. For more, see `RedisRevocations` (feature `redis`).
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Rejection, RevocationList, RevokeError, authenticated};
/// use axum::extract::State;
///
/// #[authenticated]
/// async fn logout(auth: Authenticated<Claims>, State(revoked): State<RevocationList>) -> Result<(), String> {
///     let this_token = auth.token_identity().revocation();
///     this_token.and_then(|token| revoked.revoke(&token)).map_err(|error| error.to_string())
/// }
/// ```
///
/// Cheap to clone; clones share the list. The verifier has one of them
/// ([`revocations`](crate::VerifierBuilder::revocations)), the router's state another.
#[derive(Clone)]
pub struct RevocationList {
    shared: Arc<Shared>,
}

struct Shared {
    most: usize,
    remembered_for: Duration,
    asked: AtomicBool,
    held: RwLock<Held>,
}

#[derive(Default)]
struct Held {
    tokens: Names,
    sessions: Names,
    subjects: Names,
    len: usize,
    /// None is to be forgotten before.
    first_forgotten: Option<Instant>,
}

/// What is revoked, by issuer and name.
type Names = HashMap<String, HashMap<String, Entry>>;

#[derive(Clone, Copy)]
struct Entry {
    /// What was issued later holds. `None`: nothing holds, whenever it was issued.
    issued_up_to: Option<SystemTime>,
    forget_at: Instant,
}

impl Default for RevocationList {
    /// Room for 100 000, each remembered for 25 hours: longer than a token may live unless
    /// [`max_lifetime`](crate::VerifierBuilder::max_lifetime) says more.
    fn default() -> Self {
        Self::new(100_000, Duration::from_hours(25))
    }
}

impl RevocationList {
    /// Room for a number of revocations, each kept for a time: at least
    /// [`max_lifetime`](crate::VerifierBuilder::max_lifetime) and twice the
    /// [`leeway`](crate::VerifierBuilder::leeway).
    ///
    /// Each takes up to some 2 KB, and usually less than 200 bytes.
    #[must_use]
    pub fn new(most: usize, remembered_for: Duration) -> Self {
        Self {
            shared: Arc::new(Shared { most, remembered_for, asked: AtomicBool::new(false), held: RwLock::default() }),
        }
    }

    /// Takes tokens back, from now on.
    ///
    /// # Errors
    ///
    /// [`RevokeError`]; then they still hold. A list that is full forgets nothing to make room: that would give a token
    /// back.
    pub fn revoke(&self, revocation: &Revocation) -> Result<(), RevokeError> {
        revocation.check_length()?;
        let Shared { most, remembered_for, asked, held } = &*self.shared;
        // P9: a second list beside the one that is asked would take every logout, and do nothing.
        if !asked.load(Ordering::Acquire) {
            return Err(RevokeError::NobodyAsks);
        }
        let now = Instant::now();
        let forget_at = now + revocation.kept_for(*remembered_for, SystemTime::now());
        // Also after a panic: the list rejects every token then, and must not lose a revocation besides.
        let mut held = held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len >= *most {
            held.forget(now);
        }
        held.insert(revocation, forget_at, *most)
    }

    fn decide(&self, token: &TokenIdentity<'_>) -> Result<(), RevocationError> {
        // P6: a panic may have left the list half written. It is not an outage that ends, so no grace covers it.
        let held = self.shared.held.read();
        let held = held.map_err(|_| {
            RevocationError::Unreadable("a panic interrupted a write to the list: restart the service".to_owned())
        })?;
        let TokenIdentity { issuer, subject, token_id, session_id, .. } = *token;
        let named = [(&held.tokens, token_id), (&held.sessions, session_id), (&held.subjects, Some(subject))];
        for (names, name) in named {
            let entry = names.get(issuer).zip(name).and_then(|(names, name)| names.get(name));
            match entry {
                None => {}
                Some(Entry { issued_up_to: None, .. }) => return Err(RevocationError::Revoked),
                Some(Entry { issued_up_to: Some(time), .. }) => token.check_issued_after(*time)?,
            }
        }
        Ok(())
    }
}

impl Held {
    fn insert(&mut self, revocation: &Revocation, forget_at: Instant, most: usize) -> Result<(), RevokeError> {
        let (names, issued_up_to) = match revocation {
            Revocation::Token { .. } => (&mut self.tokens, None),
            Revocation::Session { .. } => (&mut self.sessions, None),
            Revocation::Subject { issued_up_to, .. } => (&mut self.subjects, Some(*issued_up_to)),
        };
        let (issuer, name) = revocation.names();
        if let Some(entry) = names.get_mut(issuer).and_then(|names| names.get_mut(name)) {
            // P6: what was taken back once stays so: an earlier time does not give the later tokens back.
            entry.issued_up_to = entry.issued_up_to.max(issued_up_to);
            entry.forget_at = entry.forget_at.max(forget_at);
            return Ok(());
        }
        if self.len >= most {
            return Err(RevokeError::Full(most));
        }
        names.entry(issuer.to_owned()).or_default().insert(name.to_owned(), Entry { issued_up_to, forget_at });
        self.len += 1;
        self.first_forgotten = Some(self.first_forgotten.map_or(forget_at, |first| first.min(forget_at)));
        Ok(())
    }

    /// Drops those whose time is over.
    fn forget(&mut self, now: Instant) {
        // So that a full list is not gone through for each attempt.
        if self.first_forgotten.is_some_and(|first| first > now) {
            return;
        }
        (self.len, self.first_forgotten) = (0, None);
        for names in [&mut self.tokens, &mut self.sessions, &mut self.subjects] {
            names.retain(|_, names| {
                names.retain(|_, entry| entry.forget_at > now);
                !names.is_empty()
            });
            for entry in names.values().flat_map(HashMap::values) {
                self.len += 1;
                self.first_forgotten =
                    Some(self.first_forgotten.map_or(entry.forget_at, |first| first.min(entry.forget_at)));
            }
        }
    }
}

impl Revocations for RevocationList {
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(ready(self.decide(token)))
    }

    fn remembered_for(&self) -> Option<Duration> {
        Some(self.shared.remembered_for)
    }

    fn is_asked(&self) {
        self.shared.asked.store(true, Ordering::Release);
    }

    fn name(&self) -> String {
        format!("the memory of this instance, up to {}", self.shared.most)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList").field("most", &self.shared.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::UNIX_EPOCH;

    /// With a grace for outages, a list that is broken for good would let every revoked token in.
    #[test]
    fn a_list_that_a_panic_interrupted_is_unreadable_and_not_an_outage() {
        let list = RevocationList::default();
        list.is_asked();
        let interrupted = catch_unwind(AssertUnwindSafe(|| {
            let _held = list.shared.held.write().unwrap();
            panic!("in the middle of a write");
        }));
        assert!(interrupted.is_err());
        let token = TokenIdentity {
            issuer: "https://id.example.com/",
            subject: "alice",
            token_id: None,
            session_id: None,
            issued_at: Some(UNIX_EPOCH),
            expires_at: UNIX_EPOCH,
            leeway: Duration::ZERO,
        };
        assert!(matches!(list.decide(&token), Err(RevocationError::Unreadable(_))), "{:?}", list.decide(&token));
        list.revoke(&Revocation::token("https://id.example.com/", "5f3b")).unwrap();
        assert!(matches!(list.decide(&token), Err(RevocationError::Unreadable(_))));
    }
}
