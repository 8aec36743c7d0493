//! P10: the body of a rejection is the service's own, and all that authentication needs stays ours.

use crate::support::{
    BARE_CHALLENGE, INVALID_REQUEST, INVALID_TOKEN, PROBLEM_401, Response, Server, deliberate_panics_are_silent, get,
    get_with, routes, with,
};
use crate::support::{OrdersWrite, Service, claims};
use auth_runtime::decision::{RejectionContext, RejectionKind};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Rejection, authenticated};
use axum::Router;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response as AxumResponse};
use http::header::{CACHE_CONTROL, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};

/// A format that gets wrong all that it can.
fn hostile(rejection: &RejectionContext) -> AxumResponse {
    let headers = [
        (CACHE_CONTROL, "public, max-age=60"),
        (WWW_AUTHENTICATE, "Basic"),
        (RETRY_AFTER, "0"),
        (VARY, "Accept-Language"),
    ];
    let language = rejection.headers().get("accept-language").map_or("-", |value| value.to_str().expect("a language"));
    let scope = rejection.scope().unwrap_or("-");
    let status = rejection.status().as_u16();
    let body = format!("{status} {scope} {} {} {language}", rejection.method(), rejection.uri());
    (StatusCode::OK, headers, body).into_response()
}

fn named(name: &'static str) -> impl Fn(&RejectionContext) -> String + Send + Sync + 'static {
    move |rejection| format!("{name} {}", rejection.status().as_u16())
}

async fn started(app: impl FnOnce(Service) -> AuthRouter + 'static) -> Server {
    Server::with(Algorithm::Ed25519).app(app).start().await
}

fn post(path: &str, token: &str) -> String {
    get_with(path, token).replacen("GET", "POST", 1)
}

fn values<'a>(response: &'a Response, name: &str) -> Vec<&'a str> {
    response.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn every_rejection_has_the_body_of_the_service_and_the_headers_of_the_gate() {
    let server = started(|service| {
        let by_return = AuthRouter::new().route("/unavailable", route_get(unavailable));
        routes().merge(by_return).hide_unmatched::<Claims>().on_rejection(hostile).with_state(service)
    })
    .await;
    let good = server.good();
    let twice = format!(
        "GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {good}\r\nauthorization: Bearer {good}\r\n\r\n"
    );
    let write = "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"orders:write\"";
    let refund = "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"orders:refund\"";
    for (request, status, body, challenge) in [
        (get("/me"), 401, "401 - GET /me -", BARE_CHALLENGE),
        (get("/nothing"), 401, "401 - GET /nothing -", BARE_CHALLENGE),
        (get("/v1/orders/7?page=2"), 401, "401 - GET /v1/orders/7?page=2 -", BARE_CHALLENGE),
        (get_with("/me", "a.b.c"), 401, "401 - GET /me -", INVALID_TOKEN),
        (twice, 400, "400 - GET /me -", INVALID_REQUEST),
        (post("/orders", &good), 403, "403 orders:write POST /orders -", write),
        // The handler returns it by `?`.
        (post("/orders/7/refund", &good), 403, "403 orders:refund POST /orders/7/refund -", refund),
        (get_with("/unavailable", &good), 503, "503 - GET /unavailable -", ""),
    ] {
        let response = server.exchange(&request).await;
        assert_eq!((response.status, response.text()), (status, body), "{request}");
        assert_eq!(values(&response, "www-authenticate").join(""), challenge, "{request}");
        assert_eq!(values(&response, "cache-control"), ["no-store"], "{request}");
        assert_eq!(values(&response, "vary"), ["Accept-Language", "Authorization"], "{request}");
        let retry: &[&str] = if status == 503 { &["5"] } else { &[] };
        assert_eq!(values(&response, "retry-after"), retry, "{request}");
    }
    let french = get("/me").replacen("\r\n\r\n", "\r\naccept-language: fr\r\n\r\n", 1);
    assert_eq!(server.exchange(french).await.text(), "401 - GET /me fr");
}

#[authenticated]
async fn unavailable() -> Rejection {
    Rejection::Unavailable(Reason::VerifierTimeout)
}

#[tokio::test]
async fn p8_the_function_sees_neither_the_reason_nor_the_credentials() {
    let server = started(|service| {
        routes()
            .on_rejection(|rejection: &RejectionContext| format!("{rejection:?} {:?}", rejection.headers()))
            .with_state(service)
    })
    .await;
    let expired = server.mint.token(&with(claims(), "exp", 1));
    let forged = server.good().replace('.', ".e");
    let mut seen = Vec::new();
    for token in [&expired, &forged] {
        let request = get_with("/me", token).replacen("\r\n\r\n", "\r\ncookie: a=b\r\ndpop: x\r\n\r\n", 1);
        seen.push(server.exchange(request).await.text().to_owned());
    }
    assert_ne!(server.events()[0].reason, Reason::BadSignature);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], r#"RejectionContext { kind: InvalidToken, .. } {"host": "localhost"}"#);
    assert_eq!(Rejection::InvalidToken(Reason::Expired).kind(), Rejection::InvalidToken(Reason::BadSignature).kind());
    assert_eq!(Rejection::TokenInQuery.kind(), RejectionKind::MissingCredentials);
}

fn failing(_: &RejectionContext) -> &'static str {
    panic!("deliberate: no template")
}

#[tokio::test]
async fn p6_a_panic_in_the_function_gives_the_default_response() {
    deliberate_panics_are_silent();
    let server = started(|service| routes().on_rejection(failing).with_state(service)).await;
    let response = server.exchange(get("/me")).await;
    assert_eq!((response.status, response.text()), (401, PROBLEM_401));
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.header("www-authenticate"), Some(BARE_CHALLENGE));
    assert_eq!(server.only_event().reason, Reason::MissingCredentials);
}

/// Adds the length of the body, as a layer that needs the final body does.
async fn measured(response: AxumResponse) -> AxumResponse {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1000).await.expect("a short body");
    let length = [("x-measured", String::from_utf8(bytes.to_vec()).expect("text"))];
    (length, AxumResponse::from_parts(parts, axum::body::Body::from(bytes))).into_response()
}

#[tokio::test]
async fn the_order_of_calls_does_not_matter_and_layers_see_the_final_body() {
    let orders: [fn(Service) -> AuthRouter; 3] = [
        |service| {
            AuthRouter::new()
                .on_rejection(named("own"))
                .merge(routes())
                .layer(map_response(measured))
                .with_state(service)
        },
        |service| routes().layer(map_response(measured)).on_rejection(named("own")).with_state(service),
        |service| routes().layer(map_response(measured)).with_state(service).on_rejection(named("own")),
    ];
    for app in orders {
        let server = started(app).await;
        for path in ["/me", "/v1/orders/7"] {
            let response = server.exchange(get(path)).await;
            assert_eq!((response.status, response.text()), (401, "own 401"), "{path}");
            assert_eq!(response.header("x-measured"), Some("own 401"), "{path}");
        }
    }
}

#[tokio::test]
async fn an_inner_router_keeps_its_function() {
    let server = started(|service| {
        let inner = || routes().on_rejection(named("inner"));
        let merged = AuthRouter::new().route("/merged", route_get(unavailable)).on_rejection(named("merged"));
        let mounted = AuthRouter::new().route("/", route_get(unavailable)).with_state(service.clone());
        routes()
            .nest("/inner", inner())
            .merge(merged)
            .public_service("/inherits", mounted.clone(), "it has a decision of its own")
            .public_service("/mounted", mounted.on_rejection(named("mounted")), "it has a decision of its own")
            .on_rejection(named("outer"))
            .with_state(service)
    })
    .await;
    for (path, body) in [
        ("/me", "outer 401"),
        ("/inner/me", "inner 401"),
        ("/inner/v1/orders/7", "inner 401"),
        ("/merged", "merged 401"),
        ("/inherits", "outer 401"),
        ("/mounted", "mounted 401"),
    ] {
        assert_eq!(server.exchange(get(path)).await.text(), body, "{path}");
    }
    let good = server.good();
    assert_eq!(server.exchange(post("/inner/orders/7/refund", &good)).await.text(), "inner 403");
    assert_eq!(server.exchange(get_with("/mounted", &good)).await.text(), "mounted 503");
}

#[test]
#[should_panic(expected = "a router that hides unmatched routes contains a router with its own `on_rejection`")]
fn p8_two_formats_cannot_show_which_paths_exist() {
    let inner = AuthRouter::<Service>::new().route("/", route_get(unavailable)).on_rejection(named("inner"));
    drop(AuthRouter::new().nest("/inner", inner).hide_unmatched::<Claims>());
}

#[test]
#[should_panic(expected = "this router already has an `on_rejection`")]
fn a_second_function_is_refused() {
    drop(AuthRouter::<()>::new().on_rejection(named("one")).on_rejection(named("two")));
}

#[authenticated]
async fn cleared(auth: Authenticated<Claims>) -> AxumResponse {
    match auth.require::<OrdersWrite>() {
        Ok(_) => StatusCode::OK.into_response(),
        Err(rejection) => ([("set-cookie", "draft=")], rejection).into_response(),
    }
}

#[authenticated]
async fn translated(auth: Authenticated<Claims>) -> Result<(), AxumResponse> {
    auth.require::<OrdersWrite>().map(drop).map_err(|rejection| (StatusCode::CONFLICT, rejection).into_response())
}

#[tokio::test]
async fn headers_of_the_handler_are_kept_and_its_own_status_is_its_own_response() {
    let server = started(|service| {
        AuthRouter::new()
            .route("/cleared", route_get(cleared))
            .route("/translated", route_get(translated))
            .on_rejection(named("own"))
            .with_state(service)
    })
    .await;
    let good = server.good();
    let response = server.exchange(get_with("/cleared", &good)).await;
    assert_eq!((response.status, response.text()), (403, "own 403"));
    assert_eq!(values(&response, "set-cookie"), ["draft="]);
    assert_eq!(values(&response, "vary"), ["Authorization"]);
    let response = server.exchange(get_with("/translated", &good)).await;
    assert_eq!(response.status, 409);
    assert!(response.text().contains("Forbidden"), "{response:?}");
}

/// The extractor on a plain router has no router of ours around it.
#[tokio::test]
async fn a_plain_router_keeps_the_default_body() {
    use tower::ServiceExt;
    async fn me(auth: Authenticated<Claims>) -> String {
        auth.sub.clone()
    }
    let (events, _collected) = auth_runtime::Events::collect();
    let issuer = auth_testkit::TestIssuer::new();
    let app =
        Router::new().route("/me", axum::routing::get(me)).with_state(issuer.verifier(events).expect("a verifier"));
    let request = http::Request::get("/me").body(axum::body::Body::empty()).expect("a request");
    let response = app.oneshot(request).await.expect("a response");
    let (status, headers): (StatusCode, HeaderMap) = (response.status(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("a body");
    assert_eq!((status, &*body), (StatusCode::UNAUTHORIZED, PROBLEM_401.as_bytes()));
    assert_eq!(headers["www-authenticate"], BARE_CHALLENGE);
}
