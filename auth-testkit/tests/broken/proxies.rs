//! Services that recognise a caller by a header of a proxy, or of a node.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, orders_with, refused};
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use axum::routing::get;

/// Reads a header as CGI and WSGI do: `-` and `_` are the same (RFC 3875 section 4.1.18).
fn in_the_environment(headers: &HeaderMap, name: &str) -> Option<String> {
    let own = |header: &str| header.replace('-', "_") == name;
    let (_, value) = headers.iter().find(|(header, _)| own(header.as_str()))?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A proxy that checks the token and adds the caller, and the application behind it.
fn proxied(service: &CorrectService, removes_all: bool) -> Router {
    let service = service.clone();
    let proxy = from_fn(move |mut request: Request, next: Next| {
        let service = service.clone();
        async move {
            let (parts, body) = request.into_parts();
            let claims = service.check(&parts).await?;
            request = Request::from_parts(parts, body);
            request.headers_mut().remove("x-forwarded-user");
            if removes_all {
                request.headers_mut().remove("x_forwarded_user");
            }
            request.headers_mut().append("x-forwarded-user", claims.sub.parse().map_err(|_| refused())?);
            Ok::<_, axum::response::Response>(next.run(request).await)
        }
    });
    let account = |headers: HeaderMap| async move {
        format!("the account of {}", in_the_environment(&headers, "x_forwarded_user").unwrap_or_default())
    };
    Router::new().route("/account", get(account)).layer(proxy)
}

/// CVE-2025-64484 (oauth2-proxy): the application reads `X_Forwarded_User` as `X-Forwarded-User`.
#[tokio::test]
async fn a_header_with_underscores_names_the_caller_beside_a_token() {
    let service = CorrectService::new();
    let report = service.attack(proxied(&service, false)).only_in_a_test_of_the_kit(&["H31"]).await;
    assert_only_caught(&report, GotThrough, &["H31"]);
}

#[tokio::test]
async fn a_proxy_that_removes_both_spellings_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&service.attack(proxied(&service, true)).await);
}

/// The proxy authenticates, removes `Remote-User` of the client, and lets the application decide.
#[tokio::test]
async fn a_header_with_underscores_names_the_caller_without_a_token() {
    let service = CorrectService::new();
    let app = service.behind(|service, mut parts| async move {
        parts.headers.remove("remote-user");
        match in_the_environment(&parts.headers, "remote_user") {
            Some(_) => Ok(()),
            None => service.check(&parts).await.map(drop),
        }
    });
    assert_exploited(&app, orders_with("x").header("remote_user", "admin")).await;
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H11"]).await;
    assert_only_caught(&report, GotThrough, &["H11"]);
}

/// CVE-2021-29441 (Nacos): nodes of the cluster are recognised by their `User-Agent`.
#[tokio::test]
async fn a_node_is_recognised_by_its_user_agent() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let agent = parts.headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let is_node = agent.starts_with("Nacos-Server");
        if is_node { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_exploited(&app, orders_with("x").header("user-agent", "Nacos-Server")).await;
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H11"]).await;
    assert_only_caught(&report, GotThrough, &["H11"]);
}

/// CVE-2023-28121 (`WooCommerce` Payments): a header of the platform has the number of the user.
fn platform(service: &CorrectService, removes_the_header: bool, needs_a_token: bool) -> Router {
    let service = service.clone();
    let check = from_fn(move |mut request: Request, next: Next| {
        let service = service.clone();
        async move {
            if removes_the_header {
                request.headers_mut().remove("x-wcpay-platform-checkout-user");
            }
            let is_of_the_platform = request.headers().contains_key("x-wcpay-platform-checkout-user");
            if needs_a_token || !is_of_the_platform {
                let (parts, body) = request.into_parts();
                service.check(&parts).await?;
                request = Request::from_parts(parts, body);
            }
            Ok::<_, axum::response::Response>(next.run(request).await)
        }
    });
    let account = |headers: HeaderMap| async move {
        let of_the_platform = headers.get("x-wcpay-platform-checkout-user").is_some();
        if of_the_platform { "the account of the administrator" } else { "the account of alice" }
    };
    Router::new().route("/account", get(account)).layer(check)
}

#[tokio::test]
async fn a_header_of_a_platform_names_the_caller() {
    for (needs_a_token, id) in [(false, "H11"), (true, "H31")] {
        let service = CorrectService::new();
        let attack = service.attack(platform(&service, false, needs_a_token));
        let report = attack.only_in_a_test_of_the_kit(&[id]).await;
        assert_only_caught(&report, GotThrough, &[id]);
        assert!(report.to_string().contains("`x-wcpay-platform-checkout-user: 1`"), "{report}");
    }
    let service = CorrectService::new();
    assert_twin_passes(&service.attack(platform(&service, true, true)).await);
}
