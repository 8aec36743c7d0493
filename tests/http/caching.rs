//! Tests that a cache does not keep a caller's response for another caller.

use crate::support::{Response, Server, claims, get, get_with, routes, with};
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{Claims, authenticated};
use axum::extract::Query;
use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, VARY};
use serde::Deserialize;

#[authenticated]
async fn logo() -> impl IntoResponse {
    ([(CACHE_CONTROL, "private, max-age=60"), (VARY, "Accept")], "logo")
}

#[derive(Deserialize)]
struct Page {
    number: u32,
}

#[authenticated]
async fn page(Query(page): Query<Page>) -> String {
    page.number.to_string()
}

async fn server() -> Server {
    Server::with(Algorithm::Ed25519)
        .app(|service| {
            let more = routes().route("/logo", route_get(logo)).route("/page", route_get(page));
            more.hide_unmatched::<Claims>().with_state(service)
        })
        .start()
        .await
}

fn varies_by_authorization(response: &Response) -> bool {
    response.headers.iter().any(|(name, value)| name == "vary" && value.eq_ignore_ascii_case("authorization"))
}

#[tokio::test]
async fn h27_inc_77_a_response_that_depends_on_a_token_is_not_cached() {
    let server = server().await;
    let good = server.good();
    let without_scope = server.mint.token(&with(claims(), "scope", ""));
    let cases = [
        (get_with("/me", &good), 200),
        (get_with("/v1/orders/7", &good), 200),
        (get_with("/page?number=7", &good), 200),
        (get_with("/page?number=x", &good), 400),
        (get_with("/nothing", &good), 404),
        (get_with("/me", &good).replacen("GET", "PUT", 1), 405),
        (get("/me"), 401),
        (get("/nothing"), 401),
        (get_with("/me", "garbage"), 401),
        (get_with("/orders", &without_scope).replacen("GET", "POST", 1), 403),
        (get_with("/orders/7/refund", &without_scope).replacen("GET", "POST", 1), 403),
    ];
    for (request, status) in cases {
        let response = server.exchange(&request).await;
        assert_eq!(response.status, status, "{request}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{request}");
        assert!(varies_by_authorization(&response), "{request} {response:?}");
    }
}

#[tokio::test]
async fn h27_a_handler_may_set_max_age_and_the_response_stays_private() {
    let server = server().await;
    let response = server.exchange(get_with("/logo", &server.good())).await;
    assert_eq!(response.header("cache-control"), Some("private, max-age=60"));
    assert!(varies_by_authorization(&response), "{response:?}");
    assert!(response.headers.contains(&("vary".into(), "Accept".into())), "{response:?}");
}

#[tokio::test]
async fn h27_a_public_response_is_not_changed() {
    let response = server().await.exchange(get("/health")).await;
    assert_eq!((response.header("cache-control"), response.header("vary")), (None, None));
}

#[tokio::test]
async fn h27_no_header_of_a_rejection_occurs_twice() {
    let server = server().await;
    let without_scope = server.mint.token(&with(claims(), "scope", ""));
    for path in ["/orders", "/orders/7/refund"] {
        let response = server.exchange(get_with(path, &without_scope).replacen("GET", "POST", 1)).await;
        assert_eq!(response.status, 403);
        let mut names: Vec<_> = response.headers.iter().map(|(name, _)| name.as_str()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{path}: {response:?}");
    }
}
