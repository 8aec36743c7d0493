//! Tests the other things that can be mounted: fallbacks and tower services.

use crate::support::{Runs, Server, Service, get, get_with, routes};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::opt_out::NoReason;
use auth_runtime::routing::get as route_get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Public, authenticated, public};
use axum::extract::{MatchedPath, Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tower_http::services::ServeDir;

async fn known(_: Authenticated<Claims>, State(runs): State<Runs>) -> &'static str {
    runs.count();
    "for callers"
}

async fn for_all(_: Public<NoReason>, State(runs): State<Runs>) -> &'static str {
    runs.count();
    "for all"
}

#[tokio::test]
async fn h18_a_fallback_has_a_decision_of_its_own() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().fallback(known).method_not_allowed_fallback(known).with_state(service))
        .start()
        .await;
    for request in [get("/nothing"), get("/v1/nothing"), get("/"), get("/me").replacen("GET", "DELETE", 1)] {
        assert_eq!(server.exchange(&request).await.status, 401, "{request}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        let with_token = request.replace("\r\nhost", &format!("\r\nauthorization: Bearer {}\r\nhost", server.good()));
        assert_eq!(server.exchange(with_token).await.text(), "for callers", "{request}");
    }
    assert_eq!(server.runs.so_far(), 4);

    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().fallback(for_all).method_not_allowed_fallback(for_all).with_state(service))
        .start()
        .await;
    for request in [get("/nothing"), get("/me").replacen("GET", "DELETE", 1)] {
        assert_eq!(server.exchange(&request).await.text(), "for all");
    }
    assert_eq!(server.exchange(get("/me")).await.status, 401, "the routes keep theirs");
}

/// A folder with a file to serve, and a secret file beside it.
struct Files(PathBuf);

impl Files {
    fn of(test: &str) -> Self {
        let root = std::env::temp_dir().join(format!("auth-runtime-{test}-{}", std::process::id()));
        std::fs::create_dir_all(root.join("shared/sub")).expect("a directory");
        for (path, text) in [("shared/hello.txt", "hello"), ("shared/sub/deep.txt", "deep"), ("secret.txt", "secret")] {
            std::fs::write(root.join(path), text).expect("a file");
        }
        Self(root)
    }

    fn service(&self) -> ServeDir {
        ServeDir::new(self.0.join("shared"))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const TRAVERSALS: [&str; 8] = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/sub/../../secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..\\secret.txt",
    "//secret.txt",
    "/....//secret.txt",
];

#[tokio::test]
async fn h18_a_tower_service_gets_no_request_without_a_proof() {
    let files = Files::of("authenticated-service");
    let service = files.service();
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state| {
            routes().authenticated_service("/static", move |_: Authenticated<Claims>| service.clone()).with_state(state)
        })
        .start()
        .await;
    let good = server.good();
    for path in [
        "/static/hello.txt",
        "/static/sub/deep.txt",
        "/static",
        "/static/",
        "/static/nothing",
        "/static?x",
        "/static/hello.txt?x",
    ] {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "FOO"] {
            let response = server.exchange(get(path).replacen("GET", method, 1)).await;
            assert_eq!(response.status, 401, "{method} {path}");
            assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        }
    }
    let response = server.exchange(get_with("/static/hello.txt", &good)).await;
    assert_eq!((response.status, response.text()), (200, "hello"));
    assert_eq!((response.header("cache-control"), response.header("vary")), (Some("no-store"), Some("Authorization")));
    assert_eq!(server.exchange(get_with("/static/sub/deep.txt", &good)).await.text(), "deep");
    assert_eq!(server.exchange(get_with("/static/nothing", &good)).await.status, 404);
    for traversal in TRAVERSALS {
        for request in [get(&format!("/static{traversal}")), get_with(&format!("/static{traversal}"), &good)] {
            let response = server.exchange(&request).await;
            assert!([401, 404].contains(&response.status), "{request} {response:?}");
            assert!(!response.text().contains("secret"), "{traversal}");
        }
    }
    server.events();
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h18_a_service_at_the_root_requires_a_proof_wherever_no_route_matches() {
    let files = Files::of("root-service");
    let service = files.service();
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state| {
            routes().authenticated_service("/", move |_: Authenticated<Claims>| service.clone()).with_state(state)
        })
        .start()
        .await;
    for path in ["/", "/hello.txt", "/nothing", "/v1/nothing", "/sub/deep.txt", "//hello.txt"] {
        assert_eq!(server.exchange(get(path)).await.status, 401, "{path}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    }
    assert_eq!(server.exchange(get_with("/hello.txt", &server.good())).await.text(), "hello");
    assert_eq!(server.exchange(get("/health")).await.status, 200);
}

#[tokio::test]
async fn h18_a_public_service_makes_no_other_path_public() {
    let files = Files::of("public-service");
    let service = files.service();
    let server = Server::with(Algorithm::Ed25519)
        .app(move |state| routes().public_service("/assets", service, "the shop's pictures").with_state(state))
        .start()
        .await;
    assert_eq!(server.exchange(get("/assets/hello.txt")).await.text(), "hello");
    assert_eq!(server.exchange(get("/me")).await.status, 401);
    for traversal in TRAVERSALS.into_iter().chain(["/../me", "/%2e%2e/me", "/..;/me"]) {
        let response = server.exchange(get(&format!("/assets{traversal}"))).await;
        assert_eq!(response.status, 404, "{traversal}");
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[authenticated]
async fn guarded_by_attribute() -> &'static str {
    "for callers"
}

#[public(reason = "the price list is public")]
async fn opted_out() -> &'static str {
    "for all"
}

/// INC-15: `merge` after `layer`; INC-25: a sibling route without a check.
#[tokio::test]
async fn h19_inc_15_inc_25_a_route_keeps_its_decision_when_merged_or_nested() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service: Service| {
            let late: AuthRouter<Service> = AuthRouter::new().route("/late", route_get(guarded_by_attribute));
            let prices: AuthRouter<Service> = AuthRouter::new().route("/prices", route_get(opted_out));
            let layer = axum::Extension("a layer");
            routes()
                .layer(layer)
                .merge(late.clone())
                .nest("/deep", late.clone().merge(prices.clone()).layer(layer))
                .merge(prices)
                .with_state(service.clone())
                .nest("/ready", late.with_state(service))
        })
        .start()
        .await;
    for path in ["/late", "/deep/late", "/ready/late", "/me"] {
        assert_eq!(server.exchange(get(path)).await.status, 401, "{path}");
        assert_eq!(server.only_event().route.as_deref(), Some(path));
        assert_eq!(server.exchange(get_with(path, &server.good())).await.status, 200, "{path}");
    }
    for path in ["/prices", "/deep/prices"] {
        assert_eq!(server.exchange(get(path)).await.text(), "for all", "{path}");
    }
}

/// artifact-keeper: a second gate compared `/me` in two nested routers, without their prefixes.
#[tokio::test]
async fn inc_36_two_routes_with_the_same_stripped_path_keep_their_own_decisions() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service: Service| {
            let open: AuthRouter<Service> = AuthRouter::new().route("/me", route_get(opted_out));
            let closed: AuthRouter<Service> = AuthRouter::new().route("/me", route_get(guarded_by_attribute));
            AuthRouter::new().nest("/auth", open).nest("/sbom", closed).with_state(service)
        })
        .start()
        .await;
    assert_eq!(server.exchange(get("/auth/me")).await.text(), "for all");
    for path in ["/sbom/me", "/sbom/../auth/me", "/auth/../sbom/me", "/sbom/auth/me"] {
        assert_ne!(server.exchange(get(path)).await.status, 200, "{path}");
    }
    assert_eq!(server.exchange(get_with("/sbom/me", &server.good())).await.text(), "for callers");
}

/// A router for one module, from before the move. It has parameters in its paths.
#[tokio::test]
async fn axum_router_as_a_service_extracts_its_own_path_parameters_only() {
    async fn number(Path(number): Path<u64>) -> String {
        format!("number {number}")
    }
    let plain = || axum::Router::new().route("/{number}", axum::routing::get(number));
    let server = Server::with(Algorithm::Ed25519)
        .app(move |service| {
            routes()
                .public_service("/open", plain(), "a test")
                .authenticated_service("/closed", move |_: Authenticated<Claims>| plain())
                .with_state(service)
        })
        .start()
        .await;
    let response = server.exchange(get("/open/7")).await;
    assert_eq!((response.status, response.text()), (200, "number 7"));
    assert_eq!(server.exchange(get("/open/%ff")).await.status, 400);
    let response = server.exchange(get_with("/closed/8", &server.good())).await;
    assert_eq!((response.status, response.text()), (200, "number 8"));
    // The event names the route as the posture does.
    assert_eq!(server.exchange(get("/closed/8")).await.status, 401);
    assert_eq!(server.only_event().route.as_deref(), Some("/closed/{*rest}"));
}

type Seen = Arc<Mutex<Vec<String>>>;

async fn record(State(seen): State<Seen>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    seen.lock().unwrap().push(path);
    next.run(request).await
}

/// P10: spans and metrics have the template of the route as a label.
#[tokio::test]
async fn layers_and_mounted_routers_see_a_readable_template() {
    async fn shown(path: MatchedPath, Path(number): Path<u64>) -> String {
        format!("{number} at {}", path.as_str())
    }
    async fn root(path: MatchedPath) -> String {
        path.as_str().to_owned()
    }
    let plain =
        || axum::Router::new().route("/", axum::routing::get(root)).route("/of/{number}", axum::routing::get(shown));
    let seen = Seen::default();
    let layers = Arc::clone(&seen);
    let server = Server::with(Algorithm::Ed25519)
        .app(move |service| {
            let inner = routes()
                .public_service("/open", plain(), "a test")
                .route_layer(from_fn_with_state(Arc::clone(&layers), record));
            AuthRouter::new()
                .nest("/{version}", inner)
                .authenticated_service("/closed", move |_: Authenticated<Claims>| plain())
                .layer(from_fn_with_state(layers, record))
                .with_state(service)
        })
        .start()
        .await;
    // Within a mounted router, as with `nest_service` of axum.
    for (path, by_layers, within) in [
        ("/v1/open/of/7", vec!["/{version}/open/{*rest}"; 2], ""),
        ("/v1/open", vec!["/{version}/open"; 2], "/{version}/open/"),
        ("/v1/open/", vec!["/{version}/open/"; 2], "/{version}/open/"),
        ("/v1/me", vec!["/{version}/me"; 2], "-"),
        ("/closed/of/7", vec!["/closed/{*rest}"], "7 at /closed/of/{number}"),
    ] {
        let response = server.exchange(get_with(path, &server.good())).await;
        assert_eq!(std::mem::take(&mut *seen.lock().unwrap()), by_layers, "{path}");
        match within {
            // Two parameters: the version of the outer router, and the number.
            "" => assert_eq!(response.status, 500, "{}", response.text()),
            "-" => assert_eq!(response.status, 200),
            within => assert_eq!((response.status, response.text()), (200, within)),
        }
    }
}
