//! What the service has recorded about the owner of a credential.

use serde_json::{Map, Value};
use std::time::SystemTime;

/// Describes the owner of a credential that is not a JWT: an API key, a session, or an own kind.
///
/// The verifier makes claims of it, as if a token had stated them: `sub`, `scope`, `exp`, `iat`,
/// `jti`, `sid`, and the [`claim`](Self::claim)s. So permissions, rules and revocations work as for
/// tokens. `iss` is the name of the kind's issuer, which the verifier adds.
///
/// ```
/// use auth_runtime::credentials::CredentialRecord;
///
/// let owner = CredentialRecord::of("acme").scopes(["orders:read"]).claim("plan", "enterprise");
/// # drop(owner);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "it has no effect unless it is returned"]
pub struct CredentialRecord {
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) id: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) issued_at: Option<SystemTime>,
    pub(crate) expires_at: Option<SystemTime>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) is_cacheable: bool,
    /// `nbf`, where an authorization server stated the record.
    pub(crate) not_before: Option<SystemTime>,
    /// Whether an authorization server stated the record, whose clock may differ.
    pub(crate) is_stated_by_issuer: bool,
}

impl CredentialRecord {
    /// Creates the record of an owner (`sub`), without scopes.
    pub fn of(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            scopes: Vec::new(),
            id: None,
            session: None,
            issued_at: None,
            expires_at: None,
            claims: Map::new(),
            is_cacheable: true,
            not_before: None,
            is_stated_by_issuer: false,
        }
    }

    /// Grants these scopes (`scope`), each one word (RFC 6749 section 3.3).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the identifier of this credential (`jti`), by which it can be revoked. Not a secret.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the session (`sid`) of this credential, by which it can be revoked. Not a secret.
    pub fn session(mut self, session: impl Into<String>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// Sets when the credential was issued (`iat`).
    pub fn issued_at(mut self, time: SystemTime) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// Sets when the credential expires (`exp`). Without it, the credential does not expire.
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// Adds a claim of the service's own.
    ///
    /// A registered one, such as `iss` or `sub`, is rejected when the credential is used, because
    /// the verifier sets it.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }
    /// Forbids the verifier to use this record for more than one request.
    pub fn never_cached(mut self) -> Self {
        self.is_cacheable = false;
        self
    }
}
