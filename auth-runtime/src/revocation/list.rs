//! Revocations in the memory of one instance.

use super::kept_issuers::KeptIssuers;
use super::{Revocation, RevocationError, Revocations, RevokeError, TokenIdentity};
use crate::base::ConfigError;
use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// Stores revocations in memory, for a service of one instance.
///
/// Other instances do not see them, and a restart loses them. For a service of many instances, see
/// `RedisRevocations` (feature `redis`).
///
/// ```
/// use auth_runtime::{Authenticated, Claims, authenticated, revocation::RevocationList};
/// use axum::extract::State;
///
/// #[authenticated]
/// async fn logout(
///     auth: Authenticated<Claims>,
///     State(revoked): State<RevocationList>,
/// ) -> Result<(), String> {
///     let this_token = auth.token_identity().revocation();
///     this_token.and_then(|token| revoked.revoke(&token)).map_err(|error| error.to_string())
/// }
/// ```
///
/// Cheap to clone; clones share the list. Pass one clone to the verifier
/// ([`revocations`](crate::credentials::VerifierBuilder::revocations)) and another to the router's
/// state.
#[derive(Clone)]
pub struct RevocationList {
    shared: Arc<Shared>,
}

struct Shared {
    capacity: usize,
    retention: Duration,
    kept: KeptIssuers,
    has_verifier: AtomicBool,
    entries: RwLock<Entries>,
}

#[derive(Default)]
struct Entries {
    tokens: ByIssuer,
    sessions: ByIssuer,
    subjects: ByIssuer,
    len: usize,
    /// No entry can be removed earlier.
    next_removal: Option<Instant>,
}

/// Entries by issuer and name.
type ByIssuer = HashMap<String, HashMap<String, Entry>>;

#[derive(Clone, Copy)]
struct Entry {
    /// Tokens issued up to this time are revoked. `None`: all tokens, whenever they were issued.
    issued_up_to: Option<SystemTime>,
    remove_at: Instant,
}

impl Default for RevocationList {
    /// Creates a list of 100 000 revocations, each kept for 25 hours.
    ///
    /// That is longer than the lifetime of any token, unless
    /// [`max_lifetime`](crate::credentials::VerifierBuilder::max_lifetime) is raised.
    fn default() -> Self {
        Self::new(100_000, Duration::from_secs(25 * 60 * 60))
    }
}

impl RevocationList {
    /// Creates a list with a capacity, which keeps each revocation for the retention time.
    ///
    /// The retention must be at least
    /// [`max_lifetime`](crate::credentials::VerifierBuilder::max_lifetime) plus twice the
    /// [`leeway`](crate::credentials::VerifierBuilder::leeway). A revocation takes up to 2 KB,
    /// usually less than 200 bytes.
    ///
    /// Revocations of API keys, sessions and own kinds are kept for as long as the list exists,
    /// because their records have no longest lifetime. Where the record was deleted or revoked too,
    /// state until when a cached one may be used ([`Revocation::Token`], `expires_at`), so that the
    /// list does not fill.
    #[must_use]
    pub fn new(capacity: usize, retention: Duration) -> Self {
        let has_verifier = AtomicBool::new(false);
        let (kept, entries) = (KeptIssuers::default(), RwLock::default());
        Self { shared: Arc::new(Shared { capacity, retention, kept, has_verifier, entries }) }
    }

    /// Revokes tokens, effective immediately.
    ///
    /// # Errors
    ///
    /// [`RevokeError`]; the tokens remain valid then. A full list does not remove a revocation to
    /// make room, because its tokens would become valid again.
    pub fn revoke(&self, revocation: &Revocation) -> Result<(), RevokeError> {
        revocation.check_length()?;
        let Shared { capacity, retention, kept, has_verifier, entries } = &*self.shared;
        // P9: a list that no verifier checks would accept every logout without effect.
        if !has_verifier.load(Ordering::Acquire) {
            return Err(RevokeError::NoVerifier);
        }
        let now = Instant::now();
        let retention = kept.retention(revocation.key().0, *retention);
        let remove_at = now + revocation.retention(retention, SystemTime::now());
        // Also after a panic: the list rejects every token then, and must not lose a revocation as
        // well.
        let mut entries = entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len >= *capacity {
            entries.remove_old(now);
        }
        entries.insert(revocation, remove_at, *capacity)
    }

    fn check_entries(&self, token: &TokenIdentity<'_>) -> Result<(), RevocationError> {
        // P6: a panic may have left the list half written. That outage does not end, so the grace
        // period does not cover it.
        let entries = self.shared.entries.read();
        let entries = entries.map_err(|_| {
            RevocationError::Unreadable("a panic interrupted a write to the list: restart the service".to_owned())
        })?;
        let TokenIdentity { issuer, subject, token_id, session_id, .. } = *token;
        let lookups =
            [(&entries.tokens, token_id), (&entries.sessions, session_id), (&entries.subjects, Some(subject))];
        for (by_issuer, name) in lookups {
            let entry = by_issuer.get(issuer).zip(name).and_then(|(names, name)| names.get(name));
            match entry {
                None => {}
                Some(Entry { issued_up_to: None, .. }) => return Err(RevocationError::Revoked),
                Some(Entry { issued_up_to: Some(time), .. }) => token.check_issued_after(*time)?,
            }
        }
        Ok(())
    }
}

impl Entries {
    fn insert(&mut self, revocation: &Revocation, remove_at: Instant, capacity: usize) -> Result<(), RevokeError> {
        let (by_issuer, issued_up_to) = match revocation {
            Revocation::Token { .. } => (&mut self.tokens, None),
            Revocation::Session { .. } => (&mut self.sessions, None),
            Revocation::Subject { issued_up_to, .. } => (&mut self.subjects, Some(*issued_up_to)),
        };
        let (issuer, name) = revocation.key();
        if let Some(entry) = by_issuer.get_mut(issuer).and_then(|names| names.get_mut(name)) {
            // P6: an earlier time must not make tokens valid that are revoked already.
            entry.issued_up_to = entry.issued_up_to.max(issued_up_to);
            entry.remove_at = entry.remove_at.max(remove_at);
            return Ok(());
        }
        if self.len >= capacity {
            return Err(RevokeError::Full(capacity));
        }
        by_issuer.entry(issuer.to_owned()).or_default().insert(name.to_owned(), Entry { issued_up_to, remove_at });
        self.len += 1;
        self.next_removal = Some(self.next_removal.map_or(remove_at, |next| next.min(remove_at)));
        Ok(())
    }

    /// Removes the entries whose retention has ended.
    fn remove_old(&mut self, now: Instant) {
        // A full list must not be searched on each attempt.
        if self.next_removal.is_some_and(|next| next > now) {
            return;
        }
        (self.len, self.next_removal) = (0, None);
        for by_issuer in [&mut self.tokens, &mut self.sessions, &mut self.subjects] {
            by_issuer.retain(|_, names| {
                names.retain(|_, entry| entry.remove_at > now);
                !names.is_empty()
            });
            for entry in by_issuer.values().flat_map(HashMap::values) {
                self.len += 1;
                self.next_removal = Some(self.next_removal.map_or(entry.remove_at, |next| next.min(entry.remove_at)));
            }
        }
    }
}

impl Revocations for RevocationList {
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(ready(self.check_entries(token)))
    }

    fn retention(&self) -> Option<Duration> {
        Some(self.shared.retention)
    }

    fn keep_forever(&self, issuer: &str) -> Result<(), ConfigError> {
        self.shared.kept.add(issuer);
        Ok(())
    }

    fn attach_verifier(&self) {
        self.shared.has_verifier.store(true, Ordering::Release);
    }

    fn name(&self) -> String {
        format!("the memory of this instance, up to {}", self.shared.capacity)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList").field("capacity", &self.shared.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::UNIX_EPOCH;

    /// Otherwise the grace period for outages would accept every revoked token.
    #[test]
    fn a_list_that_a_panic_interrupted_is_unreadable_and_not_an_outage() {
        let list = RevocationList::default();
        list.attach_verifier();
        let interrupted = catch_unwind(AssertUnwindSafe(|| {
            let _entries = list.shared.entries.write().unwrap();
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
            is_of_record: false,
            leeway: Duration::ZERO,
        };
        assert!(
            matches!(list.check_entries(&token), Err(RevocationError::Unreadable(_))),
            "{:?}",
            list.check_entries(&token)
        );
        list.revoke(&Revocation::token("https://id.example.com/", "5f3b")).unwrap();
        assert!(matches!(list.check_entries(&token), Err(RevocationError::Unreadable(_))));
    }

    fn session(issuer: &'static str) -> TokenIdentity<'static> {
        TokenIdentity {
            issuer,
            subject: "alice",
            token_id: Some("s1"),
            session_id: Some("s1"),
            issued_at: None,
            expires_at: UNIX_EPOCH,
            leeway: Duration::ZERO,
            is_of_record: true,
        }
    }

    /// A session is renewed when it is used, so each end of its revocation would be too early.
    #[test]
    fn revocations_of_records_are_never_removed() {
        let shop = session("https://shop.example.com/login");
        let all = [
            Revocation::session(shop.issuer, "s1"),
            Revocation::subject(shop.issuer, "alice", UNIX_EPOCH),
            shop.revocation().unwrap(),
        ];
        for revocation in all {
            let list = RevocationList::new(1, Duration::ZERO);
            list.attach_verifier();
            // Of an issuer of tokens, it makes room after the retention.
            list.revoke(&Revocation::session("https://id.example.com/", "s1")).unwrap();
            list.keep_forever(shop.issuer).unwrap();
            list.revoke(&revocation).unwrap();
            let other = list.revoke(&Revocation::session("https://id.example.com/", "s2"));
            assert!(matches!(other, Err(RevokeError::Full(1))), "{revocation:?}: {other:?}");
            assert!(matches!(list.check_entries(&shop), Err(RevocationError::Revoked)), "{revocation:?}");
            let left = list.shared.entries.read().unwrap().next_removal.unwrap() - Instant::now();
            assert!(left > Duration::from_secs(24 * 365 * 99 * 60 * 60), "{revocation:?}: {left:?}");
        }
    }

    /// For a record that was deleted too, so that the list does not fill.
    #[test]
    fn a_stated_end_of_a_revocation_counts() {
        let list = RevocationList::new(1, Duration::ZERO);
        list.attach_verifier();
        list.keep_forever("keys").unwrap();
        let token_id = "k1".to_owned();
        let ended = Revocation::Token { issuer: "keys".to_owned(), token_id, expires_at: Some(UNIX_EPOCH) };
        list.revoke(&ended).unwrap();
        let left = list.shared.entries.read().unwrap().next_removal.unwrap() - Instant::now();
        assert!(left <= Duration::from_secs(10 * 60), "{left:?}");
    }
}
