//! Tokens of an issuer from before it set `iss` and `aud`.

use super::claims_policy::with_claims;
use super::issuers::Issuer;
use super::json::{Document, Json, Object};
use crate::base::Date;
use crate::rejection::Refusal;
use auth_events::Reason;
use serde_json::Value;
use std::sync::Arc;
#[cfg(feature = "issue")]
use std::time::SystemTime;

/// Accepts tokens without `iss`, `aud` or `typ: at+jwt` for some time.
#[derive(Debug, Clone)]
pub(crate) struct LegacyTokens {
    /// The last day.
    pub(crate) until: Date,
    pub(crate) reason: Arc<str>,
    /// The oldest key, which signed the tokens without a `kid`.
    pub(crate) kid: Option<Arc<str>>,
    /// The claim that states an access token, with its value.
    pub(crate) access_claim: Option<(Arc<str>, Value)>,
    /// Until when the issuer writes them too.
    pub(crate) issued: Option<LegacyForm>,
}

/// Issues tokens in the legacy form for some time, which old instances of the service accept.
#[derive(Debug, Clone)]
pub(crate) struct LegacyForm {
    /// The last day.
    pub(crate) until: Date,
    pub(crate) reason: Arc<str>,
}

impl LegacyTokens {
    /// Whether the issuer still writes the legacy form.
    #[cfg(feature = "issue")]
    pub(crate) fn is_issued_at(&self, now: SystemTime) -> bool {
        self.issued.as_ref().is_some_and(|form| now < form.until.end())
    }

    /// Makes the claims of a new token those of the legacy form.
    ///
    /// A custom claim with the name of the access claim stays. Its value is checked with the token.
    #[cfg(feature = "issue")]
    pub(crate) fn reduce(&self, claims: &mut serde_json::Map<String, Value>) {
        for name in ["iss", "aud", "client_id"] {
            claims.remove(name);
        }
        if let Some((name, access)) = &self.access_claim {
            claims.entry(&**name).or_insert_with(|| access.clone());
        }
    }

    /// Checks the claim that states the kind, and returns whether it settles it.
    ///
    /// P6: with such a claim, a token without it or with another value is another kind of token.
    pub(crate) fn check_kind(&self, claims: Object<'_>) -> Result<bool, Refusal> {
        let Some((name, access)) = &self.access_claim else { return Ok(false) };
        let states_access = match claims.get(name) {
            Some(Json::Text(kind)) => access.as_str() == Some(kind),
            Some(Json::Number(kind)) => access.as_u64().is_some() && access.as_u64() == kind.as_u64(),
            _ => false,
        };
        if states_access {
            Ok(true)
        } else {
            Err(Refusal::token(Reason::WrongTokenType, "its `legacy_access_claim` is missing or has another value"))
        }
    }

    /// Adds the missing `iss` and `aud`, after the signature is verified.
    ///
    /// P6: only what is missing. A claim that is wrong is still rejected, and `exp` and `sub` are
    /// still required.
    pub(crate) fn completed(document: Document, issuer: &Issuer) -> Result<Document, Refusal> {
        let root = document.root();
        if root.contains("iss") && root.contains("aud") {
            return Ok(document);
        }
        let missing: Vec<_> = [("iss", &*issuer.name), ("aud", issuer.audience())]
            .into_iter()
            .filter(|(name, _)| !root.contains(name))
            .collect();
        with_claims(&document, &missing)
    }
}
