//! Tests how a mounted service gets the proof of its caller, and only its own.

use crate::support::{OrdersRefund, OrdersWrite, Runs, Server, Service, claims, get, get_with, routes, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::services::{FullPath, NotProven, Proven, WithProof};
use auth_runtime::{AuthRouter, Authenticated, Claims, Vault};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tower::{Service as TowerService, service_fn};

type Writer = Authenticated<Claims, OrdersWrite>;

fn scoped(server: &Server, scope: &str) -> String {
    server.mint.token(&with(claims(), "scope", json!(scope)))
}

#[tokio::test]
async fn proof_reaches_the_service_with_its_permission() {
    let vault: Vault<&str, Claims, OrdersWrite> = Vault::new("the pool");
    let server = Server::with(Algorithm::Ed25519)
        .app(move |service: Service| {
            let runs = service.runs.clone();
            routes()
                .authenticated_service("/shop", move |auth: Writer| {
                    let (vault, runs, auth) = (vault.clone(), runs.clone(), Arc::new(auth));
                    service_fn(move |_: Request| {
                        let (vault, runs, auth) = (vault.clone(), runs.clone(), Arc::clone(&auth));
                        async move {
                            runs.count();
                            Ok::<_, Infallible>(format!("{} for {}", vault.open(&*auth), auth.sub))
                        }
                    })
                })
                .with_state(service)
        })
        .start()
        .await;
    let response = server.exchange(get_with("/shop/7", &scoped(&server, "orders:write"))).await;
    assert_eq!((response.status, response.text()), (200, "the pool for alice"));
    // P6: the permission is checked before the service exists.
    assert_eq!(server.exchange(get_with("/shop/7", &server.good())).await.status, 403);
    assert_eq!(server.only_event().permission, Some("orders:write"));
    assert_eq!(server.exchange(get("/shop/7")).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    assert_eq!(server.runs.so_far(), 1);
}

/// A service that exists before its requests, as a gRPC server does.
fn reader()
-> impl TowerService<Request, Response = Response, Error = Infallible, Future: Send + 'static> + Clone + Send + Sync {
    service_fn(|request: Request| async move {
        let extensions = request.extensions();
        let copy = extensions.clone();
        let other = Proven::of::<Authenticated<Claims, OrdersRefund>>(extensions).map(drop);
        let first = Proven::of::<Writer>(extensions).map(|auth| auth.sub.clone());
        let second = Proven::of::<Writer>(&copy).map(drop);
        Ok::<_, Infallible>(format!("{other:?} {first:?} {second:?}").into_response())
    })
}

#[tokio::test]
async fn proof_is_taken_from_the_extensions_once_and_by_its_own_type() {
    let service = reader();
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state| {
            routes()
                .authenticated_service("/carried", move |auth: Writer| Proven::carry(auth, service.clone()))
                .authenticated_service("/dropped", |_: Writer| reader())
                .public_service("/public", reader(), "a test")
                .with_state(state)
        })
        .start()
        .await;
    let token = scoped(&server, "orders:write");
    // Also a second request on the same connection has its own proof.
    for _ in 0..2 {
        let response = server.exchange(get_with("/carried", &token)).await;
        let text = response.text();
        assert!(text.starts_with("Err(OtherProof { asked: "), "{text}");
        assert!(text.ends_with("Ok(\"alice\") Err(ProofTaken)"), "{text}");
    }
    let none = "Err(NoProof) Err(NoProof) Err(NoProof)";
    assert_eq!(server.exchange(get_with("/dropped", &token)).await.text(), none);
    assert_eq!(server.exchange(get_with("/public", &token)).await.text(), none);
    assert_eq!(server.exchange(get("/public")).await.text(), none);
}

/// P2: the inner gate decides about its own service, so the proof of the outer one is removed.
#[tokio::test]
async fn proof_of_an_outer_router_does_not_reach_a_public_service_in_it() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|state: Service| {
            let inner: AuthRouter = AuthRouter::new().public_service("/public", reader(), "a test");
            routes()
                .authenticated_service("/outer", move |auth: Writer| Proven::carry(auth, inner.clone()))
                .with_state(state)
        })
        .start()
        .await;
    let response = server.exchange(get_with("/outer/public", &scoped(&server, "orders:write"))).await;
    assert_eq!(response.text(), "Err(NoProof) Err(NoProof) Err(NoProof)");
}

/// The carrier of one proof called twice: the second request has none.
#[tokio::test]
async fn carrier_of_a_proof_gives_it_to_one_request() {
    type Twice = Arc<Mutex<Vec<String>>>;
    async fn call<T>(service: &mut WithProof<T>) -> String
    where
        T: TowerService<Request, Response = Response, Error = Infallible>,
    {
        let Ok(response) = service.call(Request::new(Body::empty())).await;
        let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("a body");
        String::from_utf8_lossy(&body).into_owned()
    }
    let seen = Twice::default();
    let record = Arc::clone(&seen);
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state: Service| {
            routes()
                .authenticated_service("/twice", move |auth: Writer| {
                    let carrier = Arc::new(tokio::sync::Mutex::new(Proven::carry(auth, reader())));
                    let record = Arc::clone(&record);
                    service_fn(move |_: Request| {
                        let (carrier, record) = (Arc::clone(&carrier), Arc::clone(&record));
                        async move {
                            let mut carrier = carrier.lock().await;
                            let (first, second) = (call(&mut carrier).await, call(&mut carrier).await);
                            record.lock().expect("a lock").extend([first, second]);
                            Ok::<_, Infallible>("called")
                        }
                    })
                })
                .with_state(state)
        })
        .start()
        .await;
    server.exchange(get_with("/twice", &scoped(&server, "orders:write"))).await;
    let seen = seen.lock().expect("a lock").clone();
    assert!(seen[0].contains("Ok(\"alice\")"), "{seen:?}");
    assert_eq!(seen[1], "Err(NoProof) Err(NoProof) Err(NoProof)");
}

/// The mistake is the service's, and the client does not learn it.
#[tokio::test]
async fn service_without_its_proof_answers_500() {
    async fn ask(State(runs): State<Runs>, request: Request) -> Result<&'static str, NotProven> {
        let _: Writer = Proven::of(request.extensions())?;
        runs.count();
        Ok("not reached")
    }
    let server = Server::with(Algorithm::Ed25519)
        .app(|state: Service| {
            let plain = axum::Router::new().fallback(ask).with_state(state.runs.clone());
            routes().public_service("/forgotten", plain, "a test").with_state(state)
        })
        .start()
        .await;
    let response = server.exchange(get_with("/forgotten", &scoped(&server, "orders:write"))).await;
    assert_eq!((response.status, response.text()), (500, ""));
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn full_path_keeps_the_prefix_and_the_query() {
    let path = || service_fn(|request: Request| async move { Ok::<_, Infallible>(request.uri().to_string()) });
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state: Service| {
            let inner: AuthRouter<Service> = AuthRouter::new()
                .public_service("/kept", FullPath::new(path()), "a test")
                .public_service("/stripped", path(), "a test");
            routes().nest("/v1", inner).with_state(state)
        })
        .start()
        .await;
    for (sent, seen) in [
        ("/v1/kept/a?b=c", "/v1/kept/a?b=c"),
        ("/v1/kept/", "/v1/kept/"),
        ("/v1/kept", "/v1/kept"),
        ("/v1/stripped/a?b=c", "/a?b=c"),
    ] {
        assert_eq!(server.exchange(get(sent)).await.text(), seen);
    }
}
