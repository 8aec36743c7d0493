//! Finds what a verifier accepts beyond the defaults.

use super::{IssuerPosture, VerifierPosture};
use crate::base::format_duration;
use crate::credential::token::TokenType;
use std::time::Duration;

/// The longest lifetime of a token that needs no attention: the default of the builder.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

impl VerifierPosture {
    /// Returns what this verifier accepts beyond the defaults, one text each.
    ///
    /// These are any JWT in place of access tokens, opaque tokens for any audience, tokens in a
    /// legacy form, and a lifetime of more than a day. The posture lock has a row for each.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<String> {
        let mut found = Vec::new();
        for IssuerPosture { issuer, token_type, legacy_tokens, legacy_form, .. } in &self.issuers {
            if *token_type == TokenType::AnyJwt.to_string() {
                found.push(format!("accepts any JWT of {issuer}"));
            }
            if let Some(legacy) = legacy_tokens {
                found.push(format!("accepts legacy tokens of {issuer} until {}", legacy.until));
            }
            if let Some(legacy) = legacy_form {
                found.push(format!("issues legacy tokens as {issuer} until {}", legacy.until));
            }
        }
        for credential in self.credentials.iter().filter(|credential| credential.accepts_any_audience) {
            found.push(format!("accepts {}s of {} for any audience", credential.kind, credential.issuers.join(", ")));
        }
        if self.max_lifetime > LIFETIME {
            found.push(format!("accepts a lifetime up to {}", format_duration(self.max_lifetime)));
        }
        found
    }
}
