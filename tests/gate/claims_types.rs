//! Tests a service's own claims type beside `Claims`.

use crate::support::{AUDIENCE, Clock, Connection, ISSUER, Mint, claims, get, get_with, header, serve, with};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{AuthRouter, Authenticated, Events, Verifier, authenticated, scope};
use axum::extract::FromRef;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;

#[derive(Deserialize)]
struct Member {
    sub: String,
    team: String,
    #[serde(default)]
    admin: bool,
}

#[derive(Deserialize)]
struct Node {
    node: u32,
}

/// INC-33: other programs have their own verifier and proof.
#[derive(Clone)]
struct App {
    members: Verifier<Member>,
    nodes: Verifier<Node>,
}

impl FromRef<App> for Verifier<Member> {
    fn from_ref(app: &App) -> Self {
        app.members.clone()
    }
}

impl FromRef<App> for Verifier<Node> {
    fn from_ref(app: &App) -> Self {
        app.nodes.clone()
    }
}

scope!(OrdersRead = "orders:read");
scope!(OrdersWrite = "orders:write");

#[authenticated(Member, requires = OrdersRead)]
async fn member(auth: Authenticated<Member, OrdersRead>) -> String {
    format!("{} of {}{}", auth.sub, auth.team, if auth.admin { ", admin" } else { "" })
}

#[authenticated(Member, requires = OrdersWrite)]
async fn writer() -> &'static str {
    "written"
}

#[authenticated(Node)]
async fn node(auth: Authenticated<Node>) -> String {
    auth.node.to_string()
}

fn verifier<C: serde::de::DeserializeOwned + Send + Sync + 'static>(
    audience: &str,
    key: &Mint,
) -> (Verifier<C>, Collected) {
    let (events, collected) = Events::collect();
    let clock = Clock::standing();
    let builder = Verifier::builder().issuer(ISSUER).audience(audience).keys(key.key()).events(events);
    (builder.clock(move || clock.now()).build().expect("a verifier"), collected)
}

async fn app() -> (SocketAddr, Collected, Collected) {
    let (members, of_members) = verifier(AUDIENCE, Mint::of(Algorithm::Ed25519));
    let (nodes, of_nodes) = verifier("nodes", Mint::of(Algorithm::ES256));
    let routes = AuthRouter::new()
        .route("/member", route_get(member))
        .route("/writer", route_get(writer))
        .route("/node", route_get(node));
    (serve(routes.with_state(App { members, nodes })).await, of_members, of_nodes)
}

async fn answer(address: SocketAddr, path: &str, token: &str) -> (u16, String) {
    let response = Connection::open(address).await.exchange(get_with(path, token)).await;
    (response.status, response.text().to_owned())
}

#[tokio::test]
async fn inc_33_a_proof_for_one_claims_type_is_rejected_for_another() {
    let (address, of_members, of_nodes) = app().await;
    let of_member = Mint::of(Algorithm::Ed25519).token(&with(claims(), "team", "blue"));
    let of_node = Mint::of(Algorithm::ES256).token(&with(with(claims(), "aud", "nodes"), "node", 7));
    assert_eq!(answer(address, "/member", &of_member).await, (200, "alice of blue".into()));
    assert_eq!(answer(address, "/node", &of_node).await, (200, "7".into()));
    assert_eq!(answer(address, "/node", &of_member).await.0, 401);
    assert_eq!(answer(address, "/member", &of_node).await.0, 401);
    assert_eq!(Connection::open(address).await.exchange(get("/node")).await.status, 401);
    let reasons = |collected: Collected| collected.take().iter().map(|event| event.reason).collect::<Vec<_>>();
    assert_eq!(reasons(of_nodes), [Reason::AlgorithmNotAllowed, Reason::MissingCredentials]);
    assert_eq!(reasons(of_members), [Reason::AlgorithmNotAllowed]);
}

#[tokio::test]
async fn t32_claims_of_another_shape_are_rejected_and_a_scope_is_read_from_the_token() {
    let (address, of_members, _) = app().await;
    let mint = Mint::of(Algorithm::Ed25519);
    let of_blue = with(claims(), "team", "blue");
    for other in [
        claims(),
        with(claims(), "team", 5),
        with(of_blue.clone(), "admin", "true"),
        with(claims(), "team", json!(null)),
    ] {
        assert_eq!(answer(address, "/member", &mint.token(&other)).await.0, 401);
        let event = of_members.take().remove(0);
        assert_eq!((event.reason, event.subject.as_deref()), (Reason::ClaimsMismatch, Some("alice")));
    }
    let positional: Value = json!(["alice", "blue", true]);
    let token = mint.signed(header(Algorithm::Ed25519).to_string(), positional.to_string());
    assert_eq!(answer(address, "/member", &token).await.0, 401);
    assert_eq!(of_members.take().remove(0).reason, Reason::MalformedToken);

    // `Member` does not contain the scope, so the permission reads it from the token.
    assert_eq!(answer(address, "/writer", &mint.token(&of_blue)).await.0, 403);
    assert_eq!(answer(address, "/writer", &mint.token(&with(of_blue.clone(), "scope", "orders:write"))).await.0, 200);
    let admin = mint.token(&with(of_blue, "admin", true));
    assert_eq!(answer(address, "/member", &admin).await.1, "alice of blue, admin");
}
