//! Tests that a known caller without a permission gets 403, and that the event names the
//! permission.

use crate::support::{
    OrdersWrite, Runs, Server, claims, deliberate_panics_are_silent, get, get_with, routes, with, without,
};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{Authenticated, Claims, Denied, Permission, Rejection, authenticated, scope};
use axum::extract::{Path, State};
use serde_json::{Value, json};

const LACKS_WRITE: &str = r#"Bearer realm="api", error="insufficient_scope", scope="orders:write""#;
const LACKS_REFUND: &str = r#"Bearer realm="api", error="insufficient_scope", scope="orders:refund""#;
const PROBLEM_403: &str = r#"{"type":"about:blank","title":"Forbidden","status":403}"#;

fn post_with(path: &str, token: &str) -> String {
    get_with(path, token).replacen("GET", "POST", 1)
}

fn scoped(server: &Server, scope: impl Into<Value>) -> String {
    server.mint.token(&with(claims(), "scope", scope))
}

#[tokio::test]
async fn t29_a_scope_matches_whole_words_only() {
    let server = Server::start().await;
    let absent = server.mint.token(&without(claims(), "scope"));
    let others = [
        json!(""),
        json!(" "),
        json!("orders"),
        json!("orders:writeall"),
        json!("xorders:write"),
        json!("orders:write2 orders:read"),
        json!("ORDERS:WRITE"),
        json!("orders:read,orders:write"),
        json!("orders:write,"),
        json!("orders:read\torders:write"),
        json!("orders:read\norders:write"),
        json!("orders:*"),
        json!("*"),
        json!("orders: write"),
        json!(["orders:write", 5]),
        json!([["orders:write"]]),
        json!({"orders:write": true}),
        json!(true),
        json!(5),
        json!(null),
    ];
    let tokens = others.into_iter().map(|scope| scoped(&server, scope)).chain([absent]);
    for token in tokens {
        for (path, challenge, permission) in
            [("/orders", LACKS_WRITE, "orders:write"), ("/orders/7/refund", LACKS_REFUND, "orders:refund")]
        {
            let response = server.exchange(post_with(path, &token)).await;
            assert_eq!(response.status, 403, "{path}");
            assert_eq!((response.header("www-authenticate"), response.text()), (Some(challenge), PROBLEM_403));
            let event = server.only_event();
            assert_eq!((event.reason, event.status), (Reason::Denied, 403));
            assert_eq!((event.permission, event.subject.as_deref()), (Some(permission), Some("alice")));
            crate::support::assert_no_part_of_token_in(&event, &token);
        }
    }
    assert_eq!(server.runs.so_far(), 0);
    for scope in ["orders:write", "orders:read orders:write", "  orders:write  orders:read "] {
        assert_eq!(server.exchange(post_with("/orders", &scoped(&server, scope))).await.text(), "placed");
    }
    // Some issuers write the scopes into an array.
    let several = scoped(&server, json!(["orders:read", "orders:write"]));
    assert_eq!(server.exchange(post_with("/orders", &several)).await.text(), "placed");
    assert_eq!(
        server.exchange(post_with("/orders/7/refund", &scoped(&server, "orders:refund"))).await.text(),
        "refunded"
    );
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn an_unknown_caller_gets_401_where_a_known_one_gets_403() {
    let server = Server::start().await;
    for path in ["/orders", "/orders/7/refund"] {
        assert_eq!(server.exchange(get(path).replacen("GET", "POST", 1)).await.status, 401);
        assert_eq!(server.exchange(post_with(path, "garbage")).await.status, 401);
        assert_eq!(server.exchange(post_with(path, &server.good())).await.status, 403);
    }
    assert_eq!(server.runs.so_far(), 0);
}

scope!(Admin = "admin");

#[authenticated]
async fn profile(
    auth: Authenticated<Claims>,
    Path(id): Path<String>,
    State(runs): State<Runs>,
) -> Result<String, Rejection> {
    if auth.sub != id {
        auth.check::<Admin>()?;
    }
    runs.count();
    Ok(format!("{} reads the profile of {id}", auth.sub))
}

#[tokio::test]
async fn a_permission_that_is_checked_in_a_branch_denies_with_one_event() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().route("/profiles/{id}", route_get(profile)).with_state(service))
        .start()
        .await;
    let good = server.good();
    assert_eq!(server.exchange(get_with("/profiles/alice", &good)).await.text(), "alice reads the profile of alice");
    assert!(server.events().is_empty());
    let denied = server.exchange(get_with("/profiles/bob", &good)).await;
    assert_eq!((denied.status, denied.text()), (403, PROBLEM_403));
    let event = server.only_event();
    assert_eq!(
        (event.reason, event.permission, event.subject.as_deref()),
        (Reason::Denied, Some("admin"), Some("alice"))
    );
    assert_eq!(server.runs.so_far(), 1);
    let admin = scoped(&server, "admin");
    assert_eq!(server.exchange(get_with("/profiles/bob", &admin)).await.text(), "alice reads the profile of bob");
    assert!(server.events().is_empty());
}

scope!(OrdersExport = "orders:export");

struct Staff;

const STAFF: &str = "staff by over_sockets::gate::permissions::Staff";

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    fn check(claims: &Claims) -> Result<(), Denied> {
        match claims.other.get("department").and_then(Value::as_str) {
            Some("staff") => Ok(()),
            Some(other) => Err(Denied::new(format!("the department is {other}"))),
            None => panic!("deliberate: a permission that did not expect this"),
        }
    }
}

/// T25: a token that a client got for itself does not represent a person.
struct Person;

impl Permission<Claims> for Person {
    const NAME: &'static str = "person";

    fn check(claims: &Claims) -> Result<(), Denied> {
        match claims.client_id.as_deref() {
            Some(client) if client == claims.sub => Err(Denied::new("the subject is the client itself")),
            _ => Ok(()),
        }
    }
}

#[authenticated(Claims, requires = (Staff, OrdersWrite, OrdersExport))]
async fn export(State(runs): State<Runs>) {
    runs.count();
}

#[authenticated]
async fn export_later(auth: Authenticated<Claims>, State(runs): State<Runs>) -> Result<(), Rejection> {
    let _proof = auth.require::<(Staff, OrdersWrite)>()?;
    runs.count();
    Ok(())
}

#[authenticated(Claims, requires = Person)]
async fn diary(State(runs): State<Runs>) {
    runs.count();
}

async fn server() -> Server {
    deliberate_panics_are_silent();
    Server::with(Algorithm::Ed25519)
        .app(|service| {
            routes()
                .route("/export", route_get(export))
                .route("/export-later", route_get(export_later))
                .route("/diary", route_get(diary))
                .with_state(service)
        })
        .start()
        .await
}

fn of_department(server: &Server, department: &str, scope: &str) -> String {
    server.mint.token(&with(with(claims(), "department", department), "scope", scope))
}

#[tokio::test]
async fn a_tuple_requires_all_permissions_and_the_missing_one_is_named() {
    let server = server().await;
    for (department, scope, permission, challenge) in [
        ("sales", "orders:write orders:export", STAFF, r#"Bearer realm="api", error="insufficient_scope""#),
        ("staff", "orders:export", "orders:write", LACKS_WRITE),
        (
            "staff",
            "orders:write",
            "orders:export",
            r#"Bearer realm="api", error="insufficient_scope", scope="orders:export""#,
        ),
    ] {
        let response = server.exchange(get_with("/export", &of_department(&server, department, scope))).await;
        assert_eq!((response.status, response.header("www-authenticate")), (403, Some(challenge)), "{permission}");
        let event = server.only_event();
        assert_eq!((event.reason, event.permission), (Reason::Denied, Some(permission)));
        if permission == STAFF {
            assert_eq!(event.detail.as_deref(), Some("the department is sales"));
            assert!(
                !response.text().contains("sales")
                    && !response.headers.iter().any(|(_, value)| value.contains("sales"))
            );
        }
    }
    assert_eq!(server.runs.so_far(), 0);
    let all = of_department(&server, "staff", "orders:write orders:export");
    assert_eq!(server.exchange(get_with("/export", &all)).await.status, 200);
    assert_eq!(server.exchange(get_with("/export-later", &all)).await.status, 200);
    assert_eq!(server.runs.so_far(), 2);
}

#[tokio::test]
async fn t25_a_token_of_the_client_itself_is_not_a_persons_token() {
    let server = server().await;
    let of_client = server.mint.token(&with(claims(), "sub", claims()["client_id"].clone()));
    assert_eq!(server.exchange(get_with("/diary", &of_client)).await.status, 403);
    let event = server.only_event();
    assert_eq!(
        (event.permission, event.subject.as_deref()),
        (Some("person by over_sockets::gate::permissions::Person"), Some("storefront"))
    );
    assert_eq!(server.exchange(get_with("/diary", &server.good())).await.status, 200);
    assert_eq!(server.runs.so_far(), 1);
}

#[tokio::test]
async fn t51_a_permission_that_panics_is_not_granted() {
    let server = server().await;
    let response = server.exchange(get_with("/export", &server.good())).await;
    assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
    assert_eq!(server.only_event().reason, Reason::VerifierPanicked);
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
}

/// P6, P7: a panic in the middle of a handler also gives 503 and an event.
#[tokio::test]
async fn t51_a_permission_that_panics_in_a_handler_is_not_granted() {
    let server = server().await;
    let mut connection = crate::support::Connection::open(server.address).await;
    connection.send(get_with("/export-later", &server.good())).await;
    connection.send("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    let answer = String::from_utf8(connection.rest().await).expect("text");
    assert!(answer.starts_with("HTTP/1.1 503 "), "the connection was closed without a response: {answer:?}");
    assert_eq!(server.only_event().reason, Reason::VerifierPanicked);
}
