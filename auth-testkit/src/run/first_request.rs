//! T64: bad tokens as the very first requests.
//!
//! A service may set itself up at its first request: with the key, the issuer or the caller of the
//! token that comes first.

use super::attack_run::AttackRun;
use super::kinds::ready;
use crate::catalogue::{Credentials, Expected};
use crate::issuer::SigningKey;
use crate::target::{Decision, Route};
use http::{Method, StatusCode};

impl AttackRun {
    /// Returns the place of the attacked route, and which requests have a finding.
    pub(super) async fn attack_first(&mut self, routes: &[Route]) -> Option<(usize, Vec<bool>)> {
        if self.plan.without.contains("T64") {
            return None;
        }
        let is_attacked = |route: &Route| {
            route.decision() == Decision::Authenticated
                && route.accepts_bearer_tokens()
                && matches!(route.method.as_str(), "GET" | "ANY")
                && self.plan.exclusion_of(route).is_none()
        };
        let place = routes.iter().position(is_attacked)?;
        let route = &routes[place];
        let good = self.plan.good_token(route);
        let forgery = crate::issuer::TestToken::decoded(&good)?;
        let key = SigningKey::untrusted(forgery.algorithm());
        let mut failed = Vec::new();
        for (base, name, token) in [
            ("T02", "a token of an untrusted key", forgery.signed_with(&key)),
            (
                "T12",
                "a token of an untrusted key, with the key",
                forgery.clone().header("jwk", key.jwk.clone()).signed_with(&key),
            ),
            ("T01", "an unsigned token", forgery.header("alg", "none").unsigned()),
        ] {
            let credentials = Credentials::bearer(&token);
            let name = format!("{name}, as the first request");
            let attack = ready("T64", name, Expected::InvalidToken, credentials.clone()).beside(Some(base));
            if self.is_left_out(&attack) {
                continue;
            }
            failed.push(self.send_attack(route, &Method::GET, &attack, credentials, StatusCode::OK).await);
        }
        Some((place, failed))
    }
}
