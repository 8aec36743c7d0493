//! Routes that revoke all tokens of their caller, such as a logout. They are attacked last.
//!
//! After such a call each further good token of the same subject may be rejected, so that all later
//! attacks would prove nothing. A witness token finds such a route: it is issued before the call,
//! and sent to another route after it.

use super::attack_run::AttackRun;
use super::control::{When, is_accepted};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::issuer::TestIssuer;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::{Method, StatusCode};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// A route that revokes all tokens of its caller.
pub(super) struct RevokingRoute {
    method: Method,
    /// The status of the good token that found it.
    good_status: StatusCode,
}

/// Routes that have accepted a good token, to which witness tokens are sent.
#[derive(Default)]
pub(super) struct Witnesses {
    /// By the claims type of the token source.
    accepted: HashMap<Option<String>, (Route, Method)>,
    /// The route that revoked the tokens, by the same key.
    revoked_by: HashMap<Option<String>, String>,
    /// Sources whose tokens were revoked since the last good one.
    unsettled: HashSet<Option<String>>,
    /// How often another subject was needed.
    recoveries: usize,
}

/// A token that was issued before a request, and the route to send it to afterwards.
pub(super) struct Witness {
    route: Route,
    method: Method,
    token: String,
}

impl Witnesses {
    /// Any route that has accepted a good token.
    pub(super) fn any(&self) -> Option<(Route, Method)> {
        self.accepted.values().next().cloned()
    }

    /// Prefers a route that changes nothing.
    pub(super) fn accept(&mut self, key: Option<String>, route: &Route, method: &Method) {
        let is_better = self.accepted.get(&key).is_none_or(|(_, known)| !known.is_safe() && method.is_safe());
        if is_better {
            self.accepted.insert(key, (route.clone(), method.clone()));
        }
    }
}

impl AttackRun {
    /// Whether a route has revoked tokens, and no later one was accepted yet.
    pub(super) fn needs_recovery(&self, route: &Route) -> bool {
        self.witnesses.unsettled.contains(&self.plan.sources.key_of(route))
    }

    /// The route that has revoked the tokens for this one.
    pub(super) fn revoked_by(&self, route: &Route) -> Option<&str> {
        self.witnesses.revoked_by.get(&self.plan.sources.key_of(route)).map(String::as_str)
    }

    /// Sends the control, and returns its status and whether it has revoked all tokens.
    pub(super) async fn control_with_witness(
        &mut self,
        route: &Route,
        method: &Method,
        report: &mut RouteReport,
    ) -> Option<(StatusCode, bool)> {
        let witness = self.witness(route, method);
        let recoveries = self.witnesses.recoveries;
        let good_status = self.control(route, method, When::Before, report).await?;
        if self.witnesses.recoveries == recoveries {
            return Some((good_status, self.is_revoked(&witness).await));
        }
        // The witness has the subject whose tokens were revoked before. If the second control needs
        // another subject again, the first has revoked it.
        let witness = self.witness(route, method);
        let recoveries = self.witnesses.recoveries;
        let good_status = self.control(route, method, When::Before, report).await?;
        let revokes = self.witnesses.recoveries != recoveries || self.is_revoked(&witness).await;
        Some((good_status, revokes))
    }

    fn witness(&self, route: &Route, method: &Method) -> Witness {
        let accepted = self.witnesses.accepted.get(&self.plan.sources.key_of(route));
        let (route, method) = accepted.cloned().unwrap_or_else(|| (route.clone(), method.clone()));
        let token = self.plan.good_token(&route);
        Witness { route, method, token }
    }

    async fn is_revoked(&mut self, witness: &Witness) -> bool {
        let Witness { route, method, token } = witness;
        let request = self.plan.template(route, method).request(&Credentials::bearer(token));
        self.send(request).await.is_ok_and(|response| response.status == StatusCode::UNAUTHORIZED)
    }

    pub(super) fn postpone(&mut self, route: &Route, method: &Method, good_status: StatusCode) -> RevokingRoute {
        let key = self.plan.sources.key_of(route);
        self.witnesses.unsettled.insert(key.clone());
        if self.witnesses.accepted.get(&key).is_some_and(|(accepted, _)| accepted == route) {
            self.witnesses.accepted.remove(&key);
        }
        self.witnesses.revoked_by.insert(key, route.to_string());
        RevokingRoute { method: method.clone(), good_status }
    }

    /// Finds good tokens again after a route has revoked them, and returns whether it did.
    ///
    /// A service may compare `iat` in seconds, so new tokens are tried for a while. Then another
    /// subject is tried.
    pub(super) async fn recover_from_revocation(&mut self, route: &Route, method: &Method) -> bool {
        let key = self.plan.sources.key_of(route);
        let was_revoked = self.witnesses.unsettled.remove(&key);
        let (route, method) = match self.witnesses.accepted.get(&key).cloned() {
            Some(accepted) => accepted,
            None if was_revoked => (route.clone(), method.clone()),
            // No token has been accepted yet, so none was revoked.
            None => return false,
        };
        let mut attempts = tokio::time::interval(Duration::from_millis(250));
        for _ in 0..if was_revoked { 6 } else { 1 } {
            attempts.tick().await;
            if self.accepts_good_token(&route, &method).await.is_some() {
                self.witnesses.revoked_by.remove(&key);
                return was_revoked;
            }
        }
        let before = self.plan.sources.clone();
        self.plan.sources.change_subject(&route);
        let recovered = self.accepts_good_token(&route, &method).await.is_some();
        if recovered {
            self.witnesses.recoveries += 1;
            self.witnesses.revoked_by.remove(&key);
        } else {
            self.plan.sources = before;
        }
        recovered
    }

    /// Finds a route for the witness tokens of each source. A safe method does not log out.
    pub(super) async fn find_witnesses(&mut self, routes: &[Route]) {
        for route in routes.iter().filter(|route| route.decision() == Decision::Authenticated) {
            let key = self.plan.sources.key_of(route);
            let is_known = self.witnesses.accepted.contains_key(&key);
            if is_known
                || !route.accepts_bearer_tokens()
                || route.method != "GET"
                || self.plan.exclusion_of(route).is_some()
            {
                continue;
            }
            if self.accepts_good_token(route, &Method::GET).await.is_some() {
                self.witnesses.accepted.insert(key, (route.clone(), Method::GET));
            }
        }
    }

    /// Sends a good token, and returns the status if it is accepted.
    async fn accepts_good_token(&mut self, route: &Route, method: &Method) -> Option<StatusCode> {
        let credentials = Credentials::bearer(&self.plan.good_token(route));
        let response = self.send(self.plan.template(route, method).request(&credentials)).await.ok()?;
        is_accepted(&self.target, &response).then_some(response.status)
    }

    /// Attacks with another subject in each good token, because each accepted one is revoked.
    pub(super) async fn attack_revoking_route(
        &mut self,
        route: &Route,
        found: RevokingRoute,
        report: &mut RouteReport,
    ) {
        let RevokingRoute { method, good_status } = found;
        report.note(format!("{method} revokes all tokens of its caller, so it was attacked last"));
        if route.accepts.len() > 1 {
            // A good one would be revoked, and without it a refusal proves nothing.
            report.note(format!("{method} was attacked with tokens only: no other kind of credential was sent"));
        }
        let before = self.plan.sources.clone();
        self.plan.sources.change_issuer(route, TestIssuer::with_new_subjects);
        // Twice, because the first call may revoke the tokens of all subjects.
        let mut accepted = self.accepts_good_token(route, &method).await;
        if accepted.is_some() {
            accepted = self.accepts_good_token(route, &method).await;
        }
        if let Some(good_status) = accepted {
            self.attack_with_good_tokens(route, &method, good_status, report).await;
        } else {
            report
                .note(format!("attacks of {method} that need a good token were not sent, because it has revoked them"));
            let attacks: Vec<Attack> = self.plan.attacks.clone();
            let rejected = |attack: &Attack| attack.expected() != Expected::Admitted && attack.id() != "T14";
            let attacks: Vec<Attack> = attacks.into_iter().filter(rejected).collect();
            self.send_attacks(route, &method, &attacks, good_status, report).await;
        }
        self.plan.sources = before;
    }
}
