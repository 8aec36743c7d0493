//! Finds what has expired in a posture.

use super::{Posture, RoutePosture, undescribed_message};
use crate::base::Date;
use crate::verifier::{IssuerPosture, LegacyPosture};
use std::fmt;
use std::time::SystemTime;

impl Posture {
    /// Finds opt-outs and legacy tokens that have expired, and resources without metadata.
    ///
    /// Call it in a test or at start-up. An expired opt-out still compiles, so that an old commit
    /// can be built again.
    ///
    /// # Errors
    ///
    /// [`PostureError`], naming each of them.
    pub fn check(&self) -> Result<(), PostureError> {
        self.check_on(SystemTime::now())
    }

    /// As [`check`](Self::check), on another day.
    ///
    /// # Errors
    ///
    /// [`PostureError`], naming each opt-out that has expired on that day.
    pub fn check_on(&self, day: SystemTime) -> Result<(), PostureError> {
        let today = Date::of(day);
        let expired: Vec<_> =
            self.routes().iter().filter(|route| route.policy.expired_on(today).is_some()).cloned().collect();
        let verifiers = self.verifiers();
        let ended = |part: fn(&IssuerPosture) -> Option<&LegacyPosture>| -> Vec<_> {
            let issuers = verifiers.iter().flat_map(|verifier| &verifier.issuers);
            issuers.filter(|issuer| part(issuer).is_some_and(|legacy| legacy.until < today)).cloned().collect()
        };
        let legacy = ended(|issuer| issuer.legacy_tokens.as_ref());
        let legacy_form = ended(|issuer| issuer.legacy_form.as_ref());
        let undescribed = self.undescribed();
        if expired.is_empty() && legacy.is_empty() && legacy_form.is_empty() && undescribed.is_empty() {
            return Ok(());
        }
        Err(PostureError { expired, legacy, legacy_form, undescribed })
    }
}

/// Lists what is wrong with a [`Posture`].
///
/// ```
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "price list of the fair", expires = "2020-01-31")]
/// async fn prices() {}
///
/// let app: AuthRouter = AuthRouter::new().route("/prices", get(prices));
/// let expired = app.posture().check().unwrap_err();
/// assert!(expired.to_string().contains("2020-01-31"));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub struct PostureError {
    /// The public routes whose opt-out has expired.
    pub expired: Vec<RoutePosture>,
    /// The issuers whose legacy tokens have expired.
    pub legacy: Vec<IssuerPosture>,
    /// The issuers that no longer issue the legacy form.
    pub legacy_form: Vec<IssuerPosture>,
    /// The protected resources whose metadata are missing, or older than their routes.
    pub undescribed: Vec<String>,
}

impl fmt::Display for PostureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        if !self.expired.is_empty() {
            lines.push("public routes whose opt-out has expired: authenticate them, or set a new date:".to_owned());
        }
        for RoutePosture { method, path, policy, location, .. } in &self.expired {
            lines.push(format!("  {method} {path}: {policy} ({location})"));
        }
        for IssuerPosture { issuer, legacy_tokens, .. } in &self.legacy {
            if let Some(LegacyPosture { until, reason }) = legacy_tokens {
                lines.push(format!(
                    "legacy tokens of {issuer} are rejected since the end of {until}: {reason}: remove \
                     `.legacy_tokens_until(..)`"
                ));
            }
        }
        for IssuerPosture { issuer, legacy_form, .. } in &self.legacy_form {
            if let Some(LegacyPosture { until, reason }) = legacy_form {
                lines.push(format!(
                    "legacy tokens of {issuer} are not issued since the end of {until}: {reason}: remove \
                     `.issue_legacy_form_until(..)`"
                ));
            }
        }
        lines.extend(self.undescribed.iter().map(|resource| undescribed_message(resource)));
        f.write_str(&lines.join("\n"))
    }
}
