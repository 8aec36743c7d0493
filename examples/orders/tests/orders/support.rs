//! Wraps the kit's issuer with one `jti` for all tokens, so that a test can revoke them together.

use auth_testkit::TestIssuer;
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://id.example.com/";
pub(crate) const AUDIENCE: &str = "orders";

pub(crate) struct Issuer(TestIssuer);

impl Issuer {
    pub(crate) fn new() -> Self {
        Self(TestIssuer::new().named(ISSUER).for_audience(AUDIENCE).with_claim("jti", "1"))
    }

    pub(crate) fn jwks(&self) -> String {
        self.0.jwks_json()
    }

    pub(crate) fn token(&self, typ: &str, scope: &str) -> String {
        self.token_with(typ, scope, &json!({}))
    }

    /// Issues a token with additional or replaced claims.
    pub(crate) fn token_with(&self, typ: &str, scope: &str, more: &Value) -> String {
        let token = self.0.token().header("typ", typ).claim("scope", scope);
        let more = more.as_object().unwrap().iter();
        more.fold(token, |token, (name, value)| token.claim(name, value.clone())).signed()
    }
}
