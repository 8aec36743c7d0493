//! Provides an identity provider for the demo: a key for the life of the process, and its tokens.

use crate::start_error::StartError;
use crate::verifier_config::VerifierConfig;
use auth_runtime::{TokenType, VerifyingKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use std::error::Error;
use std::fmt::Write;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

const ISSUER: &str = "https://demo.example/";
const AUDIENCE: &str = "orders";
const HOUR: u64 = 60 * 60;

pub(crate) struct Demo {
    key: EncodingKey,
}

/// What the demo prints for trying the service.
pub(crate) struct DemoOutput {
    /// `curl` lines to paste, each below a line with the expected status.
    pub(crate) curl_lines: String,
    /// A token for the page at `/`.
    pub(crate) operator_token: String,
    /// A token for the login at `/browser`.
    pub(crate) browser_token: String,
}

impl Demo {
    pub(crate) fn new() -> Result<Self, StartError> {
        // Version 1, because `Jwk::from_encoding_key` recognises an Ed25519 key by the length of
        // that form.
        let pkcs8 = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(demo_error)?;
        Ok(Self { key: EncodingKey::from_ed_der(pkcs8.as_ref()) })
    }

    /// Configures the verifier with the public half of the key. The service sees nothing else.
    pub(crate) fn verifier_config(&self) -> Result<VerifierConfig, StartError> {
        let jwk = Jwk::from_encoding_key(&self.key, Algorithm::EdDSA).map_err(demo_error)?;
        let jwk = serde_json::to_string(&jwk).map_err(demo_error)?;
        Ok(VerifierConfig {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            keys: VerifyingKey::from_jwk(&jwk)?.into(),
            token_type: TokenType::AccessToken,
        })
    }

    pub(crate) fn printed(&self, address: SocketAddr) -> Result<DemoOutput, StartError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(demo_error)?.as_secs();
        let operator_token = self.token("operator", "orders:audit", None, now)?;
        let curl_lines = self.curl_lines(address, &operator_token, now)?;
        Ok(DemoOutput { curl_lines, operator_token, browser_token: self.token("browser", "orders:read", None, now)? })
    }

    fn curl_lines(&self, address: SocketAddr, operator: &str, now: u64) -> Result<String, StartError> {
        let good = self.token("good", "orders:write orders:refund", None, now)?;
        let reader = self.token("reader", "orders:read", None, now)?;
        let expired = self.token("expired", "orders:write orders:refund", None, now.saturating_sub(2 * HOUR))?;
        let other = self.token("other", "", Some("acme"), now)?;
        let forged = forged(&good);

        let order = r#"-H 'Content-Type: application/json' -d '{"item":"tea","cents":450}' "#;
        let mut lines = String::new();
        let requests: [(&str, Option<&str>, &str, &str); 13] = [
            ("public, for the load balancer: 200", None, "", "/health"),
            ("a good token places an order: 201", Some(&good), order, "/orders"),
            ("a good token lists the orders: 200", Some(&good), "", "/orders"),
            ("a good token gets its own claims: 200", Some(&good), "", "/me"),
            ("no header: 401", None, "", "/orders"),
            ("a bad signature: 401", Some(&forged), "", "/orders"),
            ("a token that expired an hour ago: 401", Some(&expired), "", "/orders"),
            ("a token without the scope orders:write: 403", Some(&reader), order, "/orders"),
            (
                "a token of another customer asks for that order, which is hidden from it: 404",
                Some(&other),
                "",
                "/orders/1",
            ),
            ("an operator reads the last rejections and their reasons: 200", Some(operator), "", "/watch"),
            ("a caller who is not an operator is denied: 403", Some(&good), "", "/watch"),
            ("the reader logs out: 204", Some(&reader), "-X POST ", "/logout"),
            ("and its token is revoked: 401", Some(&reader), "", "/me"),
        ];
        for (expectation, token, body, path) in requests {
            let authorization = token.map(|token| format!("-H 'Authorization: Bearer {token}' ")).unwrap_or_default();
            writeln!(lines, "# {expectation}\ncurl -iw '\\n' {authorization}{body}http://{address}{path}\n")
                .map_err(demo_error)?;
        }
        Ok(lines)
    }

    /// Issues an access token of RFC 9068, valid for an hour.
    fn token(&self, id: &str, scope: &str, tenant: Option<&str>, issued: u64) -> Result<String, StartError> {
        let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) };
        let mut claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "alice",
            "client_id": "curl",
            "jti": id,
            "iat": issued,
            "exp": issued + HOUR,
            "scope": scope,
        });
        if let Some(tenant) = tenant {
            claims["tenant"] = tenant.into();
        }
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(demo_error)
    }
}

/// Changes one character in the middle of the signature, where every bit of a character counts.
fn forged(token: &str) -> String {
    let signature = token.rfind('.').map_or(0, |dot| dot + 1);
    let middle = usize::midpoint(signature, token.len());
    let other = if token[middle..].starts_with('A') { "B" } else { "A" };
    [&token[..middle], other, &token[middle + 1..]].concat()
}

fn demo_error(error: impl Error + Send + Sync + 'static) -> StartError {
    StartError::Demo(Box::new(error))
}
