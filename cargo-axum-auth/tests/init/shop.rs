//! A service on plain axum, with a handler of each kind.

use crate::support::Project;

pub(super) const MANIFEST: &str = r#"[package]
name = "shop"
version = "0.1.0"
edition = "2024"

[workspace]
exclude = ["axum", "auth"]

[dependencies]
axum = { path = "axum" }
"#;

/// As much of axum as the service needs, so that a test can build it.
pub(super) const AXUM: [(&str, &str); 2] = [
    ("axum/Cargo.toml", "[package]\nname = \"axum\"\nversion = \"0.8.0\"\nedition = \"2024\"\n"),
    (
        "axum/src/lib.rs",
        r"
pub struct Router;
pub struct Extension<T>(pub T);
impl Router {
    pub fn new() -> Self { Self }
    pub fn route(self, _: &str, _: routing::MethodRouter) -> Self { self }
}
pub mod routing {
    pub struct MethodRouter;
    pub fn get<F>(_: F) -> MethodRouter { MethodRouter }
}
",
    ),
];

/// A checkout of this project, as far as the manifest needs it.
pub(super) const CHECKOUT: [(&str, &str); 4] = [
    ("auth/auth-runtime/Cargo.toml", "[package]\nname = \"auth-runtime\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
    ("auth/auth-runtime/src/lib.rs", ""),
    ("auth/auth-testkit/Cargo.toml", ""),
    ("auth/cargo-axum-auth/Cargo.toml", ""),
];

const TOKENS: &str = r#"
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};

pub struct Claims { pub sub: String, pub exp: u64 }

pub fn issue(claims: &Claims) -> String { encode(&Header::default(), claims, &EncodingKey::from_secret(b"..")).unwrap() }
pub fn issue_refresh(claims: &Claims) -> String { encode(&Header::default(), claims, &EncodingKey::from_secret(b"..")).unwrap() }

pub fn verify(token: &str) -> Result<Claims, Error> {
    let data = decode::<Claims>(token, &DecodingKey::from_secret(b".."), &Validation::default())?;
    Ok(data.claims)
}
"#;

pub(super) const LAYERS: &str = r#"
use crate::tokens;
use axum::{extract::Request, http::{StatusCode, header::AUTHORIZATION}, middleware::Next, response::Response};

#[derive(Clone)]
pub struct User { pub id: i64 }

pub async fn require_user(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let header = request.headers().get(AUTHORIZATION).ok_or(StatusCode::UNAUTHORIZED)?;
    let claims = tokens::verify(header)?;
    let user = load(claims.sub).await?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

async fn load(id: String) -> Result<User, StatusCode> { todo!() }

pub async fn audit(request: Request, next: Next) -> Response {
    let user = request.extensions().get::<User>().cloned();
    next.run(request).await
}

#[derive(Clone)]
pub struct TraceId(pub u64);

pub async fn optional_user(mut request: Request, next: Next) -> Response {
    if let Some(user) = known(request.headers().get(AUTHORIZATION)) {
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}

fn known(header: Option<&HeaderValue>) -> Option<User> { todo!() }

pub async fn trace(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(TraceId(7));
    next.run(request).await
}

pub fn cors() -> CorsLayer { CorsLayer::new().allow_headers([AUTHORIZATION]) }

pub struct Caller(pub i64);

impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let jar = CookieJar::from_headers(&parts.headers);
        tokens::verify(jar.get("session")).map(|claims| Self(claims.sub))
    }
}

pub struct MaybeCaller(pub Option<Caller>);

impl<S: Sync> axum::extract::FromRequestParts<S> for MaybeCaller {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Caller::from_request_parts(parts, state).await.ok()))
    }
}
"#;

const HANDLERS: &str = r#"
use crate::layers::{Caller, MaybeCaller, User};
use crate::tokens;
use axum::{Extension, extract::Path};

pub async fn me(Extension(user): Extension<User>) -> String { user.name }
pub async fn of_the_layer(Path(id): Path<i64>) -> String { load(id) }
pub async fn open() -> &'static str { "ok" }
pub async fn login(credentials: Json<Credentials>) -> String { tokens::issue(&check(credentials)) }
pub async fn session(caller: Caller) -> String { caller.name }
pub async fn guest(caller: MaybeCaller) -> String { "hello" }
pub async fn maybe(user: Option<Extension<User>>) -> String { "hello" }
pub async fn webhook(headers: HeaderMap, body: Bytes) -> StatusCode {
    if headers.get("x-api-key") != Some("..") { return StatusCode::UNAUTHORIZED; }
    StatusCode::OK
}
pub async fn by_hand(headers: HeaderMap) -> Result<String, StatusCode> {
    let token = headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(tokens::verify(token)?.sub)
}
pub async fn pushed(headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac = hmac::Hmac::<Sha256>::new_from_slice(b"..").unwrap();
    mac.update(&body);
    mac.verify_slice(signature(&headers)).map_or(StatusCode::UNAUTHORIZED, |()| StatusCode::OK)
}
pub async fn both(Path(id): Path<i64>) -> String { load(id) }

pub async fn deep() -> &'static str { "ok" }
pub async fn optional() -> &'static str { "ok" }
pub async fn outside(Extension(account): Extension<other_crate::Account>) -> String { account.name }

pub async fn state(Extension(users): Extension<crate::UserRegistry>, Extension(mail): Extension<UserService>) -> String { "ok" }
pub async fn typed(_: ThePath) -> String { "ok" }

pub struct Pages;

impl Pages {
    pub fn router() -> axum::Router { axum::Router::new().route("/page", axum::routing::get(Self::page)) }
    async fn page() -> &'static str { "ok" }
}
"#;

const APP: &str = r#"
mod handlers;
mod layers;
mod tokens;
use axum::{Router, middleware::{from_fn, from_fn_with_state}, routing::{get, post}};
use handlers as h;

#[derive(Clone)]
pub struct UserRegistry;

fn deep() -> Router { Router::new().route("/deep", get(h::deep)) }

fn admin() -> Router { Router::new().merge(deep()) }

fn protected(state: State) -> Router {
    Router::new().route("/me", get(h::me)).route("/layer/{id}", get(h::of_the_layer).put(h::both))
}

pub fn app(state: State) -> Router {
    let protected = Router::new()
        .merge(admin())
        .nest("/v1", protected(state).route("/both/{id}", get(h::both)))
        .route_layer(from_fn_with_state(state, layers::require_user));
    let optional = Router::new().route("/optional", get(h::optional)).layer(from_fn(layers::optional_user));
    let app = Router::new()
        .merge(optional)
        .route("/outside", get(h::outside))
        .route("/state", get(h::state))
        .typed_get(h::typed)
        .layer(axum::Extension(UserRegistry::new()))
        .route("/open", get(h::open))
        .route("/login", post(h::login))
        .route("/session", get(h::session))
        .nest("/guests", Router::new().route("/", get(h::guest)).route("/maybe", get(h::maybe)))
        .route("/webhook", post(h::webhook))
        .route("/hand", get(h::by_hand))
        .route("/pushed", post(h::pushed))
        .route("/both", get(h::both))
        .route("/closure", get(|| async { "ok" }))
        .route("/other", get(other_crate::handler))
        .merge(protected)
        .merge(h::Pages::router())
        .layer(layers::cors());
    app.layer(from_fn(layers::audit)).layer(from_fn(layers::trace))
}
"#;

pub(super) fn shop() -> Project {
    let project = Project::with(&[
        ("Cargo.toml", &format!("{MANIFEST}jsonwebtoken = \"11\"\n")),
        ("src/lib.rs", APP),
        ("src/handlers.rs", HANDLERS),
        ("src/layers.rs", LAYERS),
        ("src/tokens.rs", TOKENS),
    ]);
    add(&project, &AXUM);
    project
}

pub(super) fn add(project: &Project, files: &[(&str, &str)]) {
    for (path, text) in files {
        project.write(path, text);
    }
}
