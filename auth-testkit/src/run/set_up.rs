//! S02 and S03: what the verifiers of a router are configured for, and whose events go nowhere.
//!
//! The posture has both.

use super::attack_run::AttackRun;
use super::token_sources::TokenSource;
use crate::issuer::TestToken;
use crate::lock::public_name;
use crate::report::Finding;
use std::time::Duration;

/// The longest lifetime of a token that needs no attention, as in the lock.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

impl AttackRun {
    pub(super) fn check_set_up(&mut self) {
        for (what, why) in &self.target.discarding {
            self.suggestions.insert(format!(
                "rejections of the {what} are {why}: a service emits them, so that an attack is seen: give it \
                 `Events::stderr()`"
            ));
        }
        let known = self.known_issuers();
        for verifier in self.target.configured.clone() {
            let claims = public_name(verifier.claims);
            // The test may read the answers only, so this is not a finding.
            if verifier.events.starts_with("discarded") {
                self.suggestions.insert(format!(
                    "rejections of the verifier for {claims} are {}: a service emits them, so that an attack is seen: \
                     `.events(Events::stderr())`",
                    verifier.events
                ));
            }
            let unknown = verifier.issuers.iter().map(|trusted| &trusted.issuer).filter(|name| !known.contains(name));
            if !known.is_empty() && !self.plan.without.contains("S02") {
                for issuer in unknown {
                    let problem = format!(
                        "verifier trusts an issuer that the test does not have: `{issuer}`: give its tokens to the kit: \
                         `.also_trusting(&issuer)`, or remove it from the verifier"
                    );
                    self.findings.push(Finding::about_the_set_up("S02", &claims, problem));
                }
            }
            if verifier.max_lifetime > LIFETIME && !self.plan.without.contains("S03") {
                let days = verifier.max_lifetime.as_secs() / LIFETIME.as_secs();
                let problem = format!(
                    "verifier accepts a lifetime of more than a day: `{days} days`: a stolen token works as long: \
                     shorten it, or accept it with a reason: `.accepting(\"S03\", \"why\")`"
                );
                self.findings.push(Finding::about_the_set_up("S03", &claims, problem));
            }
        }
    }

    /// The issuers whose tokens the test gives the kit. Empty where one of them is not known.
    fn known_issuers(&self) -> Vec<String> {
        let mut known: Vec<String> = self.plan.partners.iter().map(|partner| partner.name().to_owned()).collect();
        for source in self.plan.sources.all().filter(|_| self.plan.has_tokens) {
            match source {
                TokenSource::Issuer(issuer) => known.push(issuer.name().to_owned()),
                TokenSource::Function(issue) => {
                    let Some(iss) = TestToken::decoded(&issue()).and_then(|token| token.issuer()) else {
                        return Vec::new();
                    };
                    known.push(iss);
                }
            }
        }
        known
    }
}
