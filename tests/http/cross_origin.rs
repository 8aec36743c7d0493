//! Tests browsers on other origins: the CORS layer responds to them, and the gate still rejects.

use crate::support::{BARE_CHALLENGE, PROBLEM_401, Server, routes};
use auth_runtime::Claims;
use auth_runtime::keys::Algorithm;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use tower_http::cors::CorsLayer;

const ORIGIN: &str = "https://shop.example.com";

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(HeaderValue::from_static(ORIGIN))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION])
}

fn preflight(path: &str) -> String {
    format!(
        "OPTIONS {path} HTTP/1.1\r\nhost: localhost\r\norigin: {ORIGIN}\r\naccess-control-request-method: GET\r\n\
         access-control-request-headers: authorization\r\n\r\n"
    )
}

fn from_origin(path: &str, lines: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\norigin: {ORIGIN}\r\n{lines}\r\n")
}

#[tokio::test]
async fn h20_a_preflight_is_answered_and_a_401_can_be_read() {
    let server =
        Server::with(Algorithm::Ed25519).app(|service| routes().layer(cors()).with_state(service)).start().await;
    let allowed = server.exchange(preflight("/me")).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("authorization"));
    assert_eq!(allowed.text(), "");
    assert!(server.events().is_empty());
    assert_eq!(server.runs.so_far(), 0);

    let refused = server.exchange(from_origin("/me", "")).await;
    assert_eq!((refused.status, refused.text()), (401, PROBLEM_401));
    assert_eq!(refused.header("www-authenticate"), Some(BARE_CHALLENGE));
    assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN));
    let varies = refused.headers.iter().any(|(name, value)| name == "vary" && value == "Authorization");
    assert!(varies, "{refused:?}");
    assert_eq!(server.events().len(), 1);

    let known = format!("authorization: Bearer {}\r\n", server.good());
    let response = server.exchange(from_origin("/me", &known)).await;
    assert_eq!((response.status, response.header("access-control-allow-origin")), (200, Some(ORIGIN)));
    // A preflight with a token, or with a method of its own, does not run a handler either.
    let with_token = preflight("/me").replace("\r\nhost", &format!("\r\n{}\r\nhost", known.trim_end()));
    assert_eq!(server.exchange(with_token).await.text(), "");
    assert_eq!(server.runs.so_far(), 1);
}

#[tokio::test]
async fn h20_another_origin_is_not_allowed() {
    let server =
        Server::with(Algorithm::Ed25519).app(|service| routes().layer(cors()).with_state(service)).start().await;
    for origin in ["https://evil.example", "null", "https://shop.example.com.evil.example", "http://shop.example.com"] {
        let known = format!("authorization: Bearer {}\r\n", server.good());
        for request in [preflight("/me"), from_origin("/me", ""), from_origin("/me", &known)] {
            let response = server.exchange(request.replace(ORIGIN, origin)).await;
            assert_ne!(response.header("access-control-allow-origin"), Some(origin));
            assert_ne!(response.header("access-control-allow-origin"), Some("*"));
        }
    }
    // CORS keeps responses from pages; it does not stop requests. The token does.
    assert_eq!(server.runs.so_far(), 4);
}

/// Fetch, section 3.3.5: any origin and credentials exclude each other. A service with both does
/// not start.
#[test]
fn h20_any_origin_with_credentials_does_not_start() {
    let layered = std::panic::catch_unwind(|| {
        drop(routes().layer(CorsLayer::new().allow_origin(tower_http::cors::Any).allow_credentials(true)));
    });
    assert!(layered.is_err(), "every page on the web could read what a caller may");
}

#[tokio::test]
async fn h20_a_hidden_401_can_be_read_across_origins_too() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().hide_unmatched::<Claims>().layer(cors()).with_state(service))
        .start()
        .await;
    let [unknown, known] = ["/nothing", "/me"].map(|path| from_origin(path, ""));
    let (unknown, known) = (server.exchange(unknown).await, server.exchange(known).await);
    assert_eq!(unknown.status, 401);
    assert_eq!(unknown.visible(), known.visible());
    assert_eq!(unknown.header("access-control-allow-origin"), Some(ORIGIN));
}
