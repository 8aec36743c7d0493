//! Services whose guard takes a request for a public one, because the client chooses what it
//! compares.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{get, post};

/// The path as a gateway reads it (RFC 3986 section 5.2.4).
fn normalized(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            ".." => drop(kept.pop()),
            "." | "" => {}
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

/// A report, tokens by name, pages behind a gateway; a public preview, a public call and a log-in.
fn routes() -> Router {
    let page = |uri: Uri| async move {
        match &*normalized(&uri.path().replace("%61", "a").replace("%2f", "/")) {
            "/pages/admin/keys" => "all keys".into_response(),
            "/pages/totp/help" => "how to use it".into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    Router::new()
        .route("/reports/{id}", get(|Path(id): Path<u64>| async move { format!("report {id}") }))
        .route("/reports/{id}/preview", get(|| async { "the first line" }))
        .route("/users/{id}/tokens/{name}", post(|Path((id, _)): Path<(u64, String)>| async move { format!("{id}") }))
        .route("/rpc", post(|| async { "called" }))
        .route("/pages/{*page}", get(page))
        .route("/pages/totp/help", get(page))
}

const PUBLIC: [&str; 3] = ["/reports/1/preview", "/rpc", "/pages/totp/help"];

/// Whether the guard takes a request for a public one.
type IsOpen = fn(&Parts) -> bool;

fn app(service: &CorrectService, is_open: IsOpen) -> Router {
    routes().layer(service.layer(move |service, parts| async move {
        if PUBLIC.contains(&parts.uri.path()) || is_open(&parts) {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    }))
}

fn attack(service: &CorrectService, app: Router) -> AttackBuilder {
    let attack = service.attack(app).parameter("page", "admin/keys");
    let attack = attack.public("GET /reports/{id}/preview", "readers see a preview");
    attack.public("POST /rpc", "agents sign their calls").public("GET /pages/totp/help", "help for the log-in")
}

#[tokio::test]
async fn a_guard_that_compares_the_whole_path_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&attack(&service, app(&service, |_| false)).await);
}

#[tokio::test]
async fn the_client_chooses_what_the_guard_compares() {
    let cases: [(IsOpen, &str); 8] = [
        // The path of a public route, anywhere in the URL.
        (|parts| parts.uri.to_string().contains("/rpc"), "GET /reports/1?next=/rpc"),
        (|parts| parts.uri.to_string().ends_with("/rpc"), "GET /reports/1?/rpc"),
        // CVE-2025-54576: `^/reports/.*/preview$`, compared with the path and the query.
        (
            |parts| {
                let uri = parts.uri.to_string();
                uri.strip_prefix("/reports/").is_some_and(|rest| rest.ends_with("/preview"))
            },
            "GET /reports/1?x=/preview",
        ),
        // CVE-2023-42793: the name is the client's.
        (|parts| parts.uri.path().ends_with("/rpc"), "POST /users/1/tokens/rpc"),
        // CVE-2023-46805: the folders behind an open prefix.
        (|parts| parts.uri.path().starts_with("/pages/totp/"), "GET /pages/totp/help/../../admin/keys"),
        // The test does not know that it is open.
        (|parts| parts.uri.path().starts_with("/pages/docs/"), "GET /pages/docs/../admin/keys"),
        // CVE-2026-22031: the handler reads the decoded path.
        (
            |parts| parts.uri.path().starts_with("/pages/") && !parts.uri.path().starts_with("/pages/admin"),
            "GET /pages/%61dmin/keys",
        ),
        (|parts| parts.uri.path().split('/').any(|part| part == "login"), "POST /users/1/tokens/login"),
    ];
    for (is_open, exploit) in cases {
        let service = CorrectService::new();
        let app = app(&service, is_open);
        let (method, uri) = exploit.split_once(' ').unwrap();
        assert_exploited(&app, Request::builder().method(method).uri(uri)).await;
        let attack = attack(&service, app);
        let report = attack.only_in_a_test_of_the_kit(&["H16"]).await;
        assert_only_caught(&report, GotThrough, &["H16"]);
    }
}

/// CVE-2026-35051: the guard puts a header of the client in front of the path.
#[tokio::test]
async fn a_header_with_a_prefix_is_a_part_of_the_path_of_the_guard() {
    let headers = ["x-forwarded-prefix", "x-script-name"];
    let open_by: [IsOpen; 2] =
        [|parts| is_below("x-forwarded-prefix", parts), |parts| is_below("x-script-name", parts)];
    for (header, is_open) in headers.into_iter().zip(open_by) {
        let service = CorrectService::new();
        let app = app(&service, is_open);
        assert_exploited(&app, Request::get("/reports/1").header(header, "/pages/totp/help")).await;
        let report = attack(&service, app).only_in_a_test_of_the_kit(&["H16"]).await;
        assert_only_caught(&report, GotThrough, &["H16"]);
        assert!(report.to_string().contains("header with the prefix of a public path"), "{report}");
    }
}

fn is_below(header: &str, parts: &Parts) -> bool {
    let prefix = parts.headers.get(header).and_then(|prefix| prefix.to_str().ok()).unwrap_or_default();
    format!("{prefix}{}", parts.uri.path()).starts_with("/pages/totp/help/")
}
