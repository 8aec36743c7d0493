//! The options of introspection.

use super::client::SecretIn;
use crate::base::{ConfigError, PlainHttp, format_duration, label};
use crate::credential::carrier::Carrier;
use std::time::Duration;

/// The longest time for which an answer may be used again.
const MAX_CACHED_FOR: Duration = Duration::from_secs(5 * 60);

pub(super) struct Options {
    pub(super) carriers: Vec<Carrier>,
    pub(super) cached_for: Duration,
    pub(super) timeout: Duration,
    pub(super) root_certificates: Vec<Vec<u8>>,
    pub(super) plain_http: PlainHttp,
    pub(super) secret_in: SecretIn,
    pub(super) subject_claim: String,
    /// Why answers without `aud` are accepted.
    pub(super) missing_audience: Option<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            carriers: vec![Carrier::bearer()],
            cached_for: Duration::from_secs(10),
            timeout: Duration::from_secs(2),
            root_certificates: Vec::new(),
            plain_http: PlainHttp::default(),
            secret_in: SecretIn::Header,
            subject_claim: "sub".to_owned(),
            missing_audience: None,
        }
    }
}

impl Options {
    /// P9: what can be wrong, at start.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.carriers.is_empty() {
            return Err(ConfigError::Empty("list of carriers of the opaque tokens"));
        }
        if self.cached_for > MAX_CACHED_FOR {
            return bounds("cached_for", "use at most 5 minutes, because a revoked token is accepted for this time");
        }
        if self.timeout.is_zero() || self.timeout > Duration::from_secs(60) {
            return bounds("timeout", "use more than zero and at most a minute");
        }
        // The other members of the answer do not name a caller.
        if ["", "active", "iss", "aud", "exp", "iat", "nbf", "scope", "token_type"].contains(&&*self.subject_claim) {
            return bounds("subject_claim", "use a member that identifies the caller, such as `client_id`");
        }
        self.missing_audience.map_or(Ok(()), |reason| label("dangerous_missing_audience", reason))
    }

    /// The part of the posture that states these options.
    pub(super) fn described(&self) -> String {
        let cached = match self.cached_for {
            Duration::ZERO => "not cached".to_owned(),
            time => format!("cached for {}", format_duration(time)),
        };
        let subject = match &*self.subject_claim {
            "sub" => String::new(),
            claim => format!(", subject in {claim}"),
        };
        let audience = self.missing_audience.map(|reason| format!(", ANY AUDIENCE IF THE ANSWER HAS NONE: {reason}"));
        let plain = self.plain_http.stated().map(|reason| format!(", PLAIN HTTP ALLOWED: {reason}"));
        [cached, subject, audience.unwrap_or_default(), plain.unwrap_or_default()].concat()
    }
}
