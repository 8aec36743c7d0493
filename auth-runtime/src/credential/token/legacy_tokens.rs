//! Tokens of an issuer from before it set `iss` and `aud`.

use super::issuers::Issuer;
use super::json::Document;
use crate::base::Date;
use crate::rejection::Refusal;
use auth_events::Reason;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Accepts tokens without `iss`, `aud` or `typ: at+jwt` for some time.
#[derive(Debug, Clone)]
pub(crate) struct LegacyTokens {
    /// The last day.
    pub(crate) until: Date,
    pub(crate) reason: Arc<str>,
    /// The oldest key, which signed the tokens without a `kid`.
    pub(crate) kid: Option<Arc<str>>,
}

impl LegacyTokens {
    /// Adds the missing `iss` and `aud`, after the signature is verified.
    ///
    /// P6: only what is missing. A claim that is wrong is still rejected, and `exp` and `sub` are
    /// still required.
    pub(crate) fn completed(document: Document, issuer: &Issuer) -> Result<Document, Refusal> {
        let root = document.root();
        if root.contains("iss") && root.contains("aud") {
            return Ok(document);
        }
        let malformed = |_| Refusal::token(Reason::MalformedClaims, "the claims of a legacy token");
        let mut claims: Map<String, Value> = document.decode().map_err(malformed)?;
        for (name, value) in [("iss", &issuer.name), ("aud", &issuer.audience)] {
            if !claims.contains_key(name) {
                claims.insert(name.to_owned(), Value::from(&**value));
            }
        }
        Document::parse(&Value::Object(claims).to_string()).map_err(malformed)
    }
}
