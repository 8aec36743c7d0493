//! Attacks with each kind of credential in each of its carriers.

use super::attack_run::AttackRun;
use super::control::{When, is_accepted};
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, Curl};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::issuer::CredentialSource;
use crate::report::{RouteReport, Severity};
use crate::target::{AcceptedKind, Place, Route};
use auth_runtime::events::Reason;
use http::{Method, StatusCode};
use std::collections::BTreeSet;

/// A good credential of a kind, in one of its carriers.
pub(super) struct PlacedKind {
    pub(super) kind: AcceptedKind,
    pub(super) place: Place,
    pub(super) good_status: StatusCode,
}

impl AttackRun {
    /// Attacks a route whose verifier accepts no token in `Authorization: Bearer`.
    ///
    /// Attacks on the form of that header do not apply.
    pub(super) async fn attack_without_tokens(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if let Some(good_status) = self.attack_kinds(route, method, report).await {
            let mut attacks = self.plan.attacks.clone();
            attacks.retain(|attack| ["H01", "H10", "H11"].contains(&attack.id()));
            self.retain_unambiguous(route, &mut attacks);
            self.send_attacks(route, method, &attacks, good_status, report).await;
        }
    }

    /// Attacks with each kind and carrier, and returns the status of a good credential.
    ///
    /// Tokens in `Authorization: Bearer` are attacked with the whole catalogue elsewhere.
    pub(super) async fn attack_kinds(
        &mut self,
        route: &Route,
        method: &Method,
        report: &mut RouteReport,
    ) -> Option<StatusCode> {
        let mut placed = Vec::new();
        for kind in &route.accepts {
            for place in kind.places.iter().filter(|place| place.is_in_requests_of(method)) {
                let Some(good_status) = self.control_of_kind(route, method, (kind, place), When::Before, report).await
                else {
                    continue;
                };
                placed.push(PlacedKind { kind: kind.clone(), place: place.clone(), good_status });
            }
        }
        for PlacedKind { kind, place, good_status } in &placed {
            if kind.is_token() && *place == Place::bearer() {
                continue;
            }
            let attacks = self.attacks_of_kind((route, method), kind, place).await;
            self.send_attacks(route, method, &attacks, *good_status, report).await;
            self.attack_used_credential((route, method), (kind, place), *good_status, report).await;
        }
        self.attack_carriers(route, method, &placed, report).await;
        // Routes for tokens have it with a token.
        if !route.accepts_bearer_tokens()
            && let Some(one) = placed.first()
            && let Some(good) = self.good_of_kind(route, &one.kind).await
        {
            let caller = Credentials::placed(&one.place, &good);
            self.attack_step_up((route, method), &caller, report).await;
            self.attack_redirect((route, method), &caller, report).await;
        }
        for PlacedKind { kind, place, .. } in &placed {
            let _ = self.control_of_kind(route, method, (kind, place), When::After, report).await;
        }
        placed.first().map(|placed| placed.good_status)
    }

    /// A good credential; `None` where the test has no source, which is a finding already.
    pub(super) async fn good_of_kind(&self, route: &Route, kind: &AcceptedKind) -> Option<String> {
        if kind.is_token() {
            return Some(self.plan.good_token(route));
        }
        let source = self.plan.credentials.of(kind)?;
        Some(source.good(&AttackPlan::scopes_for(route)).await)
    }

    /// Sends a good credential, and returns the status if it is accepted.
    async fn control_of_kind(
        &mut self,
        route: &Route,
        method: &Method,
        (kind, place): (&AcceptedKind, &Place),
        when: When,
        report: &mut RouteReport,
    ) -> Option<StatusCode> {
        let good = self.good_of_kind(route, kind).await?;
        let template = self.plan.template(route, method);
        let is_before = when == When::Before;
        let when = if is_before { "before" } else { "after" };
        let probe = |curl| Probe {
            route,
            method: method.clone(),
            id: "good".to_owned(),
            what: format!("a good {} in {place}, {when} the attacks", kind.name),
            curl,
        };
        if !place.holds(&good) {
            let problem = format!("good credential does not fit its carrier: {} in {place}: encode it", kind.name);
            self.findings.push(probe(Curl::Line("-".to_owned())).finding(Severity::Control, problem, None));
            return None;
        }
        let credentials = Credentials::placed(place, &good);
        let probe = probe(requests::curl(&template, &credentials));
        let (result, finding) = match self.send(template.request(&credentials)).await {
            Ok(response) if is_accepted(&self.target, &response) => {
                self.look_for_shared_cache(&probe, place, &response);
                if is_before {
                    self.look_for_secrets((route, method), (&template, &credentials), &response);
                }
                (Some(response.status), None)
            }
            Ok(response) => {
                let source = self.plan.credentials.of(kind).cloned();
                let asked = match source.filter(|_| is_denied(response.status)) {
                    Some(source) => self.asks_keys_for_another_scope((route, method), &source, place).await,
                    None => None,
                };
                let remedy = asked.map(|remedy| format!(": {remedy}")).unwrap_or_default();
                let problem = format!("{}{remedy}", rejected_control(kind, place, &response));
                (None, Some(probe.finding(Severity::Control, problem, Some(&response))))
            }
            Err(cause) => {
                let mut finding = probe.without_response(cause);
                finding.severity = Severity::Control;
                (None, Some(finding))
            }
        };
        report.count("good", finding.is_some());
        self.findings.extend(finding);
        result
    }

    /// The attacks with bad credentials of a kind.
    async fn attacks_of_kind(
        &mut self,
        (route, method): (&Route, &Method),
        kind: &AcceptedKind,
        place: &Place,
    ) -> Vec<Attack> {
        let scopes = AttackPlan::scopes_for(route);
        let mut attacks = Vec::new();
        if kind.is_token() {
            let guessed = self.guessed_secrets(route);
            attacks.extend(self.token_twins(route, place, &scopes, &guessed));
        } else if let Some(source) = self.plan.credentials.of(kind).cloned() {
            let mut used = BTreeSet::new();
            for bad in source.bad(&scopes).await.into_iter().filter(|bad| place.holds(&bad.text)) {
                if let Some(good) = bad.made_of.filter(|good| used.insert(good.clone())) {
                    let request = self.plan.template(route, method).request(&Credentials::placed(place, &good));
                    let _ = self.send(request).await;
                }
                let name = format!("{} in {place}", bad.name);
                let credentials = Credentials::placed(place, &bad.text);
                attacks.push(ready(bad.id, name, Expected::InvalidToken, credentials).because(bad.reasons));
            }
            attacks.extend(self.guessed_credentials(kind, place).await);
            if let CredentialSource::Own(own) = &source {
                for (id, name) in own.missing() {
                    let why = format!("the test has no function for it, for the {} of {}", kind.name, own.issuer());
                    self.not_sent.insert(format!("{id} {name}"), why);
                }
            }
        }
        attacks.extend(self.without_permission(route, kind, place).await);
        attacks.extend(self.with_other_scopes(route, kind, place).await);
        attacks.retain(|attack| !self.plan.without.contains(attack.id()));
        attacks
    }

    /// K10 and T29: a good credential without any scope.
    async fn without_permission(&mut self, route: &Route, kind: &AcceptedKind, place: &Place) -> Option<Attack> {
        if route.permissions.is_empty()
            || route.permissions.iter().any(|permission| self.plan.grant_of(permission).is_some())
        {
            return None;
        }
        let (id, text) = match self.plan.credentials.of(kind).cloned() {
            Some(source) => ("K10", source.without_scopes().await),
            None => ("T29", self.plan.sources.of(route).issuer().map(|issuer| issuer.token().signed())),
        };
        let Some(text) = text.filter(|_| AttackPlan::lacks(route, &[])) else {
            let why = "the kit cannot make a credential without the permission: test it in the service";
            self.not_sent.insert(format!("T29 ({} without the permission of {route})", kind.name), why.to_owned());
            return None;
        };
        let name = format!("{} without scopes in {place}", kind.name);
        Some(ready(id, name, Expected::Denied, Credentials::placed(place, &text)).because(&[Reason::Denied]))
    }

    /// K10: API keys with only the scope of another route.
    async fn with_other_scopes(&self, route: &Route, kind: &AcceptedKind, place: &Place) -> Vec<Attack> {
        let Some(source @ CredentialSource::ApiKeys(_)) = self.plan.credentials.of(kind) else { return Vec::new() };
        if route.permissions.iter().any(|permission| self.plan.grant_of(permission).is_some()) {
            return Vec::new();
        }
        let mut attacks = Vec::new();
        for other in self.other_scopes(route) {
            let key = source.good(std::slice::from_ref(&other)).await;
            let name = format!("{} with only the scope {other} in {place}", kind.name);
            attacks.push(
                ready("K10", name, Expected::Denied, Credentials::placed(place, &key)).because(&[Reason::Denied]),
            );
        }
        attacks
    }

    /// The attacks with bad tokens, in another carrier than `Authorization: Bearer`.
    ///
    /// T14 depends on the selection of keys, which the carrier does not change.
    fn token_twins(&self, route: &Route, place: &Place, scopes: &[String], guessed: &[Attack]) -> Vec<Attack> {
        let tokens = self
            .plan
            .attacks
            .iter()
            .chain(guessed)
            .filter(|attack| attack.id().starts_with('T') && attack.id() != "T14");
        let twin = |attack: &Attack| {
            let credentials = self.plan.credentials(attack, route, scopes)?.moved_to(place)?;
            let name = format!("{} in {place}", attack.name());
            let twin = ready(attack.id().to_owned(), name, attack.expected(), credentials)
                .because(attack.reasons())
                .beside(attack.base());
            Some(if attack.is_sent_twice() { twin.twice() } else { twin })
        };
        tokens.filter_map(twin).collect()
    }

    /// Removes attacks that put something into a carrier of another kind, where other answers are
    /// right.
    pub(super) fn retain_unambiguous(&self, route: &Route, attacks: &mut Vec<Attack>) {
        let bearer = Place::bearer();
        let others: Vec<&Place> = route.places().into_iter().filter(|place| **place != bearer).collect();
        if others.is_empty() {
            return;
        }
        let scopes = AttackPlan::scopes_for(route);
        attacks.retain(|attack| {
            let credentials = attack.id().starts_with('H').then(|| self.plan.credentials(attack, route, &scopes));
            !credentials.flatten().is_some_and(|credentials| others.iter().any(|place| credentials.are_in(place)))
        });
    }
}

/// An attack whose credentials exist.
pub(super) fn ready(
    id: impl Into<std::borrow::Cow<'static, str>>,
    name: String,
    expected: Expected,
    credentials: Credentials,
) -> Attack {
    Attack::new(id, name, expected, move |_| Some(credentials.clone()))
}

fn is_denied(status: StatusCode) -> bool {
    matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

fn rejected_control(kind: &AcceptedKind, place: &Place, response: &crate::target::ServiceResponse) -> String {
    let mut why: Vec<&str> = response.gate.refused.iter().map(|event| event.reason.as_str()).collect();
    why.extend(response.gate.refused.first().and_then(|event| event.detail.as_deref()));
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    format!(
        "good {} in {place} was rejected: `{}`{why}: give the kit the issuer, the prefix, the store and the claims that \
         the verifier has; until then a rejection proves nothing",
        kind.name, response.status
    )
}
