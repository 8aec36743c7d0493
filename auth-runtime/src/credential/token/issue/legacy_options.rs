//! The options of an issuer about legacy tokens.

use crate::base::{ConfigError, Date, assert_words};
use crate::credential::token::{LegacyForm, LegacyTokens};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

#[derive(Default)]
pub(super) struct LegacyOptions {
    pub(super) accepted: Option<(String, String)>,
    pub(super) access_claim: Option<(String, Value)>,
    pub(super) issued: Option<(String, String)>,
}

impl LegacyOptions {
    /// Checks the options. `oldest`: the `kid` of the oldest key.
    pub(super) fn build(
        self,
        oldest: Option<Arc<str>>,
        has_previous_key: bool,
        lifetime: Duration,
    ) -> Result<Option<LegacyTokens>, ConfigError> {
        let Self { accepted, access_claim, issued } = self;
        let refused = |name, why| Err(ConfigError::OutOfBounds { name, why });
        let Some((day, reason)) = accepted else {
            let why = "leave it out, because there is no `.legacy_tokens_until(..)`";
            return match (access_claim, issued) {
                (Some(_), _) => refused("legacy_access_claim", why),
                (None, Some(_)) => {
                    refused("issue_legacy_form_until", "add `.legacy_tokens_until(..)`, which accepts its tokens")
                }
                (None, None) => Ok(None),
            };
        };
        let access_claim = match access_claim {
            Some((name, value)) if !name.is_empty() && (value.is_string() || value.is_u64()) => {
                Some((name.into(), value))
            }
            Some(_) => {
                let why = "name a claim, and a text or an integer that is not negative";
                return refused("legacy_access_claim", why);
            }
            None => None,
        };
        assert_words("the reason for legacy tokens", &reason);
        let until = Date::parse("legacy_tokens_until", &day)?;
        let issued = match issued {
            None => None,
            Some(_) if has_previous_key => {
                return refused("issue_legacy_form_until", "rotate keys afterwards: old instances know one key");
            }
            Some((day, reason)) => {
                assert_words("the reason for issuing legacy tokens", &reason);
                let form = LegacyForm { until: Date::parse("issue_legacy_form_until", &day)?, reason: reason.into() };
                // Otherwise tokens of the last hours would be rejected before they expire.
                if form.until.end() + lifetime > until.end() {
                    let why = "end it a lifetime of a token before `.legacy_tokens_until(..)`, or earlier";
                    return refused("issue_legacy_form_until", why);
                }
                Some(form)
            }
        };
        Ok(Some(LegacyTokens { until, reason: reason.into(), kid: oldest, access_claim, issued }))
    }
}
