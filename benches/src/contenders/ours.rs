//! Ours.

use super::{FewClaims, Service};
use auth_runtime::credentials::{CredentialKind, VerifierBuilder};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, KeySet, Verifier, authenticated};
use auth_testkit::TestIssuer;
use serde::de::DeserializeOwned;
use tower::util::BoxCloneSyncService;

#[authenticated]
async fn list(_auth: Authenticated<Claims>) -> &'static str {
    "ok"
}

#[authenticated]
async fn list_with_few_claims(_auth: Authenticated<FewClaims>) -> &'static str {
    "ok"
}

type Complete<C> = VerifierBuilder<C, String, String, KeySet, Events>;

fn configured<C: DeserializeOwned + Send + Sync + 'static>(issuer: &TestIssuer, events: Events) -> Complete<C> {
    Verifier::builder().issuer(issuer.name()).audience(issuer.audience()).keys(issuer.key_set()).events(events)
}

/// A verifier as it is by default.
#[must_use]
pub fn verifier(issuer: &TestIssuer, events: Events) -> Verifier<Claims> {
    configured(issuer, events).build().expect("a verifier")
}

/// A verifier that accepts another kind too.
pub(super) fn verifier_of_tokens_and(issuer: &TestIssuer, kind: impl Into<CredentialKind>) -> Verifier<Claims> {
    configured(issuer, Events::collect().0).also_accept(kind).build().expect("a verifier")
}

/// A service as it is by default.
#[must_use]
pub fn ours(issuer: &TestIssuer, events: Events) -> Service {
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier(issuer, events)))
}

/// With each token verified anew.
#[must_use]
pub fn unremembered(issuer: &TestIssuer) -> Service {
    let verifier = configured::<Claims>(issuer, Events::collect().0).without_cache().build().expect("a verifier");
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier))
}

/// With each token verified anew, for a service that reads as much of it as the others.
#[must_use]
pub fn unremembered_with_few_claims(issuer: &TestIssuer) -> Service {
    let verifier = configured::<FewClaims>(issuer, Events::collect().0).without_cache().build().expect("a verifier");
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list_with_few_claims)).with_state(verifier))
}
