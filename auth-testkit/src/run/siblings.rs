//! T63: tokens that share something with one that the service has just accepted.
//!
//! A cache whose key is a part of the token takes them for the good one (CVE-2026-35039). So does
//! a store of answers in front of the check, whose key is another header of the client.

use super::attack_run::AttackRun;
use super::kinds::ready;
use super::plan::AttackPlan;
use crate::catalogue::{Credentials, Expected};
use crate::issuer::TestToken;
use crate::report::RouteReport;
use crate::target::Route;
use http::{HeaderName, Method, StatusCode};

impl AttackRun {
    pub(super) async fn attack_siblings(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("T63") {
            return;
        }
        let scopes = AttackPlan::scopes_for(route);
        let issuer = self.plan.sources.of(route).issuer();
        let token = issuer.map(|issuer| scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope)));
        let good = token.as_ref().map_or_else(|| self.plan.good_token(route), TestToken::signed);
        let request = self.plan.template(route, method).request(&Credentials::bearer(&good));
        let _ = self.send(request).await;
        for (base, name, spoiled) in siblings(token.as_ref(), &good) {
            let credentials = Credentials::bearer(&spoiled);
            let name = format!("{name}, after the good token");
            let attack = ready("T63", name, Expected::InvalidToken, credentials.clone()).beside(Some(base));
            if self.is_left_out(&attack) {
                continue;
            }
            let failed = self.send_attack(route, method, &attack, credentials, good_status).await;
            report.count("T63", failed);
        }
        let name = "no token, with the Idempotency-Key of a good request".to_owned();
        let attack = ready("T63", name, Expected::NoCredentials, repeated());
        if !self.is_left_out(&attack) {
            let first = Credentials::bearer(&good).and(repeated());
            let request = self.plan.template(route, method).request(&first);
            let _ = self.send(request).await;
            let failed = self.send_attack(route, method, &attack, repeated(), good_status).await;
            report.count("T63", failed);
        }
    }
}

/// The headers by which a service may recognise a request that it has answered.
fn repeated() -> Credentials {
    const NAMES: [&str; 3] = ["idempotency-key", "x-request-id", "x-correlation-id"];
    NAMES.iter().fold(Credentials::none(), |all, name| {
        all.and(Credentials::none().header(HeaderName::from_static(name), "7f1c2f0a-53e4-4ad2-9f0e-2b1f6c8d9e10"))
    })
}

/// The siblings of a good token, each with its name.
fn siblings(signed_by_the_issuer: Option<&TestToken>, good: &str) -> Vec<(&'static str, &'static str, String)> {
    let mut siblings = vec![
        ("T36", "its first half", good[..good.len() / 2].to_owned()),
        ("T02", "its text and one more character", format!("{good}A")),
        ("T36", "its text and another segment", format!("{good}.AAAA")),
    ];
    if let Some((message, signature)) = good.rsplit_once('.') {
        siblings.push(("T02", "its header and claims without a signature", format!("{message}.")));
        let reversed: String = signature.chars().rev().collect();
        siblings.push(("T02", "its header and claims with another signature", format!("{message}.{reversed}")));
        siblings.push(("T02", "its signature in another letter case", format!("{message}.{}", swap_case(signature))));
        if let Some(token) = TestToken::decoded(good) {
            let other = if token.text("sub") == Some("root") { "admin" } else { "root" };
            let named = token.clone().subject(other).message();
            siblings.push(("T02", "another subject under its signature", format!("{named}.{signature}")));
            let admin = token.clone().claim("role", "admin").claim("admin", true).message();
            siblings.push(("T02", "a role under its signature", format!("{admin}.{signature}")));
            siblings.push(("T01", "its claims with alg none", token.clone().header("alg", "none").unsigned()));
            siblings.push(("T02", "its claims, signed with an untrusted key", token.signed_with_untrusted_key()));
        }
    }
    if let Some(token) = signed_by_the_issuer {
        siblings.push(("T20", "its jti and subject, expired", token.clone().expired().signed()));
        siblings.push((
            "T23",
            "its jti and subject, for another audience",
            token.clone().claim("aud", "some-other-service").signed(),
        ));
        siblings.push((
            "T22",
            "its jti and subject, of another issuer",
            token.clone().claim("iss", "https://id.evil.example/").signed(),
        ));
    }
    siblings.retain(|(.., sibling)| sibling != good);
    siblings
}

fn swap_case(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}
