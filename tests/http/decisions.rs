//! P10: a layer outside of the gate learns what was decided, from the response's extensions.

use crate::support::{Connection, Server, Service, get, get_with, routes};
use auth_runtime::AuthRouter;
use auth_runtime::decision::{Decision, RejectionKind};
use auth_runtime::keys::Algorithm;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// An audit log: one row for each request.
#[derive(Clone, Default)]
struct Audit(Arc<Mutex<Vec<String>>>);

impl Audit {
    async fn write(self, request: Request, next: Next) -> Response {
        let head = format!("{} {}", request.method(), request.uri());
        let response = next.run(request).await;
        let row = match Decision::of(&response) {
            None => "no decision".to_owned(),
            Some(Decision::Public) => "public".to_owned(),
            Some(Decision::Authenticated(caller)) => {
                let permissions: Vec<String> = caller.permissions().iter().map(ToString::to_string).collect();
                format!("{} [{}]", caller.subject(), permissions.join(", "))
            }
            Some(Decision::Rejected(rejection)) => {
                let subject = rejection.caller().map_or("-", |caller| caller.subject());
                assert!(rejection.caller().is_none_or(|caller| caller.permissions().is_empty()));
                format!("{subject} rejected {:?}", rejection.kind())
            }
            Some(other) => format!("{other:?}"),
        };
        self.0.lock().expect("the rows").push(format!("{head} {} {row}", response.status().as_u16()));
        response
    }

    fn layered(&self, app: AuthRouter) -> AuthRouter {
        let audit = self.clone();
        app.layer(from_fn(move |request: Request, next: Next| audit.clone().write(request, next)))
    }

    fn rows(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("the rows"))
    }
}

fn post(path: &str, token: &str) -> String {
    get_with(path, token).replacen("GET", "POST", 1)
}

/// Sends one request of each decision, and returns the expected rows.
async fn each_decision(server: &Server, exchange: impl AsyncFn(String)) -> Vec<String> {
    let good = server.good();
    let writer = server.mint.token(&crate::support::with(crate::support::claims(), "scope", "orders:write"));
    let expired = server.mint.token(&crate::support::with(crate::support::claims(), "exp", 1));
    let mut rows = Vec::new();
    for (request, row) in [
        (get_with("/me", &good), "GET /me 200 alice []"),
        // Cached.
        (get_with("/me", &good), "GET /me 200 alice []"),
        (post("/orders", &writer), "POST /orders 200 alice [orders:write]"),
        (get("/health"), "GET /health 200 public"),
        (get("/me"), "GET /me 401 - rejected MissingCredentials"),
        (get_with("/me", "a.b.c"), "GET /me 401 - rejected InvalidToken"),
        // P8: the subject of a rejected token would show that its signature is good.
        (get_with("/me", &expired), "GET /me 401 - rejected InvalidToken"),
        (
            post("/orders", &good),
            r#"POST /orders 403 alice rejected InsufficientScope { scope: Some("orders:write") }"#,
        ),
        // The handler returns it.
        (
            post("/orders/7/refund", &good),
            r#"POST /orders/7/refund 403 alice rejected InsufficientScope { scope: Some("orders:refund") }"#,
        ),
        (get("/nothing"), "GET /nothing 404 no decision"),
    ] {
        exchange(request).await;
        rows.push(row.to_owned());
    }
    rows
}

#[tokio::test]
async fn an_audit_log_around_the_router_has_one_row_for_each_request() {
    let audit = Audit::default();
    let server = {
        let audit = audit.clone();
        Server::with(Algorithm::Ed25519)
            .app(move |service: Service| audit.layered(routes().on_rejection(|_| "own").with_state(service)))
            .start()
            .await
    };
    let expected = each_decision(&server, async |request| drop(server.exchange(request).await)).await;
    assert_eq!(audit.rows(), expected);
}

#[tokio::test]
async fn a_layer_of_a_plain_router_around_it_sees_the_decision_too() {
    let audit = Audit::default();
    let (sender, receiver) = std::sync::mpsc::channel();
    // Only its verifier and its mint are used; the plain router below is served.
    let server = Server::with(Algorithm::Ed25519)
        .app(move |service: Service| {
            sender.send(service.clone()).expect("the test waits");
            routes().with_state(service)
        })
        .start()
        .await;
    let service = receiver.recv_timeout(test_support::LIMIT).expect("the service");
    let write = audit.clone();
    let plain = Router::new()
        .fallback_service(routes().with_state(service))
        .layer(from_fn(move |request: Request, next: Next| write.clone().write(request, next)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, plain).await });
    let exchange = async |request: String| drop(Connection::open(address).await.exchange(request).await);
    let expected = each_decision(&server, exchange).await;
    assert_eq!(audit.rows(), expected);
}

/// The decision is that of the router that answers, and not that of the service around it.
#[tokio::test]
async fn a_router_inside_of_a_public_service_keeps_its_decision() {
    let audit = Audit::default();
    let server = {
        let audit = audit.clone();
        Server::with(Algorithm::Ed25519)
            .app(move |service: Service| {
                let inner = routes().with_state(service);
                audit.layered(AuthRouter::new().public_service("/", inner, "it has a decision of its own"))
            })
            .start()
            .await
    };
    let expected = each_decision(&server, async |request| drop(server.exchange(request).await)).await;
    let expected: Vec<_> = expected.into_iter().map(|row| row.replace("no decision", "public")).collect();
    assert_eq!(audit.rows(), expected);
    assert_eq!(RejectionKind::InvalidToken.status(), 401);
}
