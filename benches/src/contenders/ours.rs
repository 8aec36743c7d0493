//! Ours.

use super::{FewClaims, Service};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated};
use auth_testkit::TestIssuer;
use tower::util::BoxCloneSyncService;

#[authenticated]
async fn list(_auth: Authenticated<Claims>) -> &'static str {
    "ok"
}

#[authenticated]
async fn list_with_few_claims(_auth: Authenticated<FewClaims>) -> &'static str {
    "ok"
}

/// A verifier.
#[must_use]
pub fn verifier(issuer: &TestIssuer, events: Events) -> Verifier<Claims> {
    Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(events)
        .build()
        .expect("a verifier")
}

/// As it is by default.
#[must_use]
pub fn ours(issuer: &TestIssuer, events: Events) -> Service {
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier(issuer, events)))
}

/// With each token verified anew.
#[must_use]
pub fn unremembered(issuer: &TestIssuer) -> Service {
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .without_cache()
        .build()
        .expect("a verifier");
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier))
}

/// With each token verified anew, for a service that reads as much of it as the others.
#[must_use]
pub fn unremembered_with_few_claims(issuer: &TestIssuer) -> Service {
    let verifier: Verifier<FewClaims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .without_cache()
        .build()
        .expect("a verifier");
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list_with_few_claims)).with_state(verifier))
}
