//! Services on an `AuthRouter` pass, for every algorithm.

use auth_runtime::decision::RejectionContext;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::{any, get, post};
use auth_runtime::{
    AnyOf, AuthRouter, Authenticated, Claims, Events, TokenType, Verifier, authenticated, public, scope,
};
use auth_testkit::{Attack, Credentials, Expected, TestIssuer, attack};
use axum::extract::Path;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn list(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[authenticated(requires = OrdersWrite)]
async fn place(_auth: Authenticated<Claims, OrdersWrite>, body: String) -> String {
    body
}

#[authenticated]
async fn show(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

fn verifier(issuer: &TestIssuer) -> Verifier<Claims> {
    issuer.verifier(Events::collect().0).unwrap()
}

/// A route of each kind. Each method gets the whole catalogue.
fn all_routes() -> AuthRouter<Verifier<Claims>> {
    AuthRouter::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(show).delete(show))
        .route("/anything", any(list))
        .route("/files/{*path}", get(list))
        .route("/health", get(health))
}

/// Some routes, for tests of what surrounds them.
fn routes() -> AuthRouter<Verifier<Claims>> {
    AuthRouter::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(show))
        .route("/health", get(health))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_gets_through_whatever_the_algorithm() {
    for algorithm in Algorithm::ALL {
        let issuer = TestIssuer::signing_with(*algorithm);
        let app = AuthRouter::new().route("/orders", post(place)).with_state(verifier(&issuer));
        attack(app).with(&issuer).await.assert_nothing_got_through();
    }
}

#[tokio::test]
async fn nothing_gets_through_on_any_kind_of_route() {
    let issuer = TestIssuer::new();
    let report = attack(all_routes().with_state(verifier(&issuer))).with(&issuer).await;
    report.assert_nothing_got_through();
    assert!(report.to_string().ends_with("routes, nothing got through\n"), "{report}");
    let tried = |path: &str, id: &str| {
        let route = report.routes.iter().find(|report| report.route.path == path).unwrap();
        route.tried.get(id).map_or(0, |tried| tried.sent)
    };
    assert_eq!(tried("/anything", "H01"), 10, "once for each method");
    assert_eq!(tried("/orders/{id}", "T29"), 0, "the route requires no permission");
    assert_eq!((tried("/health", "open"), tried("/health", "T01")), (4, 0), "GET and HEAD, with and without a token");
}

#[tokio::test]
async fn a_router_that_hides_unmatched_routes_passes() {
    let issuer = TestIssuer::new();
    let app = routes().hide_unmatched::<Claims>().with_state(verifier(&issuer));
    attack(app).with(&issuer).await.assert_nothing_got_through();
}

#[tokio::test]
async fn nested_routers_and_foreign_services_are_attacked() {
    let issuer = TestIssuer::new();
    let files = axum::routing::any(|| async { "a file" });
    let reports = files.clone();
    let app = AuthRouter::new()
        .nest("/v1", routes())
        .authenticated_service("/files", move |_: Authenticated<Claims>| reports.clone())
        .public_service("/static", files, "style sheets")
        .fallback(list)
        .with_state(verifier(&issuer));
    attack(app).with(&issuer).await.assert_nothing_got_through();
}

#[tokio::test]
async fn an_issuer_of_plain_jwts_is_attacked_as_such() {
    let issuer = TestIssuer::new().with_token_type(Some("JWT")).named("https://id.example.com").for_audience("orders");
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .token_type(TokenType::AnyJwt)
        .events(Events::collect().0)
        .build()
        .unwrap();
    let app = AuthRouter::new().route("/orders", get(list).post(place)).with_state(verifier);
    attack(app).with(&issuer).await.assert_nothing_got_through();
}

/// The extractors also work in a plain router, for a service that moves to `AuthRouter` in steps.
#[tokio::test]
async fn a_plain_router_with_the_extractor_passes() {
    let issuer = TestIssuer::new();
    let app = axum::Router::new()
        .route("/orders", axum::routing::get(list).post(place))
        .route("/orders/{id}", axum::routing::get(show))
        .route("/health", axum::routing::get(health))
        .with_state(verifier(&issuer));
    let attack = attack(app).with(&issuer).public("GET /health", "load balancer probe");
    attack.requires("POST /orders", "orders:write").await.assert_nothing_got_through();
}

/// A test with the wrong issuer fails, because it proves nothing.
#[tokio::test]
async fn an_attack_with_another_issuer_is_inconclusive() {
    let app = all_routes().with_state(verifier(&TestIssuer::new()));
    let report = attack(app).with(&TestIssuer::new()).await;
    let shown = report.to_string();
    assert!(shown.contains("INCONCLUSIVE: ANY /anything good"), "{shown}");
    assert!(shown.contains("check that the service trusts the key, name and audience of this issuer"), "{shown}");
}

#[tokio::test]
async fn a_custom_attack_is_sent_beside_the_catalogue() {
    let issuer = TestIssuer::new();
    let mine = Attack::new("X01", "a token of the staging issuer", Expected::InvalidToken, |inputs| {
        Some(Credentials::bearer(&inputs.token()?.claim("iss", "https://staging.example.com/").signed()))
    });
    let report = attack(routes().with_state(verifier(&issuer))).with(&issuer).also(mine);
    let report = report.only_in_a_test_of_the_kit(&["X01"]).await;
    report.assert_nothing_got_through();
    assert!(report.routes.iter().any(|report| report.tried.contains_key("X01")));
}

#[tokio::test]
async fn without_the_issuers_key_the_report_lists_what_was_not_sent() {
    let issuer = TestIssuer::new();
    let app = routes().with_state(verifier(&issuer));
    let report = attack(app).with_tokens(move || issuer.token().scope("orders:write").signed()).await;
    report.assert_nothing_got_through();
    assert!(report.not_sent.contains_key("T20 expired an hour ago"), "{:?}", report.not_sent);
    assert!(report.routes.iter().any(|report| report.tried.contains_key("T02") && report.tried.contains_key("H05")));
}

/// A typing error must not exclude a route, or open it.
#[tokio::test]
async fn an_unknown_route_is_a_finding_that_lists_the_known_ones() {
    let issuer = TestIssuer::new();
    let app = routes().with_state(issuer.verifier(Events::collect().0).unwrap());
    let report = attack(app).with(&issuer).without_route("GET /order", "it is slow").answers("GET /helth", 204);
    let report = report.only_in_a_test_of_the_kit(&["H01"]).await;
    let shown = report.to_string();
    assert!(shown.contains("unknown route: `.without_route(\"GET /order\", ..)`: use one of "), "{shown}");
    assert_eq!(report.findings.len(), 2, "{shown}");
}

scope!(OrdersRead = "orders:read");
scope!(OrdersAdmin = "orders:admin");

/// Half of a tuple inside of `AnyOf` is insufficient, and the kit sends tokens with each half.
#[tokio::test(flavor = "multi_thread")]
async fn nested_permissions_are_attacked_part_by_part() {
    #[authenticated(requires = AnyOf<((OrdersRead, OrdersWrite), OrdersAdmin)>)]
    async fn archive() {}

    let issuer = TestIssuer::new();
    let app = AuthRouter::new().route("/archive", get(archive)).with_state(verifier(&issuer));
    let report = attack(app).with(&issuer).await;
    report.assert_nothing_got_through();
    // For GET and HEAD: no scope, each half alone, both of the other two alone are enough; and
    // three spellings of each scope.
    assert!(report.routes[0].tried["T29"].sent >= 2 * (1 + 2 + 9), "{:?}", report.routes[0].tried["T29"]);
}

/// A public fallback at one path does not affect the hidden ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_a_public_fallback_passes_beside_hidden_ones() {
    let issuer = TestIssuer::new();
    let app = routes().route("/form", post(place).fallback(health)).hide_unmatched::<Claims>();
    let app = app.route("/form", get(list).layer(axum::middleware::from_fn(pass))).with_state(verifier(&issuer));
    attack(app).with(&issuer).await.assert_nothing_got_through();
}

async fn pass(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    next.run(request).await
}

/// An error format of the service: any body, equal for all reasons, with a member that differs by
/// request.
#[tokio::test]
async fn a_router_with_its_own_error_format_passes() {
    let issuer = TestIssuer::new();
    let app = || {
        let next = std::sync::atomic::AtomicUsize::new(0);
        routes()
            .hide_unmatched::<Claims>()
            .on_rejection(move |rejection: &RejectionContext| {
                let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let status = rejection.status().as_u16();
                let body = format!(r#"{{"error":{{"status":{status},"x-request-id":{number}}}}}"#);
                ([("x-request-id", number.to_string())], body)
            })
            .with_state(verifier(&issuer))
    };
    attack(app()).with(&issuer).varies("x-request-id").await.assert_nothing_got_through();
    let undeclared = attack(app()).with(&issuer).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert!(undeclared.to_string().contains("rejection differs from others: that of"), "{undeclared}");
}
