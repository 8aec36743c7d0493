//! What axum-login leaves to the service without an `AuthRouter`: the table of the README says so.

use super::shop::{COOKIE, Users, connect};
use crate::support::{Connection, Redis, Response, get, get_with};
use auth_testkit::TestIssuer;
use axum::Router;
use axum_login::tower_sessions::SessionManagerLayer;
use axum_login::{AuthManagerLayerBuilder, login_required};
use std::net::SocketAddr;

async fn exchange(address: SocketAddr, request: String) -> Response {
    Connection::open(address).await.exchange(request).await
}

#[tokio::test]
async fn axum_login_alone_leaves_routes_outside_of_its_layer_open_and_knows_no_bearer_tokens() {
    let Some(redis) = Redis::start() else { return };
    let sessions = SessionManagerLayer::new(connect(&redis.url()).await).with_name(COOKIE);
    let layer = AuthManagerLayerBuilder::new(Users::new(), sessions).build();
    let app = Router::new()
        .route("/orders", axum::routing::get(|| async { "orders" }))
        .route_layer(login_required!(Users))
        .route("/export", axum::routing::get(|| async { "every order" }))
        .layer(layer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    assert_eq!(exchange(address, get("/orders")).await.status, 401);
    let token = TestIssuer::new().token().signed();
    assert_eq!(exchange(address, get_with("/orders", &token)).await.status, 401);
    let outside = exchange(address, get("/export")).await;
    assert_eq!((outside.status, outside.text()), (200, "every order"));
    server.abort();
}
