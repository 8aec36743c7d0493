//! Services with a public list, whose filter the client chooses.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Whether a guest may filter by a status.
type MayFilter = fn(&str) -> bool;

const BY_ANY: MayFilter = |_| true;
const BY_PUBLIC_ONES: MayFilter = |status| ["active", "sold"].contains(&status);

const LISTINGS: [(&str, &str, &str); 4] = [
    ("bob", "active", "the bicycle"),
    ("alice", "active", "the tent"),
    ("alice", "sold", "the old lamp"),
    ("alice", "draft", "the new console"),
];

fn shown(is_shown: impl Fn(&str, &str) -> bool) -> Json<Vec<Value>> {
    let shown = LISTINGS.iter().filter(|(owner, status, _)| is_shown(owner, status));
    Json(shown.map(|(_, status, title)| json!({"status": status, "title": title})).collect())
}

fn app(service: &CorrectService, may_filter: MayFilter) -> Router {
    let public = move |Query(pairs): Query<HashMap<String, String>>| async move {
        let wanted = pairs.get("status").map_or("active", String::as_str);
        let is_shown = |_: &str, status: &str| status == wanted || (wanted == "all" && may_filter(status));
        if may_filter(wanted) || wanted == "all" { Ok(shown(is_shown)) } else { Err(StatusCode::BAD_REQUEST) }
    };
    let own = |parts: Parts| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        shown(|owner, _| claims["sub"] == owner)
    };
    let own = Router::new().route("/me/listings", get(own));
    let own = own.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    own.route("/listings", get(public))
}

fn attack_on(may_filter: MayFilter) -> AttackBuilder {
    let service = CorrectService::new();
    let attack = service.attack(app(&service, may_filter)).owned("GET /me/listings");
    attack.public("GET /listings", "guests may look").query("GET /listings", "status=active")
}

#[tokio::test]
async fn a_filter_of_the_client_shows_drafts() {
    assert_exploited(&app(&CorrectService::new(), BY_ANY), Request::get("/listings?status=draft")).await;
    let is_hidden_only: MayFilter = |status| status == "draft" || BY_PUBLIC_ONES(status);
    for may_filter in [BY_ANY, is_hidden_only] {
        let report = attack_on(may_filter).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("shows objects that are not published: `status=draft`"), "{report}");
    }
}

/// Objects that are sold are public, though the declared request does not list them.
#[tokio::test]
async fn a_filter_by_public_values_passes() {
    assert_twin_passes(&attack_on(BY_PUBLIC_ONES).await);
}
