//! Tests the metadata of a protected resource (RFC 9728), and the challenges that lead to them.

use crate::support::{
    AUDIENCE, ISSUER, Mint, OrdersRefund, Runs, Server, Service, get, get_with, routes, serve, standard,
};
use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as on_get;
use auth_runtime::{AnyOf, AuthRouter, Claims, ConfigError, Events, Verifier, authenticated, scope};
use auth_testkit::{TestIssuer, attack};
use serde_json::{Value, json};
use test_support::LIMIT;

const RESOURCE: &str = "https://api.example.com/mcp";
const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";
const CHALLENGE: &str = concat!(
    "Bearer realm=\"api\", resource_metadata=\"https://api.example.com",
    "/.well-known/oauth-protected-resource/mcp\""
);

scope!(ReportsRead = "reports:read");

#[authenticated(Claims, requires = AnyOf<(OrdersRefund, ReportsRead)>)]
async fn report() {}

fn app(service: Service) -> AuthRouter {
    routes().with_state::<()>(service).protected_resource_metadata(&["tools:call"])
}

async fn server() -> Server {
    Server::with(Algorithm::Ed25519).verifier(|builder| builder.resource(RESOURCE)).app(app).start().await
}

async fn metadata(server: &Server) -> Value {
    let response = server.exchange(get(METADATA)).await;
    assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")));
    serde_json::from_str(response.text()).expect("JSON")
}

#[tokio::test]
async fn metadata_name_the_issuer_and_the_scopes_of_the_posture() {
    let server = server().await;
    let expected = json!({
        "resource": RESOURCE,
        "authorization_servers": [ISSUER],
        "scopes_supported": ["orders:write", "tools:call"],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(metadata(&server).await, expected);
    assert_eq!(server.events().len(), 0);
}

/// P8: the challenge is the same on each route, also on one that requires a scope.
#[tokio::test]
async fn challenges_name_the_metadata() {
    let server = server().await;
    let invalid = format!("{CHALLENGE}, error=\"invalid_token\"");
    for path in ["/me", "/orders/7", "/v1/orders/7"] {
        let response = server.exchange(get(path)).await;
        assert_eq!((response.status, response.header("www-authenticate")), (401, Some(CHALLENGE)), "{path}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        let response = server.exchange(get_with(path, "x")).await;
        assert_eq!((response.status, response.header("www-authenticate")), (401, Some(invalid.as_str())), "{path}");
        assert_eq!(server.only_event().reason, Reason::MalformedToken);
    }
    let denied = get_with("/orders", &server.good()).replace("GET", "POST");
    let response = server.exchange(denied).await;
    let with_scope = format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"orders:write\"");
    assert_eq!((response.status, response.header("www-authenticate")), (403, Some(with_scope.as_str())));
}

#[tokio::test]
async fn metadata_have_each_scope_of_an_alternative() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.resource(RESOURCE))
        .app(|service| {
            let app = routes().route("/report", on_get(report)).with_state::<()>(service);
            app.protected_resource_metadata(&[])
        })
        .start()
        .await;
    let scopes = metadata(&server).await["scopes_supported"].clone();
    assert_eq!(scopes, json!(["orders:refund", "orders:write", "reports:read"]));
}

/// A client that finds no method in the list cannot send its token as RFC 6750 does.
#[tokio::test]
async fn metadata_of_another_carrier_have_no_bearer_method() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.resource(RESOURCE).carriers([Carrier::header("x-token")]))
        .app(app)
        .start()
        .await;
    assert_eq!(metadata(&server).await["bearer_methods_supported"], json!([]));
    let response = server.exchange(get("/me")).await;
    let challenge = response.header("www-authenticate").expect("a challenge");
    assert!(challenge.ends_with(&CHALLENGE["Bearer".len()..]), "{challenge}");
}

fn verifier(issuer: &str, resource: &str) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .issuer(issuer)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(Events::discard("a test"))
        .resource(resource)
        .build()
}

fn service() -> Service {
    Service { verifier: verifier(ISSUER, RESOURCE).expect("a verifier"), runs: Runs::default() }
}

#[test]
fn verifier_without_a_usable_resource_is_not_built() {
    for (issuer, resource, why) in [
        (ISSUER, "http://api.example.com", "protected resource is refused: `http://api.example.com`: use `https://`"),
        (ISSUER, "https://api.example.com#x", "protected resource is refused"),
        ("orders", RESOURCE, "no issuer of the verifier is a URL"),
    ] {
        let error = verifier(issuer, resource).map(drop).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// API keys have no authorization server, so their issuer is not one.
#[test]
fn issuer_of_api_keys_is_not_an_authorization_server() {
    let keys = ApiKeys::of("https://keys.example.com", "acme_live", MemoryApiKeys::new());
    let events = Events::discard("a test");
    let built = Verifier::<Claims>::accepting(keys).events(events).resource(RESOURCE).build();
    let error = built.map(drop).unwrap_err().to_string();
    assert!(error.contains("no issuer of the verifier is a URL"), "{error}");
}

/// P9: the challenges would name a document that does not exist, or lacks a scope.
#[tokio::test]
async fn router_without_current_metadata_is_not_served() {
    let missing =
        "metadata of a protected resource are missing, or older than its routes: `https://api.example.com/mcp`";
    let later = AuthRouter::new().route("/report", on_get(report)).with_state::<()>(service());
    for (name, router) in [
        ("none", standard(service())),
        ("nested", AuthRouter::new().nest("/v1", app(service()))),
        ("older", app(service()).merge(later)),
    ] {
        let error = router.posture().check().unwrap_err().to_string();
        assert!(error.starts_with(missing), "{name}: {error}");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let error = tokio::time::timeout(LIMIT, auth_runtime::serve(listener, router)).await;
        let error = error.expect("an answer").unwrap_err().to_string();
        assert!(error.starts_with(missing), "{name}: {error}");
    }
    app(service()).posture().check().expect("current metadata");
    serve(app(service())).await;
}

#[test]
fn metadata_are_public_with_their_reason() {
    let posture = app(service()).posture();
    let row = posture.routes().iter().find(|row| row.path == METADATA && row.method == "GET").expect("a row");
    assert_eq!(
        row.policy.to_string(),
        "PUBLIC: clients find the authorization server here before they have a token (RFC 9728)"
    );
    let verifier = posture.verifiers()[0].to_string();
    let line = format!("protects {RESOURCE}, described at https://api.example.com{METADATA}");
    assert!(verifier.lines().any(|other| other == line), "{verifier}");
}

#[test]
#[should_panic(expected = "no verifier of this router has a protected resource")]
fn metadata_without_a_resource_are_refused() {
    let builder = Verifier::builder().issuer(ISSUER).audience(AUDIENCE);
    let builder = builder.keys(Mint::of(Algorithm::Ed25519).key()).events(Events::discard("a test"));
    let plain = Service { verifier: builder.build().expect("a verifier"), runs: Runs::default() };
    let _ = app(plain);
}

#[test]
#[should_panic(expected = "scope has a character that no scope can have: `a b`")]
fn scope_that_no_token_can_have_is_refused() {
    let _ = standard(service()).protected_resource_metadata(&["a b"]);
}

/// P8: the kit compares the challenges of all routes, and those of unmatched paths.
#[tokio::test]
async fn nothing_gets_through_to_a_protected_resource() {
    let issuer = TestIssuer::new().named(ISSUER);
    let verifier = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::discard("the kit reads them"))
        .resource(RESOURCE)
        .build()
        .expect("a verifier");
    let app = AuthRouter::new().route("/report", on_get(report)).hide_unmatched::<Claims>();
    let app = app.with_state::<()>(verifier).protected_resource_metadata(&[]);
    let report = attack(app).with(&issuer).await;
    report.assert_nothing_got_through();
    assert!(report.routes.iter().any(|route| route.route.path == METADATA), "{report}");
}
