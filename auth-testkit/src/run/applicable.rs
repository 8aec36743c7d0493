//! The attacks that apply to a route: those of the catalogue, and those that depend on the service.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use super::plan::AttackPlan;
use crate::catalogue::{Attack, BESIDE_A_QUERY, Credentials, Expected};
use crate::issuer::TestToken;
use crate::report::RouteReport;
use crate::target::Route;
use http::{Method, StatusCode};

impl AttackRun {
    pub(super) async fn attacks_for(
        &mut self,
        route: &Route,
        method: &Method,
        report: &mut RouteReport,
    ) -> Vec<Attack> {
        let mut attacks = self.plan.attacks.clone();
        let names_keys = attacks.iter().any(|attack| attack.id() == "T14");
        if names_keys && !self.selects_key_by_id(route, method).await {
            attacks.retain(|attack| attack.id() != "T14");
            report.note(
                "T14 was not sent, because tokens without `kid` and with an unknown one are accepted: the verifier \
                 does not select its key by `kid`"
                    .to_owned(),
            );
        }
        if !self.target.is_guarded() && self.ignores_queries(route, method).await {
            attacks.retain(|attack| attack.name() != BESIDE_A_QUERY);
        }
        if !self.plan.without.contains("T25") {
            attacks.extend(self.foreign_tokens(route));
        }
        if !self.plan.without.contains("T66") {
            attacks.extend(self.tokens_of_partners(route));
        }
        self.retain_unambiguous(route, &mut attacks);
        attacks
    }

    /// Whether the verifier selects its key by `kid` (RFC 7515 section 4.1.4).
    ///
    /// A verifier with one key for all tokens may ignore `kid`, because it is only a hint.
    async fn selects_key_by_id(&mut self, route: &Route, method: &Method) -> bool {
        let Some(issuer) = self.plan.sources.of(route).issuer().cloned() else { return true };
        let variants: [fn(TestToken) -> TestToken; 2] =
            [|token| token.without_header("kid"), |token| token.header("kid", "an-id-that-no-key-has")];
        for modify in variants {
            let scopes = AttackPlan::scopes_for(route);
            let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
            let credentials = Credentials::bearer(&modify(token).signed());
            let response = self.send(self.plan.template(route, method).request(&credentials)).await;
            let accepted = response.is_ok_and(|response| {
                is_accepted(&self.target, &response) && response.status != StatusCode::BAD_REQUEST
            });
            if !accepted {
                return true;
            }
        }
        false
    }

    /// Whether a token in the query changes nothing beside a good one in the header.
    ///
    /// A service that never reads the query answers so. One that reads it rejects a bad token.
    async fn ignores_queries(&mut self, route: &Route, method: &Method) -> bool {
        let credentials = Credentials::bearer(&self.plan.good_token(route)).query("access_token=a.b.c");
        let response = self.send(self.plan.template(route, method).request(&credentials)).await;
        response
            .is_ok_and(|response| is_accepted(&self.target, &response) && response.status != StatusCode::BAD_REQUEST)
    }

    /// T25: good tokens of the issuers for other claims.
    fn foreign_tokens(&self, route: &Route) -> Vec<Attack> {
        let issuers = self.plan.sources.foreign_issuers(route).into_iter();
        let attack = |(claims, issuer): (String, crate::issuer::TestIssuer)| {
            let name = format!("a good token of the issuer for {claims}");
            Attack::new("T25", name, Expected::InvalidToken, move |inputs| {
                let token = inputs.scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
                Some(Credentials::bearer(&token.signed()))
            })
        };
        issuers.map(attack).collect()
    }
}
