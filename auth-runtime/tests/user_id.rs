//! The span of a service gets `user.id` if it declares the field.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public, scope};
use axum::body::Body;
use axum::extract::Request;
use std::sync::{Arc, Mutex};
use test_support::tokens::{AUDIENCE, ISSUER, Mint, claims};
use tower::ServiceExt;
use tower_http::trace::TraceLayer;
use tracing::field::{Empty, Field, Visit};
use tracing::span::{Id, Record};
use tracing::{Span, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[authenticated(Claims, requires = OrdersWrite)]
async fn place() {}

#[public(reason = "load balancer probe")]
async fn health() {}

/// Collects what spans record after they were made.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Visit for Recorded {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.lock().unwrap().push(format!("{field}={value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> tracing_subscriber::Layer<S> for Recorded {
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

fn with_field(_: &Request) -> Span {
    tracing::info_span!("request", user.id = Empty)
}

fn without_field(_: &Request) -> Span {
    tracing::info_span!("request", other = Empty)
}

async fn recorded(span: fn(&Request) -> Span, path: &str, token: Option<&str>) -> (u16, Vec<String>) {
    let mint = Mint::of(auth_runtime::keys::Algorithm::Ed25519);
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(mint.key())
        .events(Events::collect().0)
        .clock(|| std::time::UNIX_EPOCH + std::time::Duration::from_secs(claims()["iat"].as_u64().unwrap()))
        .build()
        .unwrap();
    let app = AuthRouter::new()
        .route("/me", get(me))
        .route("/orders", get(place))
        .route("/health", get(health))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(verifier);
    let recorded = Recorded::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(recorded.clone()));
    let mut request = http::Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let fields = recorded.0.lock().unwrap().clone();
    (response.status().as_u16(), fields)
}

#[tokio::test]
async fn a_span_that_declares_the_field_gets_the_caller() {
    let token = Mint::of(auth_runtime::keys::Algorithm::Ed25519).token(&claims());
    let alice = vec!["user.id=alice".to_owned()];
    assert_eq!(recorded(with_field, "/me", Some(&token)).await, (200, alice.clone()));
    assert_eq!(recorded(with_field, "/orders", Some(&token)).await, (403, alice));
    assert_eq!(recorded(with_field, "/me", None).await, (401, vec![]));
    assert_eq!(recorded(with_field, "/me", Some(&format!("{token}x"))).await, (401, vec![]));
    assert_eq!(recorded(with_field, "/health", Some(&token)).await, (200, vec![]));
}

#[tokio::test]
async fn a_span_without_the_field_gets_nothing() {
    let token = Mint::of(auth_runtime::keys::Algorithm::Ed25519).token(&claims());
    assert_eq!(recorded(without_field, "/me", Some(&token)).await, (200, vec![]));
}
