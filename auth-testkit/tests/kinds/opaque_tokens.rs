//! Opaque tokens, which a server introspects.

use crate::support::{app, assert_sent, assert_through};
use auth_runtime::credentials::{ClientSecret, Introspection, RemoteIntrospection};
use auth_runtime::{AuthRouter, Claims, Events, Verifier};
use auth_testkit::{TestCredentials, attack};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const ISSUER: &str = "https://id.example.com/";

/// What the server answers about each token that it has issued.
#[derive(Clone, Default)]
struct Tokens(Arc<Mutex<HashMap<String, Value>>>);

impl Tokens {
    fn issue(&self, answer: &Value) -> impl Fn() -> std::future::Ready<String> + Send + Sync + 'static {
        let (tokens, answer) = (self.clone(), answer.clone());
        move || {
            let mut tokens = tokens.0.lock().unwrap();
            let token = format!("opaque-token-of-the-server-{:04}-x", tokens.len());
            tokens.insert(token.clone(), answer.clone());
            std::future::ready(token)
        }
    }

    fn credentials(&self) -> TestCredentials {
        TestCredentials::of(ISSUER, self.issue(&good()))
            .unknown(|| std::future::ready("opaque-token-of-the-server-9999-x".to_owned()))
            .expired(self.issue(&json!({"active": false})))
            .revoked(self.issue(&json!({"active": false})))
            .for_another_service(self.issue(&for_billing()))
    }

    /// Serves introspection until the test ends.
    async fn serve(&self) -> RemoteIntrospection<ClientSecret, String> {
        async fn introspect(State(tokens): State<Tokens>, form: String) -> Json<Value> {
            let token = form.split('&').find_map(|field| field.strip_prefix("token=")).unwrap_or_default();
            Json(tokens.0.lock().unwrap().get(token).cloned().unwrap_or(json!({"active": false})))
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/introspect", listener.local_addr().unwrap());
        let server = axum::Router::new().route("/introspect", axum::routing::post(introspect)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, server).await });
        let secret = ClientSecret::new("secret-of-a-test").unwrap();
        Introspection::at(url, ISSUER).client("orders", secret).audience("orders")
    }
}

fn good() -> Value {
    json!({"active": true, "sub": "alice", "aud": "orders", "scope": "orders:read"})
}

fn for_billing() -> Value {
    json!({"active": true, "sub": "alice", "aud": "billing", "scope": "orders:read"})
}

async fn service(tokens: RemoteIntrospection<ClientSecret, String>) -> AuthRouter {
    let tokens = tokens.await.unwrap();
    app(Verifier::<Claims>::accepting(tokens).events(Events::collect().0).build().unwrap())
}

#[tokio::test]
async fn opaque_tokens_pass() {
    let tokens = Tokens::default();
    let report = attack(service(tokens.serve().await).await).with_credentials(&tokens.credentials()).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["N01", "N02", "N03", "N04", "N05", "N06", "N07", "H01"]);
}

/// A server that does not state for whom a token is, and a service that accepts it anyway.
#[tokio::test]
async fn a_token_for_another_service_is_found() {
    let tokens = Tokens::default();
    let credentials = tokens.credentials();
    let mut without = for_billing();
    without.as_object_mut().unwrap().remove("aud");
    let credentials = credentials.for_another_service(tokens.issue(&without));
    let loose = tokens.serve().await.dangerous_missing_audience("a test");
    assert_through(&attack(service(loose).await).with_credentials(&credentials).await, &["N07"]);
}

/// A server whose answers do not know a revocation.
#[tokio::test]
async fn a_revoked_token_that_is_active_is_found() {
    let tokens = Tokens::default();
    let credentials = tokens.credentials().revoked(tokens.issue(&good()));
    let report = attack(service(tokens.serve().await).await).with_credentials(&credentials).await;
    assert_through(&report, &["N06"]);
}
