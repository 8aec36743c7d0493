//! Services that take the owner of an answer from the request.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use serde_json::Value;
use std::collections::HashMap;

/// Finds the owner of a cart: by the caller, if there is one, and the query.
type Owner = fn(Option<&Value>, &HashMap<String, String>) -> Option<String>;

/// A service with carts, also for guests where the route is optional.
fn carts(service: &CorrectService, has_guests: bool, owner: Owner) -> AttackBuilder {
    let app = app(service, has_guests, owner);
    let attack = service.attack(app);
    if has_guests { attack.optional("GET /cart", "guests have carts too") } else { attack }
}

fn app(service: &CorrectService, has_guests: bool, owner: Owner) -> Router {
    let cart = move |parts: Parts| async move {
        let Query(query) = Query::<HashMap<String, String>>::try_from_uri(&parts.uri).unwrap_or_default();
        let claims = claims_of(&parts);
        let owner = owner(claims.as_ref(), &query).unwrap_or_else(|| "guest".to_owned());
        let is_hers = owner.starts_with("alice");
        format!("cart: {}", if is_hers { "a ring" } else { "" })
    };
    let app = Router::new().route("/cart", get(cart)).route("/orders", get(|| async { "[]" }));
    app.layer(service.layer(move |service, parts| async move {
        let is_presented =
            parts.headers.contains_key("authorization") || parts.uri.to_string().contains("access_token=");
        let is_guest = has_guests && parts.uri.path() == "/cart" && !is_presented;
        if is_guest { Ok(()) } else { service.check(&parts).await.map(drop) }
    }))
}

fn subject(claims: Option<&Value>) -> Option<String> {
    claims.and_then(|claims| claims["sub"].as_str()).map(str::to_owned)
}

#[tokio::test]
async fn a_guest_names_the_owner() {
    let service = CorrectService::new();
    let owner: Owner = |claims, query| subject(claims).or_else(|| query.get("user").cloned());
    assert_exploited(&app(&service, true, owner), Request::get("/cart?user=alice")).await;
    assert_only_caught(&carts(&service, true, owner).await, GotThrough, &["H31"]);
}

/// The query is for support, and every caller may use it.
#[tokio::test]
async fn another_caller_names_the_owner() {
    let service = CorrectService::new();
    let owner: Owner = |claims, query| query.get("userId").cloned().or_else(|| subject(claims));
    assert_only_caught(&carts(&service, false, owner).await, GotThrough, &["H31"]);
}

#[tokio::test]
async fn another_caller_names_the_address_of_the_owner() {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("email", "alice@shop.example"));
    let owner: Owner = |claims, query| {
        let own = claims.and_then(|claims| claims["email"].as_str()).map(str::to_owned);
        query.get("email").cloned().or(own)
    };
    let report = carts(&service, false, owner).only_in_a_test_of_the_kit(&["H31"]).await;
    assert_only_caught(&report, GotThrough, &["H31"]);
}

/// The record of the body is taken as it is.
#[tokio::test]
async fn the_body_names_the_owner() {
    let service = CorrectService::new();
    let layer = service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
    let notes = |parts: Parts, body: String| async move {
        let claims = claims_of(&parts);
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let named = body["owner_id"].as_str().map(str::to_owned);
        format!("note of {}", named.or(subject(claims.as_ref())).unwrap_or_default())
    };
    let app = Router::new().route("/notes", axum::routing::post(notes)).layer(layer);
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H31"]).await;
    assert_only_caught(&report, GotThrough, &["H31"]);
}

/// The query chooses the tenant, and is not compared with the token.
#[tokio::test]
async fn another_tenant_is_named() {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("tenant", "acme"));
    let owner: Owner = |claims, query| {
        let own = claims.and_then(|claims| claims["tenant"].as_str()).map(str::to_owned);
        let tenant = query.get("tenant").cloned().or(own);
        tenant.filter(|tenant| tenant == "acme").map(|_| "alice".to_owned())
    };
    let report = carts(&service, false, owner).only_in_a_test_of_the_kit(&["H31"]).await;
    assert_only_caught(&report, GotThrough, &["H31"]);
}

/// The path names the tenant, and the token is not compared with it.
#[tokio::test]
async fn the_tenant_of_the_path_is_not_that_of_the_token() {
    for compares in [false, true] {
        let service = CorrectService::trusting(TestIssuer::new().with_claim("tenant", "acme"));
        let layer = service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
        let orders = move |Path(tenant): Path<String>, parts: Parts| async move {
            let own = claims_of(&parts).unwrap_or_default()["tenant"] == tenant.as_str();
            if own || !compares { Ok(format!("three orders of {tenant}")) } else { Err(StatusCode::NOT_FOUND) }
        };
        let app = Router::new().route("/tenants/{tenant}/orders", get(orders)).layer(layer);
        let attack = service.attack(app).parameter("tenant", "acme").only_in_a_test_of_the_kit(&["T29", "H31"]);
        let report = attack.await;
        if compares {
            report.assert_nothing_got_through();
        } else {
            assert_only_caught(&report, GotThrough, &["T29"]);
        }
    }
}

#[tokio::test]
async fn a_cart_by_the_token_only_passes() {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("email", "alice@shop.example"));
    assert_twin_passes(&carts(&service, true, |claims, _| subject(claims)).await);
}
