//! Services that take a permission, or a caller, from somewhere else than the token.

use crate::support::{
    CorrectService, assert_only_caught, assert_twin_passes, claims_of, is_signed_with, token_of, unverified,
};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

fn value<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn denied() -> Response {
    auth_runtime::Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") }
        .into_response()
}

/// Orders for all callers, and a route for those with a scope, or with what the mistake takes for
/// it.
fn app(service: &CorrectService, granted: fn(&Parts, &Value) -> bool) -> Router {
    let admin = |body: String| async move { format!("all orders, {}", body.len()) };
    let app = Router::new().route("/orders", get(|| async { "[]" })).route("/admin", post(admin));
    app.layer(service.layer(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let all = claims_of(&parts).unwrap_or_default();
        let may = claims.scopes().any(|scope| scope == "orders:write") || granted(&parts, &all);
        if parts.uri.path() == "/orders" || may { Ok(()) } else { Err(denied()) }
    }))
}

fn attack(service: &CorrectService, granted: fn(&Parts, &Value) -> bool) -> AttackBuilder {
    service.attack(app(service, granted)).requires("POST /admin", "orders:write")
}

#[tokio::test]
async fn a_permission_by_the_token_only_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&attack(&service, |_, _| false).await);
}

#[tokio::test]
async fn a_part_of_the_request_grants_the_permission() {
    let decisions: [fn(&Parts, &Value) -> bool; 9] = [
        |parts, _| value(parts, "x-role") == "admin",
        |parts, _| value(parts, "x-user-roles").contains("admin"),
        |parts, _| value(parts, "x-scopes").contains("orders:write"),
        |parts, _| value(parts, "x-forwarded-for") == "127.0.0.1",
        |parts, _| value(parts, "cookie").contains("role=admin"),
        |parts, _| parts.uri.query().is_some_and(|query| query.contains("admin=true")),
        // The path of the request as the proxy saw it.
        |parts, _| {
            let seen = value(parts, "x-original-uri");
            !seen.is_empty() && !seen.starts_with("/admin")
        },
        // The handler of forms has a check of its own, which was forgotten.
        |parts, _| value(parts, "content-type").starts_with("multipart/"),
        // The export has a branch of its own.
        |parts, _| value(parts, "accept").contains("text/csv"),
    ];
    for granted in decisions {
        let service = CorrectService::new();
        let report = attack(&service, granted).only_in_a_test_of_the_kit(&["H31", "T29"]).await;
        assert_only_caught(&report, GotThrough, &["H31"]);
    }
}

/// CVE-2024-47070 (authentik): a policy that fails is passed.
#[tokio::test]
async fn a_header_that_cannot_be_parsed_grants_the_permission() {
    fn is_not_an_address(parts: &Parts) -> bool {
        let address = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        address.is_some_and(|address| address.parse::<std::net::IpAddr>().is_err())
    }
    fn is_not_text(parts: &Parts) -> bool {
        parts.headers.get("accept-language").is_some_and(|value| value.to_str().is_err())
    }
    let decisions: [fn(&Parts, &Value) -> bool; 2] =
        [|parts, _| is_not_an_address(parts), |parts, _| is_not_text(parts)];
    for granted in decisions {
        let service = CorrectService::new();
        let report = attack(&service, granted).only_in_a_test_of_the_kit(&["H31", "T29"]).await;
        assert_only_caught(&report, GotThrough, &["H31"]);
        assert!(report.findings.iter().any(|finding| finding.problem.contains("cannot be parsed")), "{report}");
    }
}

#[tokio::test]
async fn a_name_that_the_user_chooses_grants_the_permission() {
    let service = CorrectService::new();
    let report = attack(&service, |_, claims| claims["preferred_username"] == "admin");
    assert_only_caught(&report.only_in_a_test_of_the_kit(&["H31", "T29"]).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn the_body_grants_the_permission() {
    let service = CorrectService::new();
    let checks = service.clone();
    let layer = from_fn(move |request: Request, next: Next| {
        let service = checks.clone();
        async move {
            let (parts, body) = request.into_parts();
            let claims = match service.check(&parts).await {
                Ok(claims) => claims,
                Err(rejection) => return rejection,
            };
            let body = axum::body::to_bytes(body, 64 * 1024).await.unwrap();
            let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
            let may = claims.scopes().any(|scope| scope == "orders:write") || fields["role"] == "admin";
            if may { next.run(Request::from_parts(parts, body.into())).await } else { denied() }
        }
    });
    let app = Router::new().route("/admin", post(|| async { "done" })).layer(layer);
    let attack = service.attack(app).requires("POST /admin", "orders:write");
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["H31"]).await, GotThrough, &["H31"]);
}

/// The check compares the path as it is sent, and a layer behind it removes the last slash.
#[tokio::test]
async fn the_permission_is_decided_by_the_spelling_of_the_path() {
    for (compares_all, ids) in [(false, &["H16"][..]), (true, &[])] {
        let service = CorrectService::new();
        let admin =
            Router::new().route("/orders", get(|| async { "[]" })).route("/admin", post(|| async { "all orders" }));
        let normalized = from_fn(move |mut request: Request, next: Next| async move {
            let path = request.uri().path().trim_end_matches('/').to_owned();
            *request.uri_mut() = path.parse().unwrap_or_default();
            next.run(request).await
        });
        let checked = service.layer(move |service, parts| async move {
            let claims = service.check(&parts).await?;
            let path = parts.uri.path();
            let needs_scope = path == "/admin" || (compares_all && path.trim_end_matches('/') == "/admin");
            let may = !needs_scope || claims.scopes().any(|scope| scope == "orders:write");
            if may { Ok(()) } else { Err(denied()) }
        });
        let app = Router::new().fallback_service(tower::Layer::layer(&normalized, admin)).layer(checked);
        let attack = service.attack(app).fallback("all routes are behind the layer that normalizes paths");
        let attack = attack.route("GET /orders").route("POST /admin").requires("POST /admin", "orders:write");
        let report = attack.only_in_a_test_of_the_kit(&["H16", "T29"]).await;
        match ids {
            [] => report.assert_nothing_got_through(),
            ids => assert_only_caught(&report, GotThrough, ids),
        }
    }
}

/// The table of users has the subject of the tokens, and no administrator.
#[tokio::test]
async fn a_caller_that_exists_is_named_without_a_token() {
    let branches: [fn(&Parts) -> bool; 4] = [
        |parts| value(parts, "x-user") == "alice",
        |parts| value(parts, "cookie").contains("session=YWxpY2U"),
        |parts| value(parts, "authorization") == "Bearer alice",
        |parts| value(parts, "authorization") == "Basic YWxpY2U6",
    ];
    for accepts in branches {
        let service = CorrectService::new();
        let app = service.behind(move |service, parts| async move {
            if accepts(&parts) { Ok(()) } else { service.check(&parts).await.map(drop) }
        });
        let attack = service.attack(app).only_in_a_test_of_the_kit(&["H01", "H11"]);
        assert_only_caught(&attack.await, GotThrough, &["H11"]);
    }
}

/// Decides by the role.
type Granted = fn(&str) -> bool;

/// A role that is denied by name, where those that grant should be named.
#[tokio::test]
async fn all_roles_but_one_are_granted() {
    let decisions: [(Granted, bool); 2] = [(|role| role != "customer", true), (|role| role == "staff", false)];
    for (is_granted, is_broken) in decisions {
        let staff = auth_testkit::TestIssuer::new().with_claim("role", "staff");
        let customer = staff.clone().with_claim("role", "customer");
        let service = CorrectService::trusting(staff);
        let app = service.behind(move |service, parts| async move {
            service.check(&parts).await?;
            let claims = claims_of(&parts).unwrap_or_default();
            if is_granted(claims["role"].as_str().unwrap_or_default()) { Ok(()) } else { Err(denied()) }
        });
        let attack = service.attack(app).requires("GET /orders", "staff").caller_lacking("staff", &customer);
        let report = attack.only_in_a_test_of_the_kit(&["T29"]).await;
        let names_a_role = |finding: &&auth_testkit::Finding| finding.attack.contains("which grants nothing");
        let found = report.findings.iter().filter(names_a_role).count();
        assert_eq!(found > 0, is_broken, "{report}");
    }
}

/// Accepts a request that the correct check would reject.
type Branch = fn(&CorrectService, &Parts) -> bool;

/// Tokens and passwords of a developer's machine, and a second scheme.
#[tokio::test]
async fn a_branch_for_development_accepts_a_request() {
    let branches: [(Branch, &str); 4] = [
        (|_, parts| token_of(parts) == Some("dev-token"), "H04"),
        (|_, parts| value(parts, "authorization") == "Basic YWRtaW46cGFzc3dvcmQ=", "H02"),
        (|_, parts| value(parts, "authorization").strip_prefix("JWT ").and_then(unverified).is_some(), "T60"),
        (
            |service, parts| {
                token_of(parts).is_some_and(|token| is_signed_with(token, service.issuer.name().as_bytes()))
            },
            "T03",
        ),
    ];
    for (accepts, id) in branches {
        let service = CorrectService::new();
        let app = service.behind(move |service, parts| async move {
            if accepts(&service, &parts) { Ok(()) } else { service.check(&parts).await.map(drop) }
        });
        let attack = service.attack(app).only_in_a_test_of_the_kit(&["H04", "H02", "T60", "T03", "T01"]);
        assert_only_caught(&attack.await, GotThrough, &[id]);
    }
}
