//! Tests that `hide_unmatched` hides from an unauthenticated client which paths and methods exist.

use crate::support::{Response, Server, Service, get, get_with, routes};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
use auth_runtime::routing::{get as route_get, post};
use auth_runtime::{AuthRouter, Claims, authenticated, public};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response as AxumResponse};
use std::future::{Future, ready};
use std::pin::Pin;

#[authenticated]
async fn guarded() -> &'static str {
    "for callers"
}

#[public(reason = "opening hours")]
async fn open() -> &'static str {
    "for all"
}

fn other() -> AuthRouter<Service> {
    AuthRouter::new().route("/guarded", post(guarded)).route("/open", route_get(open))
}

async fn serving(app: impl FnOnce(Service) -> AuthRouter + 'static) -> Server {
    Server::with(Algorithm::Ed25519).app(app).start().await
}

fn request(method: &str, path: &str, token: Option<&str>) -> String {
    token.map_or_else(|| get(path), |token| get_with(path, token)).replacen("GET", method, 1)
}

/// Asserts that these requests get 401 without a token, and their own status with a good one.
async fn assert_hidden(server: &Server, unknown: &[(&str, &str, u16)]) {
    let good = server.good();
    let reference = [None, Some("garbage")].map(|token| request("GET", "/me", token));
    let [without, bad]: [Response; 2] = [server.exchange(&reference[0]).await, server.exchange(&reference[1]).await];
    assert_eq!((without.status, bad.status), (401, 401));
    server.events();
    for (method, path, status) in unknown {
        let response = server.exchange(request(method, path, None)).await;
        assert_eq!(response.header("allow"), None, "{method} {path} shows its methods");
        let (status_line, headers, body) = without.visible();
        // The response to HEAD has the same head and no body.
        let body = if *method == "HEAD" { Vec::new() } else { body };
        assert_eq!(response.visible(), (status_line, headers, body), "{method} {path}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials, "{method} {path}");

        let response = server.exchange(request(method, path, Some("garbage"))).await;
        assert_eq!((response.status, response.headers.len()), (401, bad.headers.len()), "{method} {path}");
        assert_eq!(server.only_event().reason, Reason::MalformedToken, "{method} {path}");

        let response = server.exchange(request(method, path, Some(&good))).await;
        assert_eq!(response.status, *status, "{method} {path}");
        assert!(server.events().is_empty());
    }
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
    assert_eq!(server.exchange(get("/health")).await.status, 200, "a public route is not hidden");
}

#[tokio::test]
async fn h13_h14_h15_h17_unknown_paths_and_methods_look_like_protected_routes() {
    let server = serving(|service| routes().hide_unmatched::<Claims>().with_state(service)).await;
    assert_hidden(
        &server,
        &[
            ("GET", "/nothing", 404),
            ("GET", "/", 404),
            ("HEAD", "/nothing", 404),
            ("POST", "/nothing", 404),
            ("OPTIONS", "/nothing", 404),
            ("FOO", "/nothing", 404),
            ("GET", "/me/", 404),
            ("GET", "/ME", 404),
            ("GET", "/orders/7/8/9", 404),
            ("GET", "/v1/", 404),
            ("GET", "/v1/nothing", 404),
            ("GET", "/files/", 404),
            ("POST", "/me", 405),
            ("OPTIONS", "/me", 405),
            ("TRACE", "/me", 405),
            ("FOO", "/me", 405),
            ("CONNECT", "/me", 405),
            ("GET", "/orders", 405),
            ("HEAD", "/orders", 405),
            ("GET", "/orders/7/refund", 405),
            ("DELETE", "/v1/orders/7", 405),
            ("POST", "/v1", 405),
            ("POST", "/health", 405),
        ],
    )
    .await;
    for target in ["GET me", "OPTIONS *", "CONNECT localhost:80", "GET http://localhost"] {
        let response = server.exchange(format!("{target} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
        assert_eq!(response.visible(), server.exchange(get("/me")).await.visible(), "{target}");
    }
    // A known caller learns the methods from a 405 (RFC 9110 section 15.5.6).
    let response = server.exchange(request("POST", "/me", Some(&server.good()))).await;
    assert_eq!(response.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn h15_routes_before_and_after_hide_unmatched_are_hidden() {
    let server = serving(|service| {
        AuthRouter::new()
            .route("/early", post(guarded))
            .hide_unmatched::<Claims>()
            .merge(routes())
            .merge(other())
            .nest("/later", other())
            .route("/late", post(guarded))
            .layer(axum::Extension("a layer"))
            .route("/last", post(guarded))
            .with_state(service)
    })
    .await;
    let mut unknown = vec![("GET", "/nothing", 404), ("GET", "/later/nothing", 404), ("POST", "/me", 405)];
    for path in ["/early", "/guarded", "/later/guarded", "/late", "/last"] {
        unknown.extend([("GET", path, 405), ("OPTIONS", path, 405)]);
    }
    unknown.extend([("POST", "/open", 405), ("PUT", "/later/open", 405)]);
    assert_hidden(&server, &unknown).await;
}

#[tokio::test]
async fn h15_a_merged_router_with_hide_unmatched_hides_all_routes() {
    let server = serving(|service| {
        let hiding = AuthRouter::new().route("/inner", post(guarded)).hide_unmatched::<Claims>();
        AuthRouter::new().route("/early", post(guarded)).merge(hiding).merge(routes()).with_state(service)
    })
    .await;
    assert_hidden(
        &server,
        &[("GET", "/nothing", 404), ("GET", "/inner", 405), ("GET", "/early", 405), ("POST", "/me", 405)],
    )
    .await;
}

#[tokio::test]
async fn h15_routes_added_after_the_state_are_hidden_too() {
    let server = serving(|service| {
        let more = other().with_state(service.clone());
        routes().hide_unmatched::<Claims>().with_state(service).nest("/more", more).route("/hours", route_get(open))
    })
    .await;
    assert_hidden(&server, &[("GET", "/more/nothing", 404), ("GET", "/more/guarded", 405), ("POST", "/hours", 405)])
        .await;
}

#[tokio::test]
async fn h15_a_nested_router_with_hide_unmatched_hides_its_prefix_only() {
    let server = serving(|service| {
        let hiding = AuthRouter::new().route("/inner", post(guarded)).hide_unmatched::<Claims>();
        routes().nest("/hidden", hiding).with_state(service)
    })
    .await;
    assert_hidden(&server, &[("GET", "/hidden/nothing", 404), ("GET", "/hidden/inner", 405)]).await;
    assert_eq!(server.exchange(get("/nothing")).await.status, 404);
}

const METHODS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"];

/// Each kind of rejection that a client without a proof can get.
fn credentials(good: &str) -> Vec<String> {
    let header = |value: &str| format!("authorization: {value}\r\n");
    let (good, bad) = (header(&format!("Bearer {good}")), header("Bearer a.b.c"));
    let doubled = [bad.repeat(2), format!("{good}{bad}"), good.repeat(2), format!("{bad}{}", header("Basic Og=="))];
    let alone = [String::new(), bad, header("Bearer"), header("Bearer a b"), header("Basic Og=="), header("")];
    alone.into_iter().chain(doubled).collect()
}

/// Asserts that every rejection at these paths equals that of a missing path, byte by byte.
async fn assert_looks_like_a_missing_path(server: &Server, paths: &[&str], credentials: &[String], statuses: &[u16]) {
    let mut seen = std::collections::BTreeSet::new();
    for method in METHODS {
        for headers in credentials {
            let request = |path: &str| format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
            let nothing = server.exchange(request("/nothing")).await;
            seen.insert(nothing.status);
            for path in paths {
                let response = server.exchange(request(path)).await;
                assert_eq!(response.visible(), nothing.visible(), "{method} {path} {headers:?}");
            }
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), statuses);
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn h15_no_rejection_reveals_that_a_path_exists() {
    let server = serving(|service| routes().merge(other()).hide_unmatched::<Claims>().with_state(service)).await;
    let paths = ["/me", "/me/", "/orders", "/orders/7", "/orders/%ff", "/orders/7/refund", "/v1/orders/7", "/guarded"];
    assert_looks_like_a_missing_path(&server, &paths, &credentials(&server.good()), &[400, 401]).await;
}

/// 503, also for a good token.
#[tokio::test]
async fn h15_an_outage_does_not_reveal_that_a_path_exists() {
    struct Down;

    impl Revocations for Down {
        fn check<'a>(
            &'a self,
            _: &'a TokenIdentity<'a>,
        ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
            Box::pin(ready(Err(RevocationError::Unavailable("down".into()))))
        }
    }

    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.revocations(Down))
        .app(|service| routes().hide_unmatched::<Claims>().with_state(service))
        .start()
        .await;
    let good = format!("authorization: Bearer {}\r\n", server.good());
    assert_looks_like_a_missing_path(&server, &["/me", "/orders", "/v1/orders/7"], &[good], &[503]).await;
}

/// A layer with its own error format makes new responses, and axum adds `Allow` outside that layer.
#[tokio::test]
async fn h15_a_layer_with_its_own_errors_does_not_reveal_that_a_path_exists() {
    async fn own_format(response: AxumResponse) -> AxumResponse {
        match response.status() {
            StatusCode::UNAUTHORIZED => (StatusCode::NOT_FOUND, "not here").into_response(),
            StatusCode::BAD_REQUEST => (StatusCode::IM_A_TEAPOT, "short and stout").into_response(),
            _ => response,
        }
    }

    let server =
        serving(|service| routes().hide_unmatched::<Claims>().with_state(service).layer(map_response(own_format)))
            .await;
    assert_looks_like_a_missing_path(
        &server,
        &["/me", "/orders", "/v1/orders/7"],
        &credentials(&server.good()),
        &[404, 418],
    )
    .await;
}

/// The `Allow` header of a public handler stays.
#[tokio::test]
async fn a_public_handler_may_send_allow() {
    #[public(reason = "capabilities")]
    async fn methods() -> impl IntoResponse {
        [("allow", "GET")]
    }

    let server = serving(|service| {
        routes().route("/open", auth_runtime::routing::options(methods)).hide_unmatched::<Claims>().with_state(service)
    })
    .await;
    let response = server.exchange(request("OPTIONS", "/open", None)).await;
    assert_eq!((response.status, response.header("allow")), (200, Some("GET")));
}
