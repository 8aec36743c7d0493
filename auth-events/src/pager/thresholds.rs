//! When alerts begin and end: [`Thresholds`], one table for the pager and for Prometheus.

use auth_base::ConfigError;
use std::time::Duration;

/// Sets when alerts begin and end, for the [`Pager`](crate::Pager) and for the Prometheus rules.
///
/// Counts are within a minute. An alert about rejected tokens needs a count and a share of the
/// attempts, so that a quiet service does not page for a few bad tokens, nor a busy one for a
/// steady background of them. An attempt is a request with a credential. The section "Thresholds"
/// of `ops/README.md` explains each value.
///
/// ```
/// # use auth_runtime::events::{Pager, Thresholds};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut thresholds = Thresholds::default();
/// thresholds.invalid = 50;
/// // One table for both:
/// let pager = Pager::of("orders").thresholds(thresholds);
/// let rules = thresholds.prometheus_rules("orders")?;
/// assert!(rules.contains("> 50"));
/// # drop(pager); Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// `invalid_spike`: more invalid tokens than this. 10 by default.
    pub invalid: u64,
    /// `invalid_spike`: and more than this share of the attempts. 0.003 by default.
    pub invalid_share: f64,
    /// `failure_ratio`: at least so many attempts. 20 by default.
    pub ratio_attempts: u64,
    /// `failure_ratio`: and more than this share of them has failed. 0.5 by default.
    pub ratio_share: f64,
    /// `failure_ratio` and `blackout`: at least so many tokens that were invalid, or could not be
    /// decided. 10 by default.
    pub hard_failures: u64,
    /// `failure_ratio` and `blackout`: or at least so many failures of any kind. 30 by default.
    ///
    /// The others are expired tokens and refused claims, which one forgotten browser tab sends all
    /// night.
    pub failures: u64,
    /// `unavailable`: more requests than this could not be decided. 0 by default.
    pub unavailable: u64,
    /// `unavailable`: and more than this share of the attempts. 0.001 by default.
    pub unavailable_share: f64,
    /// Prometheus, a warning: more tokens than this have a good signature and refused claims, for
    /// five minutes. 10 by default.
    pub claims: u64,
    /// Prometheus, a warning: more requests than this have a word in place of a token, for five
    /// minutes. 30 by default.
    pub client_bugs: u64,
    /// Prometheus, a warning: more clients than this have not waited, within five minutes. 50 by
    /// default.
    pub abandoned: u64,
    /// Prometheus, a warning: and more than this share of the decisions. 0.01 by default.
    pub abandoned_share: f64,
    /// How long its condition must be gone before an alert is resolved. A minute by default.
    ///
    /// A condition that comes and goes is then one alert.
    pub calm: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            invalid: 10,
            invalid_share: 0.003,
            ratio_attempts: 20,
            ratio_share: 0.5,
            hard_failures: 10,
            failures: 30,
            unavailable: 0,
            unavailable_share: 0.001,
            claims: 10,
            client_bugs: 30,
            abandoned: 50,
            abandoned_share: 0.01,
            calm: Duration::from_secs(60),
        }
    }
}

impl Thresholds {
    /// Returns the Prometheus rules for a service that is scraped as this job.
    ///
    /// `ops/prometheus-rules.yml` is their text for the defaults and the job `orders`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if a threshold or the name of the job is not valid.
    pub fn prometheus_rules(&self, job: &str) -> Result<String, ConfigError> {
        self.check()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:/-".contains(c);
        if job.is_empty() || !job.chars().all(is_plain) {
            return Err(ConfigError::OutOfBounds { name: "job", why: "use letters, digits and `_.:/-`" });
        }
        let filled = |rules: String, (name, value): &(&str, String)| rules.replace(&format!("@{name}@"), value);
        let rules = self.values().iter().fold(include_str!("prometheus-rules.template.yml").to_owned(), filled);
        Ok(rules.replace("@job@", job))
    }

    /// Lists the values by their names in the template of the rules.
    pub(super) fn values(&self) -> [(&'static str, String); 13] {
        // Names every field in its pattern, so that a new one does not compile until it is listed.
        let Self {
            invalid,
            invalid_share,
            ratio_attempts,
            ratio_share,
            hard_failures,
            failures,
            unavailable,
            unavailable_share,
            claims,
            client_bugs,
            abandoned,
            abandoned_share,
            calm,
        } = self;
        [
            ("invalid", invalid.to_string()),
            ("invalid_share", invalid_share.to_string()),
            ("ratio_attempts", ratio_attempts.to_string()),
            ("ratio_share", ratio_share.to_string()),
            ("hard_failures", hard_failures.to_string()),
            ("failures", failures.to_string()),
            ("unavailable", unavailable.to_string()),
            ("unavailable_share", unavailable_share.to_string()),
            ("claims", claims.to_string()),
            ("client_bugs", client_bugs.to_string()),
            ("abandoned", abandoned.to_string()),
            ("abandoned_share", abandoned_share.to_string()),
            ("calm", format!("{}s", calm.as_secs())),
        ]
    }

    /// Checks that each value is possible.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let shares = [self.invalid_share, self.ratio_share, self.unavailable_share, self.abandoned_share];
        // P6: a share of one is never exceeded, so the alert would never begin.
        if !shares.iter().all(|share| (0.0..1.0).contains(share)) {
            return Err(ConfigError::OutOfBounds { name: "thresholds", why: "a share is at least 0 and below 1" });
        }
        // Without a failure there is nothing to alert about.
        if self.hard_failures == 0 || self.failures == 0 {
            return Err(ConfigError::OutOfBounds { name: "thresholds", why: "at least one failure" });
        }
        if self.calm > Duration::from_secs(60 * 60) {
            return Err(ConfigError::OutOfBounds { name: "calm_after", why: "an hour at most" });
        }
        Ok(())
    }
}
