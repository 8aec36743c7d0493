//! Services with a folder for each caller, and two dots in a path.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;

fn resolved(path: &str) -> String {
    let mut resolved: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(resolved.pop()),
            name => resolved.push(name),
        }
    }
    resolved.join("/")
}

fn read(path: &str, parts: &Parts, resolves_first: bool) -> Result<&'static str, StatusCode> {
    let claims = claims_of(parts).unwrap_or_default();
    let resolved = resolved(path);
    let folder = if resolves_first { &resolved } else { path };
    let is_own = folder.split('/').next() == claims["sub"].as_str();
    if is_own && resolved == "alice/report.txt" { Ok("turnover: 1200 cups") } else { Err(StatusCode::NOT_FOUND) }
}

fn attacked(resolves_first: bool, route: &str) -> AttackBuilder {
    let service = CorrectService::new();
    let of_path = move |Path(path): Path<String>, parts: Parts| async move { read(&path, &parts, resolves_first) };
    let of_user = move |Path((user, name)): Path<(String, String)>, parts: Parts| async move {
        read(&format!("{user}/{name}"), &parts, resolves_first)
    };
    let app = match route {
        "/files/{*path}" => Router::new().route(route, get(of_path)),
        _ => Router::new().route(route, get(of_user)),
    };
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).parameter("path", "alice/report.txt").parameter("user", "alice");
    attack.parameter("name", "report.txt").owned(&format!("GET {route}"))
}

#[tokio::test]
async fn two_dots_leave_the_folder_of_the_caller() {
    for route in ["/files/{*path}", "/files/{user}/{name}"] {
        let report = attacked(false, route).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("path leaves the folder of its caller"), "{report}");
    }
}

#[tokio::test]
async fn a_path_that_is_resolved_first_passes() {
    for route in ["/files/{*path}", "/files/{user}/{name}"] {
        assert_twin_passes(&attacked(true, route).await);
    }
}
