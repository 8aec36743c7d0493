//! Tests that a proof does not travel in a request's extensions, so that no layer can put one
//! there.

use crate::support::{Runs, Server, Service, claims, get, get_with, header, routes, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::testing::RequestProbe;
use auth_runtime::{Authenticated, Claims};
use axum::Extension;
use axum::extract::{OriginalUri, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::sync::Arc;

async fn forge(service: Service, request: Request, next: Next) -> Response {
    let mut request = request;
    let admin = with(with(claims(), "sub", "admin"), "scope", "orders:write orders:refund");
    let admin: Claims = serde_json::from_value(admin).expect("claims are data, so any code can make them");
    // A real proof, made of another caller's token.
    let token = crate::support::Mint::of(Algorithm::Ed25519).token(&claims());
    let proof: Authenticated<Claims> = service.verifier.verify(&token).await.expect("a proof");
    let extensions = request.extensions_mut();
    extensions.insert(admin.clone());
    extensions.insert(Arc::new(admin));
    extensions.insert(Arc::new(proof));
    extensions.insert(true);
    extensions.insert(header(Algorithm::Ed25519));
    extensions.insert(service.verifier);
    extensions.insert(Runs::default());
    extensions.insert(OriginalUri("/health".parse().expect("a path")));
    next.run(request).await
}

#[tokio::test]
async fn h30_a_proof_in_the_extensions_is_ignored() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| {
            let forging = {
                let service = service.clone();
                from_fn(move |request: Request, next: Next| forge(service.clone(), request, next))
            };
            let known: Claims = serde_json::from_value(claims()).expect("claims");
            routes().layer(Extension(known)).layer(forging).with_state(service)
        })
        .start()
        .await;
    for path in ["/me", "/orders/7", "/v1/orders/7", "/v1"] {
        assert_eq!(server.exchange(get(path)).await.status, 401, "{path}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        assert_eq!(server.exchange(get_with(path, "garbage")).await.status, 401, "{path}");
        assert_eq!(server.only_event().reason, Reason::MalformedToken);
    }
    assert_eq!(server.exchange(get("/orders").replacen("GET", "POST", 1)).await.status, 401);
    assert_eq!(server.runs.so_far(), 0);
    server.events();

    // The caller is that of the token, with its scopes, and not that of the extensions.
    let bob = server.mint.token(&with(claims(), "sub", "bob"));
    assert_eq!(server.exchange(get_with("/me", &bob)).await.text(), "bob");
    assert_eq!(server.exchange(get_with("/orders", &bob).replacen("GET", "POST", 1)).await.status, 403);
}

/// The gate writes to a probe. One that has recorded an admission says nothing about the next
/// request that has it.
#[tokio::test]
async fn h30_a_probe_that_recorded_an_admission_admits_no_request() {
    let probe = RequestProbe::new();
    let given = probe.clone();
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().layer(Extension(given)).with_state(service))
        .start()
        .await;
    server.accepts_the_good_token().await;
    assert_eq!((probe.admitted(), probe.ran()), (1, 1));
    assert_eq!(server.exchange(get("/me")).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    assert_eq!((probe.admitted(), probe.ran(), probe.refused().len()), (1, 1, 1));
}
