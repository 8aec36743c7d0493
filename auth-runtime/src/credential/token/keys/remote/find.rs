//! Finds the key of a token, and refreshes the keys when that may help.

use super::super::VerifyingKey;
use super::super::key_index::KeyIndex;
use super::doubts::Doubt;
use super::handle::Remote;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::time::SystemTime;
use tokio::time::Instant;

/// The keys after a refresh.
enum Refreshed {
    /// They were read after the request had arrived.
    Read,
    /// They are from before the request, because a read is not due yet.
    CoolingDown,
    Failed,
}

impl Remote {
    /// Checks a signature with the key of the token.
    ///
    /// If it fails, the issuer may have another key under the same `kid`, for instance after a
    /// realm was imported again. Then the keys are read once more, and the key that has replaced
    /// the first one is tried. T15: forged tokens cause it too, so it happens once a cooldown.
    pub(crate) async fn check<T>(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
        check: impl Fn(&VerifyingKey) -> Result<T, Refusal>,
    ) -> Result<(VerifyingKey, T), Refusal> {
        let key = self.find(kid, algorithm, now).await?;
        let refusal = match check(&key) {
            Ok(checked) => return Ok((key, checked)),
            Err(refusal) => refusal,
        };
        if refusal.rejection != Rejection::InvalidToken(Reason::BadSignature) {
            return Err(refusal);
        }
        let Refreshed::Read = self.refresh().await else { return Err(refusal) };
        match self.current(now, |keys| keys.find(kid, algorithm).cloned()) {
            Ok(Ok(other)) if other.fingerprint() != key.fingerprint() => check(&other).map(|checked| (other, checked)),
            _ => Err(refusal),
        }
    }

    /// Finds the key for a token, and refreshes the keys if its `kid` is unknown.
    async fn find(&self, kid: Option<&str>, algorithm: &str, now: SystemTime) -> Result<VerifyingKey, Refusal> {
        let find = |keys: &KeyIndex| keys.find(kid, algorithm).cloned();
        if let Ok(found) = self.current(now, find) {
            match found {
                // New keys cannot help a token without a `kid`. They may help a token with one,
                // also when a key without a `kid` was tried in its place.
                Err(refusal) if kid.is_some() && is_unknown(&refusal) => {}
                found => return found,
            }
        }
        let refreshed = self.refresh().await;
        match self.current(now, find)? {
            Err(refusal) if is_unknown(&refusal) => Err(self.unknown(kid, refusal, &refreshed, now)),
            found => found,
        }
    }

    /// Makes the refusal for a `kid` that the current keys do not have.
    fn unknown(&self, kid: Option<&str>, refusal: Refusal, refreshed: &Refreshed, now: SystemTime) -> Refusal {
        let Some(kid) = kid else { return refusal };
        match refreshed {
            // P6: the token may be valid, and that cannot be decided.
            Refreshed::Failed => unavailable("no key with this kid, and the issuer is unreachable"),
            Refreshed::Read => {
                self.shared.doubts().decide(kid);
                refusal
            }
            // An issuer without a key has revoked its keys, and is not rotating.
            Refreshed::CoolingDown if matches!(self.current(now, KeyIndex::is_empty), Ok(true)) => refusal,
            Refreshed::CoolingDown => {
                let doubt = self.shared.doubts().ask(kid, Instant::now());
                match doubt {
                    Doubt::Decided => refusal,
                    Doubt::Pending => {
                        self.shared.wake.notify_one();
                        // P7: with the reason of an invalid token, so that alerts count it as one.
                        Refusal::because(
                            Rejection::Unavailable(Reason::UnknownKey),
                            "no key with this kid, and the keys are read again soon",
                        )
                    }
                }
            }
        }
    }

    /// Waits for an attempt that is in progress or due.
    ///
    /// Within the cooldown of the last attempt it does not wait. The task makes one attempt for all
    /// requests, and a request that stops waiting does not cancel it.
    async fn refresh(&self) -> Refreshed {
        let shared = &*self.shared;
        if self.ended().is_some() {
            return Refreshed::Failed;
        }
        let mut attempts = shared.attempts.subscribe();
        let seen = attempts.borrow_and_update().clone();
        let awaited = if seen.started > seen.finished {
            seen.started
        } else if seen.are_cooling_down(shared.cooldown) {
            return if seen.failure.is_some() { Refreshed::Failed } else { Refreshed::CoolingDown };
        } else {
            shared.wake.notify_one();
            seen.finished + 1
        };
        match attempts.wait_for(|attempts| attempts.finished >= awaited).await {
            Ok(attempts) if attempts.failure.is_none() => Refreshed::Read,
            _ => Refreshed::Failed,
        }
    }
}

fn is_unknown(refusal: &Refusal) -> bool {
    matches!(refusal.rejection, Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed))
}

pub(super) fn unavailable(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::Unavailable(Reason::VerifierUnavailable), detail)
}
