//! Issues access tokens that the verifier of the same configuration accepts.

use super::{IssueError, IssuedToken, SigningKey};
use crate::credential::Signed;
use crate::credential::token::keys::KeySet;
use crate::credential::token::{ClaimsPolicy, Issuer, LegacyTokens, TokenType, jws};
use crate::rejection::Refusal;
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Issues access tokens (RFC 9068) of the service's own.
///
/// It writes `iss`, `aud`, `sub`, `iat`, `exp`, `jti`, `client_id`, `kid` and `typ: at+jwt`, and
/// [`verifier`](Self::verifier) makes the verifier that requires them. During a rolling deployment
/// it can issue the former kind of token
/// ([`issue_legacy_form_until`](crate::credentials::TokenIssuerBuilder::issue_legacy_form_until)).
///
/// ```
/// use auth_runtime::{Claims, Events, TokenIssuer, credentials::SigningKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let issuer = TokenIssuer::builder()
///     .issuer("https://shop.example.com/")
///     .audience("shop")
///     .key(SigningKey::hs256("2026-11", b"a secret of at least thirty-two bytes!")?)
///     .build()?;
/// let verifier = issuer.verifier::<Claims>(Events::stderr()).build()?;
///
/// #[derive(serde::Serialize)]
/// struct Custom {
///     scope: &'static str,
/// }
///
/// let token = issuer.issue("alice", &Custom { scope: "orders:write" })?;
/// assert_eq!(verifier.verify(&token.token).await?.sub, "alice");
/// # Ok(())
/// # }
/// ```
///
/// Refresh tokens are not JWTs: see the [manual](crate::manual::own_tokens). Cheap to clone.
#[derive(Clone)]
pub struct TokenIssuer {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) issuer: Arc<Issuer>,
    pub(super) key: SigningKey,
    pub(super) lifetime: Duration,
    pub(super) client_id: String,
    pub(super) clock: Clock,
}

impl TokenIssuer {
    /// Issues a token for a subject, with custom claims: a struct, a map, or `&()` for none.
    ///
    /// # Errors
    ///
    /// [`IssueError`], when a custom claim would replace one that the issuer writes, and when the
    /// verifier of the same configuration would reject the token.
    pub fn issue(&self, subject: &str, claims: &impl Serialize) -> Result<IssuedToken, IssueError> {
        let Shared { issuer, key, lifetime, client_id, clock } = &*self.shared;
        let now = clock();
        let issued = now.duration_since(UNIX_EPOCH).map_err(|_| IssueError::Signature)?.as_secs();
        let expires = issued + lifetime.as_secs();
        let id = random_id()?;
        let mut all: Map<String, Value> = match serde_json::to_value(claims) {
            Ok(Value::Object(custom)) => custom,
            Ok(Value::Null) => Map::new(),
            _ => return Err(IssueError::InvalidClaims),
        };
        for (name, value) in [
            ("iss", Value::from(&*issuer.name)),
            ("aud", Value::from(issuer.audience())),
            ("sub", Value::from(subject)),
            ("iat", Value::from(issued)),
            ("exp", Value::from(expires)),
            ("jti", Value::from(&*id)),
            ("client_id", Value::from(&**client_id)),
        ] {
            if all.insert(name.to_owned(), value).is_some() {
                return Err(IssueError::Registered(name));
            }
        }
        let mut header = Header::new(key.algorithm);
        if let Some(legacy) = issuer.legacy_at(now).filter(|legacy| legacy.is_issued_at(now)) {
            // The header of `jsonwebtoken` already has `typ: JWT`.
            legacy.reduce(&mut all);
        } else {
            header.typ = Some("at+jwt".to_owned());
            header.kid = key.verifying.kid.as_deref().map(str::to_owned);
        }
        let token = jsonwebtoken::encode(&header, &all, &key.key).map_err(|_| IssueError::Signature)?;
        self.check(&token, now).map_err(|refusal| IssueError::Rejected {
            reason: refusal.rejection.reason(),
            detail: refusal.detail.unwrap_or_default().into_owned(),
        })?;
        let expires_at = UNIX_EPOCH + Duration::from_secs(expires);
        Ok(IssuedToken { token, id, expires_at, lifetime: *lifetime })
    }

    /// Verifies a new token by the verifier's own rules, so that the two cannot drift.
    fn check(&self, token: &str, now: SystemTime) -> Result<(), Refusal> {
        let Shared { issuer, key, .. } = &*self.shared;
        let known = jws::KnownHeaders::default();
        let unverified = jws::Unverified::parse(token, &known)?;
        let is_typed = unverified.is_typed();
        let legacy = issuer.legacy_at(now).filter(|_| !is_typed);
        let accepted = if legacy.is_some() { TokenType::AnyJwt } else { TokenType::AccessToken };
        unverified.check_header(accepted, &[])?;
        let algorithm = unverified.check_signature(&key.verifying)?;
        let kid = unverified.key_id()?.map(Box::from);
        let claims = unverified.claims()?;
        let (claims, is_typed, legacy_ends) = match legacy {
            Some(legacy) => {
                let is_settled = legacy.check_kind(claims.root())?;
                (LegacyTokens::completed(claims, issuer)?, is_settled, Some(legacy.until.end()))
            }
            None => (claims, is_typed, None),
        };
        let signed = Signed { kid, algorithm, key: key.verifying.fingerprint(), is_typed, legacy_ends };
        let policy = ClaimsPolicy { leeway: Duration::ZERO, max_lifetime: self.max_lifetime() };
        policy.check(claims, issuer, signed, now).map(drop)
    }

    /// Returns the issuer (`iss`).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.issuer.name
    }

    /// Returns the audience (`aud`).
    #[must_use]
    pub fn audience(&self) -> &str {
        self.shared.issuer.audience()
    }

    /// Returns the keys that verify its tokens, for a verifier in another process.
    #[must_use]
    pub fn keys(&self) -> KeySet {
        self.shared.issuer.keys.clone()
    }

    /// At least the default, because tokens of an earlier configuration may have lived longer.
    pub(crate) fn max_lifetime(&self) -> Duration {
        self.shared.lifetime.max(Duration::from_secs(24 * 60 * 60))
    }

    pub(crate) fn shared_clock(&self) -> Arc<dyn Fn() -> SystemTime + Send + Sync> {
        Arc::clone(&self.shared.clock)
    }

    pub(crate) fn legacy(&self) -> Option<LegacyTokens> {
        self.shared.issuer.legacy.clone()
    }
}

/// 128 random bits.
fn random_id() -> Result<String, IssueError> {
    let mut id = [0; 16];
    rand::fill(&mut id).map_err(|_| IssueError::Signature)?;
    Ok(URL_SAFE_NO_PAD.encode(id))
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer").field("issuer", &self.shared.issuer).finish_non_exhaustive()
    }
}
