//! Tests opaque tokens, which a server made by hand introspects.

mod answers;
mod at_start;
mod beside_jwts;
mod caching;
mod outages;

use crate::support::{AUDIENCE, NOW, Publisher, Reply, Server};
use auth_runtime::credentials::{ClientSecret, Introspection, RemoteIntrospection};
use auth_runtime::events::{Notice, NoticeKind};
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const ISSUER: &str = "https://tokens.example.com/";
const PATH: &str = "/introspect";
const SECRET: &str = "a:secret+of a%test";

fn answer(answer: &Value) -> Reply {
    Reply::json(answer).header("content-type", "application/json")
}

/// A good answer about any token.
fn good() -> Value {
    json!({
        "active": true, "iss": ISSUER, "sub": "alice", "aud": AUDIENCE, "exp": NOW + 300, "iat": NOW,
        "scope": "orders:write", "client_id": "storefront", "token_type": "Bearer"
    })
}

fn inactive() -> Reply {
    answer(&json!({"active": false}))
}

/// A server that answers about every token as about a good one.
fn publisher() -> Publisher {
    let publisher = Publisher::start();
    publisher.answer(PATH, answer(&good()));
    publisher
}

fn secret() -> ClientSecret {
    ClientSecret::new(SECRET).unwrap()
}

/// Long time limits, which end only what would hang otherwise.
fn configured(publisher: &Publisher) -> RemoteIntrospection<ClientSecret, String> {
    let url = publisher.url(PATH);
    Introspection::at(url, ISSUER).client("orders", secret()).audience(AUDIENCE).timeout(Duration::from_secs(20))
}

/// The standard service, which accepts JWTs of another issuer in the same carrier.
async fn server(tokens: Introspection) -> Server {
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.also_accept(tokens).time_limit(Duration::from_secs(50)))
        .start()
        .await
}

/// A token that no test has sent before.
fn token() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("opaque-token-number-{:06}", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// The notices about introspection.
fn notices(server: &Server) -> Vec<Notice> {
    let about = |notice: &Notice| {
        matches!(
            notice.notice,
            NoticeKind::IntrospectionUnavailable
                | NoticeKind::IntrospectionClientRefused
                | NoticeKind::IntrospectionRestored
                | NoticeKind::IntrospectionWithoutTls
        )
    };
    server.notices().into_iter().filter(about).collect()
}
