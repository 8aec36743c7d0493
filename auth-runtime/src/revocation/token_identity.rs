//! The claims of a verified token that revocations refer to.

use super::{Revocation, RevocationError, RevokeError};
use crate::credential::token::json::Json;
use crate::credential::{Origin, VerifiedClaims};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Identifies a token for revocation. All fields were verified.
///
/// ```
/// use auth_runtime::revocation::{RevocationList, RevokeError};
/// use auth_runtime::{Authenticated, Claims};
///
/// fn log_out(auth: &Authenticated<Claims>, revoked: &RevocationList) -> Result<(), RevokeError> {
///     revoked.revoke(&auth.token_identity().revocation()?)
/// }
/// # let _ = log_out;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenIdentity<'a> {
    /// `iss`. The other names are unique only together with it.
    pub issuer: &'a str,
    /// `sub`.
    pub subject: &'a str,
    /// `jti`.
    pub token_id: Option<&'a str>,
    /// `sid` (OpenID Connect Front-Channel Logout section 3).
    pub session_id: Option<&'a str>,
    /// `iat`, in whole seconds.
    pub issued_at: Option<SystemTime>,
    /// `exp`.
    pub expires_at: SystemTime,
    /// How far the issuer's clock may be ahead: the verifier's
    /// [leeway](crate::credentials::VerifierBuilder::leeway).
    pub leeway: Duration,
    /// Whether `exp` is that of a record, which may be renewed.
    pub(crate) is_of_record: bool,
}

impl<'a> TokenIdentity<'a> {
    pub(crate) fn of(claims: &'a VerifiedClaims, leeway: Duration) -> Self {
        let members = claims.claims.root();
        let text = |name| members.get(name).and_then(Json::text);
        // Rounded down, so that a token issued in the second of a revocation counts as issued
        // before it.
        let issued = claims.issued().map(|issued| Duration::from_secs(issued.as_secs()));
        Self {
            issuer: &claims.names.issuer,
            subject: &claims.subject,
            token_id: text("jti"),
            session_id: text("sid"),
            issued_at: issued.and_then(|issued| UNIX_EPOCH.checked_add(issued)),
            expires_at: claims.expires_at,
            leeway,
            is_of_record: matches!(claims.origin, Origin::LookedUp(_)),
        }
    }

    /// Returns the revocation of this one token, for a logout.
    ///
    /// # Errors
    ///
    /// [`RevokeError::NoTokenId`], when the token has no `jti`. Revoke its session or its subject
    /// then.
    pub fn revocation(&self) -> Result<Revocation, RevokeError> {
        let token_id = self.token_id.ok_or(RevokeError::NoTokenId)?.to_owned();
        // P6: a session is renewed when it is used, so its end is not that of the revocation.
        let expires_at = (!self.is_of_record).then_some(self.expires_at);
        Ok(Revocation::Token { issuer: self.issuer.to_owned(), token_id, expires_at })
    }

    /// Rejects a token that may have been issued up to a time.
    ///
    /// For a [`Revocation::Subject`] in a store of your own:
    ///
    /// ```
    /// # use auth_runtime::revocation::{RevocationError, TokenIdentity};
    /// # use std::time::SystemTime;
    /// fn check(
    ///     token: &TokenIdentity<'_>,
    ///     logged_out_at: Option<SystemTime>,
    /// ) -> Result<(), RevocationError> {
    ///     logged_out_at.map_or(Ok(()), |time| token.check_issued_after(time))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RevocationError::Revoked`], unless `iat` less the leeway is later than `revoked_up_to`,
    /// and for a token without `iat`.
    pub fn check_issued_after(&self, revoked_up_to: SystemTime) -> Result<(), RevocationError> {
        // P6: the issuer's clock may be ahead by the leeway, so a token that was issued before the
        // revocation may state a later `iat`. In whole seconds, rounded up, so that a store that
        // keeps whole seconds (Redis) and a store that keeps fractions give the same answer.
        let leeway = Duration::from_secs(seconds_rounded_up(self.leeway));
        match self.issued_at.and_then(|issued_at| issued_at.checked_sub(leeway)) {
            Some(earliest) if earliest > revoked_up_to => Ok(()),
            _ => Err(RevocationError::Revoked),
        }
    }
}

fn seconds_rounded_up(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leeway_is_subtracted_from_iat_in_whole_seconds() {
        let at = |seconds: u64, millis: u64| UNIX_EPOCH + Duration::from_millis(seconds * 1000 + millis);
        let issued = |issued_at, leeway| TokenIdentity {
            issuer: "",
            subject: "",
            token_id: None,
            session_id: None,
            issued_at,
            expires_at: at(2000, 0),
            leeway: Duration::from_millis(leeway),
            is_of_record: false,
        };
        for (issued_at, leeway, revoked_up_to, revoked) in [
            (Some(at(1000, 0)), 0, at(1000, 0), true),
            (Some(at(1001, 0)), 0, at(1000, 0), false),
            (Some(at(1030, 0)), 30_000, at(1000, 0), true),
            (Some(at(1031, 0)), 30_000, at(1000, 0), false),
            // Redis keeps whole seconds: a fraction of the time or of the leeway makes no
            // difference.
            (Some(at(1002, 0)), 1500, at(1000, 0), true),
            (Some(at(1002, 0)), 1500, at(1000, 900), true),
            (Some(at(1003, 0)), 1500, at(1000, 900), false),
            (Some(at(10, 0)), 30_000, UNIX_EPOCH, true),
            (None, 0, UNIX_EPOCH, true),
        ] {
            let outcome = issued(issued_at, leeway).check_issued_after(revoked_up_to);
            assert_eq!(outcome.is_err(), revoked, "{issued_at:?} {leeway} {revoked_up_to:?}");
        }
    }
}
