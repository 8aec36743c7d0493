//! Why a good token was rejected, with the remedy.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use crate::catalogue::Credentials;
use crate::target::{Route, ServiceResponse};
use auth_runtime::events::Reason;
use http::{Method, StatusCode};

/// Ends each message, because the attacks on the route were not sent.
const PROVES_NOTHING: &str = "until then a rejection proves nothing";

impl AttackRun {
    pub(super) async fn why_rejected(&mut self, route: &Route, method: &Method, response: &ServiceResponse) -> String {
        let status = response.status;
        // P9: the test names its own mistake, where the event has the reason.
        let mismatch = response.gate.refused.iter().find(|event| event.reason == Reason::ClaimsMismatch);
        if let Some(event) = mismatch {
            let claims = event.detail.as_deref().or(route.claims.as_deref()).unwrap_or("the claims type");
            return format!(
                "claims type rejected a good token: `{claims}` ({status}, claims_mismatch): give the issuer the claims \
                 that the type requires: `.with_claim(..)`{}; {PROVES_NOTHING}",
                self.or_another_issuer(route)
            );
        }
        let mut reasons: Vec<&str> = response.gate.refused.iter().map(|event| event.reason.as_str()).collect();
        reasons.extend(response.gate.refused.first().and_then(|event| event.detail.as_deref()));
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
        let is_hidden = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        let other = if is_hidden { self.asks_for_another_scope(route, method).await } else { None };
        let remedy = match status {
            StatusCode::FORBIDDEN => {
                "give the issuer the claim that the permission reads: `.with_claim(..)`".to_owned()
            }
            StatusCode::NOT_FOUND => "name an object that exists: `.parameter(\"id\", \"7\")`".to_owned(),
            StatusCode::UNAUTHORIZED => match remedy_of_reason(response).filter(|_| self.revoked_by(route).is_none()) {
                Some(remedy) => remedy.to_owned(),
                None => self.remedy_of_401(route, method).await,
            },
            _ => "make a request with a good token succeed".to_owned(),
        };
        let remedy = other.unwrap_or(remedy);
        format!("good token was rejected: `{status}`{reasons}: {remedy}; {PROVES_NOTHING}")
    }

    async fn remedy_of_401(&mut self, route: &Route, method: &Method) -> String {
        if let Some(revoking) = self.revoked_by(route) {
            return format!(
                "`{revoking}` revoked all tokens of the caller: issue tokens that it does not revoke, or \
                 `.without_route(\"{revoking}\", \"why\")`"
            );
        }
        if self.is_accepted_without_audience(route, method).await {
            return "the service accepts the token without `aud`: add `.without_audience()` to the issuer".to_owned();
        }
        format!(
            "check that the service trusts the key, name and audience of this issuer, and that its tokens have the \
             claims that the service reads: `.with_claim(..)`{}",
            self.or_another_issuer(route)
        )
    }

    /// `jsonwebtoken` rejects an `aud` that a service does not expect. Many services expect none.
    async fn is_accepted_without_audience(&mut self, route: &Route, method: &Method) -> bool {
        let source = self.plan.sources.of(route);
        let Some(issuer) = source.issuer().filter(|issuer| !issuer.omits_audience()) else { return false };
        let token = issuer.clone().without_audience();
        let scopes = super::plan::AttackPlan::scopes_for(route);
        let token = scopes.iter().fold(token.token(), |token, scope| token.scope(scope)).signed();
        let request = self.plan.template(route, method).request(&Credentials::bearer(&token));
        self.send(request).await.is_ok_and(|response| is_accepted(&self.target, &response))
    }

    /// The second remedy, where routes have several claims types.
    fn or_another_issuer(&self, route: &Route) -> String {
        let Some(claims) = route.claims.as_deref() else { return String::new() };
        let all = self.target.routes.iter().filter_map(|route| route.claims.as_deref());
        let has_others = all.into_iter().any(|other| other != claims);
        if has_others && self.plan.sources.named(route).is_none() {
            format!(", or an issuer of its own: `.with_for::<{claims}>(&issuer)`")
        } else {
            String::new()
        }
    }
}

/// The remedy for a token that has verified, and that the service rejects for what it knows of it.
fn remedy_of_reason(response: &ServiceResponse) -> Option<&'static str> {
    response.gate.refused.iter().find_map(|event| match event.reason {
        Reason::Revoked => Some(
            "the service's store of revocations has revoked this token, its session or its subject: give the router of \
             the test a store of its own that is empty, or, if the store knows the tokens that are valid, put the \
             token of the test into it",
        ),
        Reason::PrincipalNotFound => Some(
            "the service's database has no principal for the subject of the token: create one in the test, and name \
             its subject: `.with_claim(\"sub\", ..)`",
        ),
        Reason::PrincipalDisabled => Some(
            "the service has disabled the principal of the token: enable it in the test, or name another subject: \
             `.with_claim(\"sub\", ..)`",
        ),
        _ => None,
    })
}
