//! Tests paths that two components might read in different ways.

use crate::support::{Connection, Server, get, get_with, routes};
use auth_runtime::keys::Algorithm;
use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

#[tokio::test]
async fn h15_without_hide_unmatched_404_and_401_reveal_which_paths_exist() {
    let server = Server::start().await;
    assert_eq!(server.exchange(get("/nothing")).await.status, 404);
    assert!(server.events().is_empty());
    assert_eq!(server.exchange(get("/me")).await.status, 401);
    assert_eq!(server.exchange(get_with("/nothing", &server.good())).await.status, 404);
    assert_eq!(server.runs.so_far(), 0);
}

/// Spellings of paths that the gate and the router might read in different ways.
const SPELLINGS: [&str; 47] = [
    "/me/",
    "//me",
    "///me",
    "/ME",
    "/Me",
    "/me;x",
    "/me;/health",
    "/%6de",
    "/%6D%65",
    "/m%65",
    "/v1/../me",
    "/v1/%2e%2e/me",
    "/v1%2fme",
    "/v1/..%2fme",
    "/me%00",
    "/me%00.html",
    "/./me",
    "/me/.",
    "/me/..",
    "/health/../me",
    "/health/..;/me",
    "/health%2f..%2fme",
    "/health;/../me",
    "/me%20",
    "/me%0d%0a",
    "/me%3f",
    "/me%23",
    "/\\me",
    "/v1\\orders\\7",
    "/orders//7",
    "/orders/7/",
    "/orders/7;x",
    "/orders/%37",
    "/orders/7%2frefund",
    "//orders/7",
    "/v1//orders/7",
    "/v1/orders/7/",
    "/V1/orders/7",
    "/orders/../orders/7",
    "/me.json",
    "/me?/health",
    "/me?x=/health",
    "/files/../me",
    "/files/..%2f..%2fetc%2fpasswd",
    "/files//",
    "/%2fme",
    "/%252e%252e/me",
];

#[tokio::test]
async fn h16_no_spelling_of_a_path_bypasses_the_proof() {
    let server = Server::start().await;
    for path in SPELLINGS {
        let response = server.exchange(get(path)).await;
        assert!([401, 404].contains(&response.status), "{path}: {response:?}");
        // There is an event for each request that reached the gate. A path without a route does
        // not.
        assert_eq!(server.events().len(), usize::from(response.status == 401), "{path}");
    }
    // Targets that are not paths (RFC 9112 section 3.2).
    for line in [
        "GET me",
        "GET *",
        "OPTIONS *",
        "CONNECT me",
        "CONNECT localhost:80",
        "GET localhost:80",
        "GET http://localhost",
    ] {
        for lines in ["", &format!("authorization: Bearer {}\r\n", server.good())] {
            let response = server.exchange(format!("{line} HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n")).await;
            assert!([400, 404].contains(&response.status), "{line}: {response:?}");
        }
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn h16_a_layer_that_rewrites_paths_does_not_bypass_the_proof() {
    let server = Server::with(Algorithm::Ed25519).start().await;
    // `Setup` serves routers only. Here a layer rewrites the path before the router, as in axum.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    let verifier = {
        let (clock, (events, _)) = (server.clock.clone(), auth_runtime::Events::collect());
        let builder =
            auth_runtime::Verifier::builder().issuer(crate::support::ISSUER).audience(crate::support::AUDIENCE);
        builder.keys(server.mint.key()).events(events).clock(move || clock.now()).build().expect("a verifier")
    };
    let service = crate::support::Service { verifier, runs: server.runs.clone() };
    let rewriting = NormalizePathLayer::trim_trailing_slash().layer(routes().with_state(service));
    tokio::spawn(async move { axum::serve(listener, ServiceExt::<Request>::into_make_service(rewriting)).await });

    for path in ["/me", "/me//", "/v1/", "/v1/orders/7///"].into_iter().chain(SPELLINGS) {
        let response = Connection::open(address).await.exchange(get(path)).await;
        assert!([401, 404].contains(&response.status), "{path}: {response:?}");
    }
    assert_eq!(server.runs.so_far(), 0);
    let response = Connection::open(address).await.exchange(get_with("/me/", &server.good())).await;
    assert_eq!(response.status, 200, "the layer works");
}

#[tokio::test]
async fn h17_paths_under_a_prefix_or_a_wildcard_require_a_proof() {
    let server = Server::start().await;
    let good = server.good();
    for (path, without, with) in [
        ("/v1", 401, 200),
        ("/v1/", 404, 404),
        ("/v1/nothing", 404, 404),
        ("/v1/orders/7", 401, 200),
        ("/v1/v1/orders/7", 404, 404),
        ("/files/", 404, 404),
        ("/files/a", 401, 200),
        ("/files/a/b/c", 401, 200),
        ("/files/../../etc/passwd", 401, 200),
        ("/files/%2e%2e/%2e%2e/etc/passwd", 401, 200),
    ] {
        let runs = server.runs.so_far();
        assert_eq!(server.exchange(get(path)).await.status, without, "{path}");
        assert_eq!(server.runs.so_far(), runs, "{path}");
        assert_eq!(server.exchange(get_with(path, &good)).await.status, with, "{path}");
    }
    // A wildcard passes the path as written, as in axum. A handler that opens files must check for
    // `..`.
    let response = server.exchange(get_with("/files/../../etc/passwd", &good)).await;
    assert_eq!(response.text(), "order ../../etc/passwd for alice");
}

/// `middie` and `NestJS`: the guard compared the raw path, and the router the decoded one.
#[tokio::test]
async fn inc_37_a_percent_encoded_letter_reaches_the_same_decision() {
    let server = Server::start().await;
    let mut reached = 0;
    for path in ["/%6de", "/m%65", "/%6D%65", "/orders/%37", "/%6frders/7", "/v1/%6frders/7", "/%2fme"] {
        let response = server.exchange(get(path)).await;
        assert!([401, 404].contains(&response.status), "{path}: {response:?}");
        reached += server.events().len();
    }
    assert!(reached > 0, "`/orders/%37` is the route `/orders/{{id}}`");
    assert_eq!(server.runs.so_far(), 0);
}

/// gRPC-Go: a target without its leading slash was routed, and missed the deny rules.
#[tokio::test]
async fn inc_41_a_target_without_its_leading_slash_is_not_routed() {
    let server = Server::start().await;
    for target in ["me", "v1/orders/7", "orders/7", "?/me", "%2fme"] {
        for line in [String::new(), format!("authorization: Bearer {}\r\n", server.good())] {
            let request = format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n{line}\r\n");
            let response = server.exchange(request).await;
            assert!([400, 404].contains(&response.status), "{target} {line}: {response:?}");
        }
    }
    assert_eq!(server.runs.so_far(), 0);
}
