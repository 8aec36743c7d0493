//! The whole attack kit, against each profile with tokens of the shape of its provider.

use super::{Fixture, all};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier};
use auth_testkit::{TestIssuer, attack};
use serde_json::Value;
use tokio::task::JoinSet;

/// The tokens of the kit, with the header and the claims of the provider.
fn issuer(fixture: &Fixture) -> TestIssuer {
    let mut issuer = TestIssuer::signing_with(fixture.mint.algorithm)
        .named(fixture.provider.issuer())
        .for_audience(fixture.audience)
        .with_token_type(fixture.header["typ"].as_str());
    if fixture.audience_claim != "aud" {
        issuer = issuer.without_audience();
    }
    // The kit sets the times, and an identity for each token.
    let set_by_the_kit = ["iat", "nbf", "exp", "jti"];
    for (name, value) in fixture.claims.as_object().expect("claims") {
        if !set_by_the_kit.contains(&name.as_str()) {
            issuer = issuer.with_claim(name, value.clone());
        }
    }
    issuer
}

fn service(fixture: &Fixture, issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = Verifier::builder()
        .provider(fixture.provider.clone())
        .audience(fixture.audience)
        .keys(issuer.key_set())
        .events(Events::discard("the kit reads the events"))
        .build()
        .expect("a verifier");
    AuthRouter::new()
        .route("/me", get(|caller: Authenticated<Claims>| async move { caller.sub.clone() }))
        .with_state(verifier)
}

/// So many profiles are attacked at a time.
///
/// One after the other takes longer than all tests beside it. With all at once, requests wait for
/// each other until the kit gives up, where a machine is busy.
const AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_gets_through_with_any_profile() {
    let mut attacks = JoinSet::new();
    for fixture in all() {
        if attacks.len() == AT_ONCE {
            attacks.join_next().await.expect("an attack").expect("a profile that withstands the kit");
        }
        attacks.spawn(nothing_gets_through(fixture));
    }
    while let Some(attacked) = attacks.join_next().await {
        attacked.expect("a profile that withstands the kit");
    }
}

async fn nothing_gets_through(fixture: Fixture) {
    let issuer = issuer(&fixture);
    let mut attack = attack(service(&fixture, &issuer)).with(&issuer);
    if fixture.name == "Google" {
        attack = attack.accepting("T22", "Google's tokens have `accounts.google.com` or the URL as their issuer");
    }
    let report = attack.await;
    assert!(report.findings.is_empty(), "{}: {report}", fixture.name);
    let sent: usize = report.routes.iter().flat_map(|route| route.tried.values()).map(|counts| counts.sent).sum();
    assert!(sent > 250, "{}: only {sent} attacks", fixture.name);
}

/// The proof that the test can fail: a token of the provider's other kinds as a good one.
#[tokio::test]
async fn a_profile_of_another_provider_rejects_the_tokens_of_the_kit() {
    let fixtures = all();
    let (one, other) = (&fixtures[0], &fixtures[1]);
    let issuer = issuer(one).named(other.provider.issuer()).with_claim("token_use", Value::from("id"));
    let report = attack(service(other, &issuer)).with(&issuer).await;
    assert!(!report.findings.is_empty(), "{report}");
}
