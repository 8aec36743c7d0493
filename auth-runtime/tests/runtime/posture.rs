//! The posture tells what is so: each of these was a way to let it say something else.

use crate::support::verifier_of;
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::opt_out::NoReason;
use auth_runtime::posture::Policy;
use auth_runtime::routing::{any, get, post};
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, Job, KeySet, MethodRoutes, Posture, Public, TokenType, Vault, Verifier,
    VerifyingKey, capability, job,
};
use axum::extract::{FromRequestParts, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::request::Parts;
use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

type App = Verifier<Claims>;

async fn guarded(_: Authenticated<Claims>) {}
async fn open(_: Public<NoReason>) {}
async fn layer(request: Request, next: Next) -> Response {
    next.run(request).await
}

fn row<'a>(posture: &'a Posture, method: &str, path: &str) -> &'a auth_runtime::posture::RoutePosture {
    let mut rows = posture.routes().iter().filter(|route| route.method == method && route.path == path);
    let row = rows.next().unwrap_or_else(|| panic!("no {method} {path} in\n{posture}"));
    assert!(rows.next().is_none(), "{method} {path} twice in\n{posture}");
    row
}

#[test]
fn a_layer_around_nothing_is_named_where_it_may_answer() {
    // axum keeps such a layer around its 404, also when the router is merged into another.
    for app in [
        AuthRouter::<App>::new().layer(from_fn(layer)),
        AuthRouter::<App>::new().route("/me", get(guarded)).merge(AuthRouter::new().layer(from_fn(layer))),
    ] {
        let posture = app.posture();
        assert_eq!(row(&posture, "FALLBACK", "/*").layers.len(), 1);
        assert!(posture.to_string().contains("what the layers answer, else 404 or 405, for every caller"));
    }
}

#[test]
fn a_layer_is_listed_once_and_rows_have_its_short_name() {
    #[derive(Clone)]
    struct Long<T>(std::marker::PhantomData<T>);
    impl<S, T> tower_layer::Layer<S> for Long<T> {
        type Service = S;
        fn layer(&self, inner: S) -> S {
            inner
        }
    }
    type Nested = Long<Vec<Vec<Vec<Vec<Vec<u8>>>>>>;
    async fn audit(request: Request, next: Next) -> Response {
        next.run(request).await
    }
    let posture = AuthRouter::<App>::new()
        .route("/me", get(guarded))
        .layer(from_fn(audit))
        .layer(from_fn(layer))
        .layer(from_fn(|request: Request, next: Next| next.run(request)))
        .layer::<Nested>(Long(std::marker::PhantomData))
        .layer::<Long<u8>>(Long(std::marker::PhantomData))
        .posture();
    let table = posture.to_string();
    let me = table.lines().find(|line| line.contains(" /me ")).unwrap();
    assert!(
        me.ends_with(
            " behind audit, layer, a_layer_is_listed_once_and_rows_have_its_short_name::closure, Long, Long#2"
        ),
        "{me}"
    );
    assert_eq!(table.matches("FromFnLayer<audit, ").count(), 1, "{table}");
    assert!(
        table.contains("\nLAYER: runs before the decision and may answer by itself; the outermost is last\n"),
        "{table}"
    );
    let names: Vec<String> = posture.layers().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names.len(), 5);
    assert_eq!(row(&posture, "GET", "/me").layers.len(), 5);
}

#[test]
fn rows_for_unmatched_requests_are_explained() {
    let table = AuthRouter::<App>::new().route("/me", get(guarded)).posture().to_string();
    assert!(
        table.contains("\nFALLBACK: paths without a route\nFALLBACK(405): methods without a handler, of one path,"),
        "{table}"
    );
    assert!(!table.contains("LAYER"), "{table}");
}

#[test]
fn a_layer_around_a_path_is_named_with_its_other_methods() {
    let posture = AuthRouter::<App>::new().route("/me", get(guarded).layer(from_fn(layer))).posture();
    assert_eq!(row(&posture, "FALLBACK(405)", "/me").layers.len(), 1);
    assert_eq!(row(&posture, "GET", "/me").layers.len(), 1);
}

#[test]
fn a_layer_around_the_routes_is_not_said_to_be_around_what_answers_every_method() {
    let posture = AuthRouter::<App>::new().route("/x", any(guarded).get(guarded).route_layer(from_fn(layer))).posture();
    assert_eq!(row(&posture, "GET", "/x").layers.len(), 1);
    assert_eq!(row(&posture, "ANY", "/x").layers.len(), 0);
}

#[test]
fn a_layer_around_the_routes_of_a_router_is_around_their_fallbacks_too() {
    let app = AuthRouter::<App>::new().route("/x", get(guarded).fallback(guarded)).fallback(guarded);
    let posture = app.route_layer(from_fn(layer)).posture();
    assert_eq!(row(&posture, "FALLBACK(405)", "/x").layers.len(), 1);
    assert_eq!(row(&posture, "FALLBACK", "/*").layers.len(), 0);
}

/// axum keeps the fallback of the two, and drops the 405 of the other with the layers around it.
#[test]
fn a_path_that_is_routed_twice_has_one_answer_to_other_methods() {
    for app in [
        AuthRouter::<App>::new()
            .route("/a", post(guarded).fallback(open))
            .route("/a", get(guarded).layer(from_fn(layer))),
        AuthRouter::<App>::new()
            .route("/a", get(guarded).layer(from_fn(layer)))
            .route("/a", post(guarded).fallback(open)),
        AuthRouter::<App>::new()
            .nest("/a", AuthRouter::new().route("/", get(guarded)).layer(from_fn(layer)))
            .merge(AuthRouter::new().route("/a", post(guarded).fallback(open))),
    ] {
        let posture = app.posture();
        let others = row(&posture, "FALLBACK(405)", "/a");
        assert!(matches!(others.policy, Policy::Public { .. }) && others.layers.is_empty(), "{posture}");
    }
}

#[test]
fn a_layer_inside_of_a_nested_router_is_named_with_the_other_methods_of_its_paths() {
    let inner = || AuthRouter::<App>::new().route("/x", get(guarded));
    for inner in [inner().layer(from_fn(layer)), inner().route_layer(from_fn(layer))] {
        let posture = AuthRouter::new().route("/y", get(guarded)).nest("/v1", inner).posture();
        assert_eq!(row(&posture, "FALLBACK(405)", "/v1/x").layers.len(), 1);
        assert_eq!(row(&posture, "FALLBACK(405)", "/*").layers.len(), 0);
    }
}

#[test]
#[should_panic(expected = "both routers have a fallback for unmatched methods: keep one of them")]
fn a_public_answer_to_unmatched_methods_is_not_merged_with_one_that_hides_them() {
    let open = AuthRouter::<App>::new().route("/a", get(guarded)).method_not_allowed_fallback(open);
    let hidden = AuthRouter::new().route("/b", get(guarded)).hide_unmatched::<Claims>();
    let _ = open.merge(hidden);
}

#[test]
#[should_panic(expected = "the answer for unmatched paths under `/api/v1` would be lost")]
fn a_fallback_that_axum_would_lose_is_refused() {
    let v1 = AuthRouter::<App>::new().hide_unmatched::<Claims>();
    let _ = AuthRouter::new().nest("/api", AuthRouter::new().nest("/v1", v1));
}

#[test]
fn a_handler_of_head_takes_it_from_the_one_of_get() {
    let posture = AuthRouter::<App>::new().route("/a", get(guarded).head(open)).posture();
    assert!(!posture.to_string().contains("GET(+HEAD)"), "{posture}");
}

#[test]
#[should_panic(expected = "no handler for `/admin`")]
fn a_path_without_a_handler_is_refused() {
    let _ = AuthRouter::<App>::new().route("/admin", MethodRoutes::new().layer(from_fn(layer)));
}

#[test]
#[should_panic(expected = "this path already has an answer for all other methods")]
fn a_fallback_does_not_take_the_place_of_any() {
    let _ = AuthRouter::<App>::new().route("/x", any(guarded).fallback(open));
}

#[test]
#[should_panic(expected = "already has a fallback for unmatched paths")]
fn two_fallbacks_are_refused() {
    let _ = AuthRouter::<App>::new().fallback(guarded).hide_unmatched::<Claims>();
}

#[test]
#[should_panic(expected = "the reason of the public service at `/assets` is refused")]
fn a_public_service_says_why() {
    let service = axum::routing::any_service(axum::Router::<()>::new());
    let _ = AuthRouter::<App>::new().public_service("/assets", service, " ");
}

auth_runtime::scope!(ReportsRead = "reports:read");

#[test]
fn a_mounted_service_is_in_the_posture_with_the_type_of_its_proof() {
    let service = |_: Authenticated<Claims, ReportsRead>| axum::Router::<()>::new();
    let posture = AuthRouter::<App>::new().authenticated_service("/reports", service).posture();
    for path in ["/reports", "/reports/", "/reports/{*rest}"] {
        assert_eq!(row(&posture, "ANY", path).policy.to_string(), "authenticated, requires reports:read", "{posture}");
    }
}

#[test]
fn paths_are_those_that_axum_joins() {
    let inner = || AuthRouter::<App>::new().route("/", get(guarded)).route("/x", get(guarded));
    let posture = AuthRouter::new().nest("/api", inner()).nest("/slash/", inner()).posture();
    for path in ["/api", "/api/x", "/slash/", "/slash/x"] {
        row(&posture, "GET", path);
    }
}

#[test]
fn an_opt_out_that_is_over_is_said_and_fails_the_check() {
    #[auth_runtime::public(reason = "spring fair", expires = "2027-03-31")]
    async fn prices() {}

    let posture = AuthRouter::<()>::new().route("/prices", get(prices)).posture();
    let day = |days: u64| UNIX_EPOCH + Duration::from_secs(24 * 60 * 60 * days);
    // 2027-03-31 is day 20,908.
    posture.check_on(day(20_908)).unwrap();
    let error = posture.check_on(day(20_909)).unwrap_err();
    assert!(error.to_string().contains("GET /prices: PUBLIC: spring fair (until 2027-03-31)"), "{error}");
    let Policy::Public { reason, .. } = &row(&posture, "GET", "/prices").policy else { panic!("not public") };
    assert_eq!(reason.as_deref(), Some("spring fair"));
}

/// A caller, or an anonymous one where the proof was rejected.
struct Anyone;

impl FromRequestParts<App> for Anyone {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, Infallible> {
        let _caller = Authenticated::<Claims>::from_request_parts(parts, state).await.ok();
        Ok(Self)
    }
}

/// The attribute cannot see what such an extractor does, and the posture does not depend on it.
#[tokio::test]
async fn a_public_handler_that_ignores_a_rejection_is_public_in_the_posture() {
    #[auth_runtime::public(reason = "greets everyone")]
    async fn greet(_: Anyone) {}

    let verifier = verifier_of("https://id.example.com/", "orders").0;
    let mut app: AuthRouter = AuthRouter::new().route("/greet", get(greet)).with_state(verifier);
    let table = app.posture().to_string();
    assert_eq!(row(&app.posture(), "GET", "/greet").policy.to_string(), "PUBLIC: greets everyone", "{table}");
    let request = Request::get("/greet").header("authorization", "Bearer x.y.z").body(axum::body::Body::empty());
    let answer = tower_service::Service::call(&mut app, request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
}

struct Accounts;
struct Sessions<T>(T);
capability!(Login for Accounts, Sessions<Box<u8>> = "checks a password before there is a token");
job!(Nightly for Accounts = "forgets accounts after ten years");

#[test]
fn a_capability_and_a_job_are_listed_with_what_they_open() {
    let (inner, job): (AuthRouter<App>, Job<Nightly>) =
        AuthRouter::new().route("/login", get(|_: Public<Login>| async {})).job();
    let posture = AuthRouter::new().nest("/api", inner).layer(from_fn(layer)).posture();
    let login = row(&posture, "GET", "/api/login").policy.to_string();
    assert_eq!(login, "PUBLIC: checks a password before there is a token, opens Accounts and Sessions<Box<u8>>");
    // At no path, and in no layer.
    let nightly = row(&posture, "JOB", "-");
    assert_eq!(nightly.policy.to_string(), "no caller: forgets accounts after ten years, opens Accounts");
    assert!(nightly.layers.is_empty());
    let accounts: Vault<Accounts, Claims> = Vault::new(Accounts);
    let _: &Accounts = accounts.open(&job);
    assert_eq!(format!("{accounts:?}"), "Vault { .. }");
}

/// A job that a handler creates would not be in the posture that a reviewer reads.
#[tokio::test]
async fn no_job_is_handed_out_while_a_request_is_handled() {
    async fn open(_: Public<NoReason>) -> &'static str {
        let (_, _job) = AuthRouter::<()>::new().job::<Nightly>();
        "a job"
    }
    let mut app = AuthRouter::<()>::new().route("/", get(open));
    let call = tower_service::Service::call(&mut app, Request::new(axum::body::Body::empty()));
    assert!(tokio::spawn(call).await.unwrap_err().is_panic());
    // And none of it is left behind.
    let _ = AuthRouter::<()>::new().job::<Nightly>();
}

#[test]
fn json_holds_what_the_table_leaves_out() {
    let json: serde_json::Value =
        serde_json::from_str(&AuthRouter::<App>::new().route("/me", get(guarded)).posture().to_json()).unwrap();
    assert_eq!(json[0]["policy"], "authenticated");
    assert_eq!(json[0]["claims"], "auth_runtime::Claims");
    assert!(json[0]["location"].as_str().unwrap().contains("tests/runtime/posture.rs:"), "{json}");
}

#[test]
fn a_router_with_its_state_names_the_verifiers_that_it_asks() {
    let others = KeySet::from(VerifyingKey::hs256(b"another secret of more than 32 bytes").unwrap());
    let verifier = Verifier::<Claims>::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(b"a secret of at least thirty-two bytes!").unwrap())
        .also_trust(TrustedIssuer::new("https://partners.example.com/", others).token_type(TokenType::AnyJwt))
        .events(Events::collect().0)
        .build()
        .unwrap();
    let stateless = AuthRouter::<Verifier<Claims>>::new().route("/me", get(guarded).post(guarded));
    assert!(stateless.posture().verifiers().is_empty());
    let posture = AuthRouter::new().nest("/v1", stateless.with_state(verifier)).with_state::<()>(()).posture();
    let [verifier] = posture.verifiers()[..] else { panic!("{posture}") };
    assert_eq!(verifier.issuers.len(), 2);
    let table = posture.to_string();
    for line in [
        "VERIFIER of Claims",
        "  accepts tokens (at+jwt) of https://id.example.com/ for orders, verified with one fixed key",
        "  accepts tokens (any JWT) of https://partners.example.com/ for orders, verified with one fixed key",
        "  leeway 30 s, lifetime up to 24 h, cache of verified tokens up to 64 MiB, no revocations: a token is valid until it expires",
        "  rejections are reported to the memory of a test",
    ] {
        assert!(table.lines().any(|found| found == line), "{line}\n{table}");
    }
}
