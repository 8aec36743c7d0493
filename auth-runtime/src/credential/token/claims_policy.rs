//! Checks the claims of a token whose signature is verified (RFC 7519 section 4.1, RFC 9068 section
//! 4).

use super::TokenType;
use super::clocks;
use super::issuers::Issuer;
use super::json::{Document, Json, Object};
use crate::credential::{Origin, Signed, Times, VerifiedClaims};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use serde_json::{Map, Value};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The checks of claims that are the same for all issuers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClaimsPolicy {
    pub(crate) leeway: Duration,
    pub(crate) max_lifetime: Duration,
}

impl ClaimsPolicy {
    /// Checks that required claims are present, and that all known claims have their type.
    ///
    /// A claim of the wrong type never counts as absent (CVE-2026-25537).
    pub(crate) fn check(
        self,
        document: Document,
        issuer: &Arc<Issuer>,
        signed: Signed,
        now: SystemTime,
    ) -> Result<VerifiedClaims, Refusal> {
        let claims = document.root();
        let spelling = issuer.spelling(claims)?;
        let elsewhere = issuer.rules.check_audience(&issuer.audiences, claims)?;
        let (subject, is_elsewhere) = issuer.rules.subject(claims)?;
        issuer.rules.check_required(claims)?;
        let token_type = if signed.legacy_ends.is_some() { TokenType::AnyJwt } else { issuer.token_type };
        let is_shown = issuer.rules.shows_kind();
        token_type.check_claims(signed.is_typed, is_shown, claims)?;
        for optional in ["jti", "client_id", "sid"] {
            if claims.get(optional).is_some_and(|value| value.text().is_none()) {
                return Err(malformed(optional, "not a string"));
            }
        }
        // A sender-constrained token must not be used as a bearer token, and the binding is not
        // checked yet (RFC 7800 section 3.1, RFC 8705, RFC 9449).
        if claims.contains("cnf") {
            return Err(Refusal::claim(Reason::SenderConstrained, "cnf", "binds the token to a key"));
        }
        let times = read_times(claims)?;
        let policy = self.of(issuer);
        policy.check_times(times, now)?;
        let holds = policy.holds(times, signed.legacy_ends);
        let expires_at = UNIX_EPOCH.checked_add(times.expires).ok_or_else(|| malformed("exp", "not a date"))?;
        let mut stated = Vec::new();
        // P2: one caller has one identity, however the issuer is spelled.
        if spelling.text != spelling.names.issuer {
            stated.push(("iss", &*spelling.names.issuer));
        }
        stated.extend(elsewhere.map(|audience| ("aud", &**audience)));
        if is_elsewhere {
            stated.push(("sub", subject.as_str()));
        }
        let names = Arc::clone(&spelling.names);
        let document = if stated.is_empty() { document } else { with_claims(&document, &stated)? };
        let origin = Origin::Token(Arc::clone(issuer).into(), signed);
        Ok(VerifiedClaims { names, subject, expires_at, times, holds, origin, claims: document })
    }

    /// The policy with the longest lifetime of this issuer.
    #[inline]
    fn of(self, issuer: &Issuer) -> Self {
        Self { max_lifetime: issuer.rules.max_lifetime.unwrap_or(self.max_lifetime), ..self }
    }

    /// RFC 7519 section 4.1.4: the current time must be before `exp`.
    #[inline]
    fn check_expiry(self, now: Duration, expires: Duration) -> Result<(), Refusal> {
        if now >= expires.saturating_add(self.leeway) {
            return Err(Refusal::token(Reason::Expired, clocks::expired_for(now.saturating_sub(expires))));
        }
        Ok(())
    }

    /// Checks the times of a cached credential, as strictly as at the first time.
    #[inline]
    pub(crate) fn check_times_again(self, claims: &VerifiedClaims, now: SystemTime) -> Result<(), Refusal> {
        if claims.holds.contains(&now) { Ok(()) } else { self.check_each_time_again(claims, now) }
    }

    fn check_each_time_again(self, claims: &VerifiedClaims, now: SystemTime) -> Result<(), Refusal> {
        match &claims.origin {
            Origin::Token(issuer, signed) => {
                check_legacy(signed, now)?;
                self.of(issuer).check_times(claims.times, now)
            }
            Origin::LookedUp(_) => check_record_expiry(claims.times, now),
        }
    }

    /// Checks the expiry again while a proof is in use. The other times cannot start to fail.
    pub(crate) fn check_expiry_again(self, claims: &VerifiedClaims, now: SystemTime) -> Result<(), Refusal> {
        match &claims.origin {
            Origin::Token(_, signed) => {
                check_legacy(signed, now)?;
                self.check_expiry(since_epoch(now)?, claims.times.expires)
            }
            Origin::LookedUp(_) => check_record_expiry(claims.times, now),
        }
    }

    /// The time after which a credential is rejected.
    pub(crate) fn ends_at(self, claims: &VerifiedClaims) -> SystemTime {
        match &claims.origin {
            Origin::Token(..) => claims.expires_at + self.leeway,
            Origin::LookedUp(_) => claims.expires_at,
        }
    }

    #[inline]
    fn check_times(self, times: Times, now: SystemTime) -> Result<(), Refusal> {
        let Times { expires, issued, .. } = times;
        let now = since_epoch(now)?;
        self.check_expiry(now, expires)?;
        self.check_beginning(times, now)?;
        // This also rejects dates in milliseconds, which would be valid for millennia. A token
        // without `iat` counts as issued now, because `exp` must not be later than `max_lifetime`
        // after now.
        let lifetime = expires.saturating_sub(issued.unwrap_or(now));
        if lifetime > self.max_lifetime {
            return Err(Refusal::claim(Reason::LifetimeTooLong, "exp", "longer than max_lifetime"));
        }
        Ok(())
    }

    /// Returns when [`check_times`](Self::check_times) accepts these times, which it accepted once.
    fn holds(self, Times { expires, not_before, issued }: Times, legacy_ends: Option<SystemTime>) -> Range<SystemTime> {
        let ahead = not_before.max(issued).unwrap_or_default().saturating_sub(self.leeway);
        // Without `iat`, the lifetime is counted from now.
        let too_long = if issued.is_some() { Duration::ZERO } else { expires.saturating_sub(self.max_lifetime) };
        let at = |since_epoch| UNIX_EPOCH.checked_add(since_epoch);
        match (at(ahead.max(too_long)), at(expires.saturating_add(self.leeway))) {
            (Some(begins), Some(ends)) => begins..legacy_ends.map_or(ends, |last| last.min(ends)),
            // P6: a date that the system cannot represent is never skipped.
            _ => UNIX_EPOCH..UNIX_EPOCH,
        }
    }

    /// Checks the times that an authorization server has stated about an opaque token.
    ///
    /// Its lifetime is the server's decision, which is asked again after a short time.
    pub(crate) fn check_stated_times(self, claims: &VerifiedClaims, now: SystemTime) -> Result<(), Refusal> {
        self.check_beginning(claims.times, since_epoch(now)?)
    }

    #[inline]
    fn check_beginning(self, Times { expires, not_before, issued }: Times, now: Duration) -> Result<(), Refusal> {
        let latest = now.saturating_add(self.leeway);
        if let Some(not_before) = not_before.filter(|not_before| *not_before > latest) {
            return Err(clocks::ahead(Reason::NotYetValid, "nbf", not_before.saturating_sub(now)));
        }
        if let Some(issued) = issued.filter(|issued| *issued > latest) {
            return Err(clocks::ahead(Reason::IssuedInFuture, "iat", issued.saturating_sub(now)));
        }
        if issued.is_some_and(|issued| issued > expires) {
            return Err(malformed("iat", "after exp"));
        }
        Ok(())
    }
}

/// P6: a legacy token that is cached or open as a stream ends with the last day.
fn check_legacy(signed: &Signed, now: SystemTime) -> Result<(), Refusal> {
    match signed.legacy_ends {
        Some(ends) if now >= ends => {
            Err(Refusal::claim(Reason::WrongTokenType, "typ", "legacy tokens are no longer accepted"))
        }
        _ => Ok(()),
    }
}

/// The service's own clock wrote the expiry, so there is no leeway.
pub(crate) fn check_record_expiry(times: Times, now: SystemTime) -> Result<(), Refusal> {
    if since_epoch(now)? >= times.expires {
        return Err(Refusal::token(Reason::Expired, "the record has expired"));
    }
    Ok(())
}

/// RFC 7519 section 4.1.3: `aud` is a string, or an array of strings. Compared byte by byte.
pub(crate) fn check_audience(aud: Option<Json<'_>>, is_ours: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let is_contained = match aud {
        Some(Json::Text(one)) => is_ours(one),
        Some(Json::Array(many)) => {
            if !many.elements().all(|one| matches!(one, Json::Text(_))) {
                return Err(malformed("aud", "contains a value that is not a string"));
            }
            many.elements().filter_map(Json::text).any(is_ours)
        }
        Some(_) => return Err(malformed("aud", "neither a string nor an array")),
        None => return Err(malformed("aud", "missing")),
    };
    if is_contained {
        Ok(())
    } else {
        Err(Refusal::claim(Reason::WrongAudience, "aud", "does not contain the audience of the verifier"))
    }
}

/// A clock before 1970 is wrong, so expiry cannot be checked: 503.
fn since_epoch(now: SystemTime) -> Result<Duration, Refusal> {
    now.duration_since(UNIX_EPOCH).map_err(|_| Rejection::Unavailable(Reason::VerifierUnavailable).into())
}

fn malformed(claim: &'static str, detail: &'static str) -> Refusal {
    Refusal::claim(Reason::MalformedClaims, claim, detail)
}

/// Sets claims that the token states elsewhere, after they were checked.
///
/// P6: only after the signature is verified.
pub(super) fn with_claims(document: &Document, stated: &[(&str, &str)]) -> Result<Document, Refusal> {
    let unreadable = |_| Refusal::token(Reason::MalformedClaims, "the claims of the token cannot be completed");
    let mut claims: Map<String, Value> = document.decode().map_err(unreadable)?;
    claims.extend(stated.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))));
    Document::parse(&Value::Object(claims).to_string()).map_err(unreadable)
}

/// Reads a JSON number of seconds, which may have a fraction (RFC 7519 section 2).
pub(crate) fn numeric_date(claims: Object<'_>, name: &'static str) -> Result<Option<Duration>, Refusal> {
    let number = match claims.get(name) {
        None => return Ok(None),
        Some(Json::Number(number)) => number,
        Some(_) => return Err(malformed(name, "not a number")),
    };
    let since_epoch = match number.as_u64() {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => number.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    };
    since_epoch.map(Some).ok_or_else(|| malformed(name, "not a date"))
}

fn read_times(claims: Object<'_>) -> Result<Times, Refusal> {
    let expires = numeric_date(claims, "exp")?.ok_or_else(|| malformed("exp", "missing"))?;
    let (not_before, issued) = (numeric_date(claims, "nbf")?, numeric_date(claims, "iat")?);
    Ok(Times { expires, not_before, issued })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_times_hold_exactly_while_they_are_accepted() {
        let second = Duration::from_secs;
        let policy = ClaimsPolicy { leeway: second(10), max_lifetime: second(1000) };
        let first = second(5000);
        let dates = [None, Some(second(0)), Some(second(4005)), Some(second(5000)), Some(second(5010))];
        let mut compared = 0;
        for (not_before, issued) in dates.iter().flat_map(|one| dates.iter().map(move |other| (*one, *other))) {
            for expires in [second(4995), second(5001), second(5800), second(6000), Duration::MAX] {
                let times = Times { expires, not_before, issued };
                if policy.check_times(times, UNIX_EPOCH + first).is_err() {
                    continue;
                }
                let holds = policy.holds(times, None);
                for now in (4980..5020).chain(5780..5830).chain(5980..6030).map(second) {
                    // A nanosecond decides.
                    for now in [now.saturating_sub(Duration::from_nanos(1)), now].map(|now| UNIX_EPOCH + now) {
                        let is_accepted = policy.check_times(times, now).is_ok();
                        assert_eq!(holds.contains(&now), is_accepted, "{times:?} at {now:?}");
                        compared += 1;
                    }
                }
                let last = UNIX_EPOCH + second(5003);
                let of_legacy = policy.holds(times, Some(last));
                assert!(!of_legacy.contains(&last), "{times:?}");
            }
        }
        assert!(compared > 1000, "{compared}");
    }

    #[test]
    fn times_that_no_system_time_has_never_hold_without_a_check() {
        let policy = ClaimsPolicy { leeway: Duration::ZERO, max_lifetime: Duration::MAX };
        let times = Times { expires: Duration::MAX, not_before: None, issued: None };
        assert!(policy.holds(times, None).is_empty());
    }
}
