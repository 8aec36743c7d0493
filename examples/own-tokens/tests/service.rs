//! Signs in, refreshes, changes the database, and attacks every route.

use auth_runtime::credentials::SigningKey;
use auth_runtime::{AuthRouter, Events, TokenIssuer, Verifier};
use auth_testkit::{TestIssuer, attack};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use own_tokens::{Database, User, Users, app};
use serde_json::{Value, json};
use tower::ServiceExt;

const PASSWORD: &str = "correct horse battery staple";

fn database() -> Database {
    let database = Database::new(rusqlite::Connection::open_in_memory().unwrap()).unwrap();
    database.add_user("alice", PASSWORD, "admin").unwrap();
    database
}

fn issuer() -> TokenIssuer {
    let key = SigningKey::hs256("1", b"one of the many secrets that no one shall know").unwrap();
    TokenIssuer::builder().issuer("https://shop.example.com/").audience("shop").key(key).build().unwrap()
}

fn service(database: &Database) -> AuthRouter {
    let issuer = issuer();
    let events = Events::discard("the test reads the answers");
    let verifier = issuer.verifier(events).load(Users(database.clone())).build().unwrap();
    app(issuer, verifier, database.clone())
}

async fn post(app: &AuthRouter, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("content-type", "application/json").body(Body::from(body.to_string()));
    let response = app.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status();
    let body = to_bytes(Body::new(response.into_body()), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn get(app: &AuthRouter, path: &str, token: &Value) -> StatusCode {
    let token = token.as_str().expect("a token");
    let request = Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty());
    app.clone().oneshot(request.unwrap()).await.unwrap().status()
}

async fn login(app: &AuthRouter) -> Value {
    let (status, tokens) = post(app, "/login", json!({"user": "alice", "password": PASSWORD})).await;
    assert_eq!(status, 200);
    tokens
}

#[tokio::test]
async fn wrong_password_and_unknown_user_get_no_token() {
    let app = service(&database());
    for (user, password) in [("alice", "wrong"), ("mallory", PASSWORD)] {
        let (status, body) = post(&app, "/login", json!({"user": user, "password": password})).await;
        assert_eq!((status, body), (StatusCode::UNAUTHORIZED, Value::Null));
    }
}

#[tokio::test]
async fn changes_in_the_database_count_at_the_next_request() {
    let database = database();
    let app = service(&database);
    let token = login(&app).await["access_token"].clone();
    assert_eq!(get(&app, "/users", &token).await, 200);
    database.execute("UPDATE users SET role = 'clerk'").unwrap();
    assert_eq!(
        (get(&app, "/users", &token).await, get(&app, "/me", &token).await),
        (StatusCode::FORBIDDEN, StatusCode::OK)
    );
    database.execute("DELETE FROM users").unwrap();
    assert_eq!(get(&app, "/me", &token).await, 401);
}

#[tokio::test]
async fn refresh_token_is_used_once_and_is_not_an_access_token() {
    let app = service(&database());
    let first = login(&app).await;
    assert_eq!(get(&app, "/me", &first["refresh_token"]).await, 401);
    let refresh = |token: &Value| json!({"refresh_token": token});
    let (status, second) = post(&app, "/refresh", refresh(&first["refresh_token"])).await;
    assert_eq!((status, get(&app, "/me", &second["access_token"]).await), (StatusCode::OK, StatusCode::OK));
    // A second use ends the session, also for the next token.
    assert_eq!(post(&app, "/refresh", refresh(&first["refresh_token"])).await.0, 401);
    assert_eq!(post(&app, "/refresh", refresh(&second["refresh_token"])).await.0, 401);
    // An access token is not a refresh token either.
    assert_eq!(post(&app, "/refresh", refresh(&second["access_token"])).await.0, 401);
}

/// Bob sends the good tokens, because the kit's other tokens are for `alice`, who is not an admin
/// here.
#[tokio::test]
async fn attacks_do_not_reach_a_handler() {
    let database = database();
    database.execute("UPDATE users SET role = 'clerk'").unwrap();
    database.add_user("bob", PASSWORD, "admin").unwrap();
    let test_issuer = TestIssuer::new().with_claim("sub", "bob");
    let verifier: Verifier<User> = Verifier::builder()
        .issuer(test_issuer.name())
        .audience(test_issuer.audience())
        .keys(test_issuer.key_set())
        .events(Events::discard("the kit reads the answers"))
        .load(Users(database.clone()))
        .build()
        .unwrap();
    let app = app(issuer(), verifier, database);
    attack(app).with(&test_issuer).await.assert_nothing_got_through();
}
