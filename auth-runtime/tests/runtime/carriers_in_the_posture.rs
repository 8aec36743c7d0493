//! What a router states about the carriers of its verifiers, and what it refuses at start.

use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::{Carrier, VerifierBuilder};
use auth_runtime::openapi::SecurityCarrier;
use auth_runtime::routing::get;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, KeySet, Verifier, VerifyingKey, authenticated, public, scope,
};
use axum::extract::FromRef;
use serde::Deserialize;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

scope!(OrdersRead = "orders:read");

/// The claims of a second verifier.
#[derive(Deserialize)]
struct Partner;

#[derive(Clone, FromRef)]
struct App {
    own: Verifier<Claims>,
    partners: Verifier<Partner>,
}

type Complete<C> = VerifierBuilder<C, String, String, KeySet, Events>;

fn builder<C: serde::de::DeserializeOwned + Send + Sync + 'static>() -> Complete<C> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(b"a secret of at least thirty-two bytes!").expect("a key"))
        .events(Events::collect().0)
}

fn app(own: Complete<Claims>, partners: Complete<Partner>) -> App {
    App { own: own.build().expect("a verifier"), partners: partners.build().expect("a verifier") }
}

#[authenticated(requires = OrdersRead)]
async fn orders(_auth: Authenticated<Claims, OrdersRead>) {}

#[authenticated]
async fn partner(_auth: Authenticated<Partner>) {}

#[public(reason = "load balancer probe")]
async fn health() {}

/// The message of the panic, if the routes cannot be hidden.
fn hidden(router: impl FnOnce() -> AuthRouter) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(router)).map(drop);
    outcome.map_err(|panic| panic.downcast_ref::<String>().expect("a message").clone())
}

fn routes() -> AuthRouter<App> {
    AuthRouter::new().route("/orders", get(orders)).route("/partners", get(partner)).route("/health", get(health))
}

/// P8: the challenge of `/partners` would differ from that of a path that does not exist.
#[test]
fn a_verifier_that_clients_can_tell_apart_cannot_be_hidden() {
    for (what, partners) in [
        ("a realm", builder().realm("partners")),
        ("no realm", builder().omit_realm()),
        ("a scheme", builder().carriers([Carrier::authorization("Token")])),
        ("a header", builder().carriers([Carrier::bearer(), Carrier::header("x-partner")])),
        ("a cookie", builder().carriers([Carrier::bearer(), Carrier::cookie("__Host-id")])),
        ("a kind in a header", {
            let keys = ApiKeys::of("https://orders.example.com/keys", "acme_live", MemoryApiKeys::new());
            builder().also_accept(keys.carriers([Carrier::header("x-api-key")]))
        }),
    ] {
        let app = app(builder(), partners);
        let message = hidden(|| routes().hide_unmatched::<Claims>().with_state(app.clone())).expect_err(what);
        assert!(message.contains("GET /partners") && message.contains("configure both verifiers alike"), "{message}");
        // The order does not matter, and neither does the router that hides.
        let inner = || AuthRouter::new().route("/partners", get(partner)).with_state::<()>(app.clone());
        let outer = || AuthRouter::<App>::new().hide_unmatched::<Claims>().with_state::<()>(app.clone());
        assert!(hidden(|| outer().merge(inner())).is_err(), "{what}");
        assert!(hidden(|| inner().merge(outer())).is_err(), "{what}");
        assert!(hidden(|| outer().nest("/v1", inner())).is_err(), "{what}");
        // Below a prefix of its own, `hide_unmatched` hides the prefix only.
        let nested = || AuthRouter::new().route("/x", get(partner)).hide_unmatched::<Partner>();
        hidden(|| {
            AuthRouter::new()
                .route("/orders", get(orders))
                .nest("/p", nested())
                .fallback(health)
                .with_state(app.clone())
        })
        .expect(what);
    }
}

#[test]
fn cookies_of_other_origins_or_login_pages_cannot_be_hidden() {
    let cookie = || Carrier::cookie("__Host-id").origin("https://app.example.com");
    let own = || builder().carriers([cookie().login_page("/login")]);
    for other in [cookie(), cookie().login_page("/in"), cookie().origin("https://b.example.com").login_page("/login")] {
        let app = app(own(), builder().carriers([other]));
        assert!(hidden(|| routes().hide_unmatched::<Claims>().with_state(app)).is_err());
    }
}

#[test]
fn verifiers_that_look_the_same_can_be_hidden() {
    for change in [
        (|builder| builder) as fn(Complete<Partner>) -> Complete<Partner>,
        |builder| builder.audience("partners"),
        |builder| builder.carriers([Carrier::authorization("bearer")]),
    ] {
        let app = app(builder(), change(builder()));
        hidden(|| routes().hide_unmatched::<Claims>().with_state(app)).expect("alike");
    }
}

#[test]
fn the_posture_names_the_login_page() {
    let cookie = Carrier::cookie("__Host-id").login_page("/login");
    let app = app(builder().carriers([cookie]), builder());
    let posture = AuthRouter::new().route("/orders", get(orders)).with_state::<()>(app).posture();
    assert_eq!(posture.verifiers()[0].login_page.as_deref(), Some("/login"));
    let line = "redirects browsers without a good cookie to /login";
    assert!(posture.to_string().contains(line), "{posture}");
    let posture = AuthRouter::new().route("/partners", get(partner)).with_state::<()>(self::app(builder(), builder()));
    assert!(!posture.posture().to_string().contains("redirects"));
}

/// The document of these routes, with these security schemes.
fn documented(own: Complete<Claims>, version: &str, schemes: &Value) -> Value {
    let app = routes().with_state::<()>(app(own, builder()));
    let operation = json!({ "responses": {} });
    let paths =
        json!({ "/orders": { "get": operation }, "/partners": { "get": operation }, "/health": { "get": operation } });
    let mut document = json!({ "openapi": version, "paths": paths, "components": { "securitySchemes": schemes } });
    app.posture().apply_to_openapi(&mut document).expect("a document");
    document
}

fn all_carriers() -> Complete<Claims> {
    let keys = ApiKeys::of("https://orders.example.com/keys", "acme_live", MemoryApiKeys::new());
    builder()
        .carriers([Carrier::authorization("Token"), Carrier::cookie("__Host-session"), Carrier::websocket()])
        .also_accept(keys.carriers([Carrier::bearer(), Carrier::header("X-Api-Key")]))
}

#[test]
fn openapi_has_a_scheme_for_each_carrier() {
    let document = documented(all_carriers(), "3.1.0", &json!({}));
    let expected = json!([
        { "tokenAuth": ["orders:read"] },
        { "cookie-__Host-session": ["orders:read"] },
        { "header-sec-websocket-protocol": ["orders:read"] },
        { "bearerAuth": ["orders:read"] },
        { "header-x-api-key": ["orders:read"] },
    ]);
    let orders = &document["paths"]["/orders"]["get"];
    assert_eq!(orders["security"], expected);
    assert_eq!(orders["responses"]["401"]["description"], "The credential is missing or not valid.");
    let partners = &document["paths"]["/partners"]["get"];
    assert_eq!(partners["security"], json!([{ "bearerAuth": [] }]));
    assert_eq!(partners["responses"]["401"]["description"], "The bearer token is missing or not valid.");
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    let schemes = json!({
        "tokenAuth": { "type": "http", "scheme": "token" },
        "cookie-__Host-session": { "type": "apiKey", "in": "cookie", "name": "__Host-session" },
        "header-sec-websocket-protocol": { "type": "apiKey", "in": "header", "name": "sec-websocket-protocol" },
        // Not only of JWTs, because `/orders` takes API keys there.
        "bearerAuth": { "type": "http", "scheme": "bearer" },
        "header-x-api-key": { "type": "apiKey", "in": "header", "name": "x-api-key" },
    });
    assert_eq!(document["components"]["securitySchemes"], schemes);
}

#[test]
fn openapi_keeps_the_schemes_of_the_document() {
    let own = json!({
        "login": { "type": "apiKey", "in": "cookie", "name": "__Host-session" },
        "key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
        "oidc": { "type": "openIdConnect", "openIdConnectUrl": "https://id.example.com/" },
        "other": { "type": "apiKey", "in": "query", "name": "x-api-key" },
    });
    let document = documented(all_carriers(), "3.0.3", &own);
    // OpenAPI 3.0 has scopes for OAuth 2.0 and OpenID Connect only.
    let expected = json!([
        { "tokenAuth": [] }, { "login": [] }, { "header-sec-websocket-protocol": [] },
        { "oidc": ["orders:read"] }, { "key": [] },
    ]);
    assert_eq!(document["paths"]["/orders"]["get"]["security"], expected);
    let schemes = document["components"]["securitySchemes"].as_object().expect("an object");
    assert_eq!(schemes.len(), 6, "{schemes:?}");
    assert_eq!(schemes["login"], own["login"]);
}

#[test]
fn a_router_without_its_state_documents_bearer_tokens() {
    let security = routes().posture().documented_security("get", "/orders").expect("a route");
    assert_eq!(security.carriers, [SecurityCarrier::Authorization { scheme: "Bearer".to_owned(), is_jwt: true }]);
    let health = routes().posture().documented_security("get", "/health").expect("a route");
    assert_eq!(health.carriers, []);
}
