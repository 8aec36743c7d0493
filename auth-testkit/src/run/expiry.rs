//! T65: a token that was used, has expired, and is used again.
//!
//! A cache of verified tokens must not outlive them. The token expires during the attack.

use super::attack_run::AttackRun;
use super::kinds::ready;
use super::plan::AttackPlan;
use crate::catalogue::{Credentials, Expected};
use crate::issuer::TestToken;
use crate::target::Route;
use auth_runtime::events::Reason;
use http::{Method, StatusCode};
use std::time::Duration;

/// The longest leeway that is searched, in seconds. T20 finds a longer one.
const LONGEST_LEEWAY: i64 = 360;

/// A token that the service has accepted, shortly before it expires.
pub(super) struct Expiring {
    place: usize,
    token: TestToken,
    good_status: StatusCode,
}

impl AttackRun {
    /// Sends a token that expires in one or two seconds, the leeway included.
    pub(super) async fn use_before_expiry(&mut self, routes: &[Route]) -> Option<Expiring> {
        let (route, method) = self.witnesses.any()?;
        let place = routes.iter().position(|other| *other == route)?;
        if self.plan.without.contains("T65") || method != Method::GET {
            return None;
        }
        let issuer = self.plan.sources.of(&route).issuer()?.clone();
        let scopes = AttackPlan::scopes_for(&route);
        let token =
            |seconds: i64| scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope)).expires_in(seconds);
        // The first age that is rejected, by bisection.
        let (mut accepted, mut rejected) = (-2, LONGEST_LEEWAY);
        while rejected - accepted > 1 {
            let age = i64::midpoint(accepted, rejected);
            if self.status_of(&route, &token(-age)).await.is_none() { rejected = age } else { accepted = age }
        }
        // T20 finds a service that accepts this one too. It would be waited for until the last
        // attempt.
        if rejected == LONGEST_LEEWAY && self.status_of(&route, &token(-LONGEST_LEEWAY)).await.is_some() {
            return None;
        }
        let token = token(1 - accepted);
        let good_status = self.status_of(&route, &token).await?;
        Some(Expiring { place, token, good_status })
    }

    /// The status, if the token is accepted.
    async fn status_of(&mut self, route: &Route, token: &TestToken) -> Option<StatusCode> {
        let credentials = Credentials::bearer(&token.signed());
        let response = self.send(self.plan.template(route, &Method::GET).request(&credentials)).await.ok()?;
        super::control::is_accepted(&self.target, &response).then_some(response.status)
    }

    /// Whether the token is rejected as such. After a DELETE, a good token gets 404 too.
    async fn is_refused(&mut self, route: &Route, token: &TestToken) -> bool {
        let credentials = Credentials::bearer(&token.signed());
        let request = self.plan.template(route, &Method::GET).request(&credentials);
        let Ok(response) = self.send(request).await else { return false };
        Expected::InvalidToken.statuses().contains(&response.status)
            || self.plan.rejections.contains_key(&response.status.as_u16())
    }

    /// Sends the token again when a new one with the same expiry is rejected.
    ///
    /// Returns the place of its route, and whether there is a finding.
    pub(super) async fn use_after_expiry(&mut self, routes: &[Route], expiring: Expiring) -> Option<(usize, bool)> {
        let Expiring { place, token, good_status } = expiring;
        let route = &routes[place];
        let mut attempts = tokio::time::interval(Duration::from_millis(200));
        // The token has two seconds. A service with a coarse clock has more.
        for attempt in 0..50 {
            attempts.tick().await;
            let twin = token.clone().claim("jti", format!("twin-{attempt}-{}", std::process::id()));
            if self.is_refused(route, &twin).await {
                let credentials = Credentials::bearer(&token.signed());
                let name = "a token that was used before it expired".to_owned();
                let attack = ready("T65", name, Expected::InvalidToken, credentials.clone())
                    // A logout may have revoked it since, and its twin too.
                    .because(&[Reason::Expired, Reason::Revoked])
                    .beside(Some("T20"));
                let failed = self.send_attack(route, &Method::GET, &attack, credentials, good_status).await;
                return Some((place, failed));
            }
        }
        None
    }
}
