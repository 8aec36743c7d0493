//! Values that a former authentication layer put into the request's extensions, and their twins.

use crate::support::{Project, SERVICE, our_workspace};

#[test]
fn a_value_that_no_layer_inserts_any_more_is_reported_where_it_is_read() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Claims, authenticated, public};
use axum::{Extension, extract::Request, middleware::Next, response::Response};

#[derive(Clone)]
pub struct CurrentUser { pub id: i64 }
pub struct Tenant(pub i64);
pub struct Role;

async fn audit(request: Request, next: Next) -> Response {
    let user = request.extensions().get::<CurrentUser>().map(|user| user.id); //~ lost-extension
    let response = next.run(request).await;
    log(user, response)
}

async fn by_its_type(request: Request, next: Next) -> Response {
    let user: Option<&CurrentUser> = request.extensions().get(); //~ lost-extension
    tracing::info!(user = ?request.extensions().get::<CurrentUser>()); //~ lost-extension
    next.run(request).await
}

#[public(reason = "a page")]
async fn page(Extension(user): Extension<CurrentUser>) -> String { //~ lost-extension
    user.name
}

async fn of_a_middleware(Extension(tenant): Extension<std::sync::Arc<Tenant>>, request: Request, next: Next) -> Response { //~ lost-extension
    next.run(request).await
}

struct Caller(i64);

impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.remove::<Role>().map(|_| Caller(1)).ok_or(StatusCode::UNAUTHORIZED) //~ lost-extension
    }
}

impl<S> Service<Request> for Log<S> {
    fn call(&mut self, request: Request) -> Self::Future {
        let extensions = request.extensions();
        let id = extensions.get::<crate::CurrentUser>(); //~ lost-extension
        self.inner.call(request)
    }
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_value_that_a_layer_still_inserts_is_not_reported() {
    Project::with(&[
        ("Cargo.toml", SERVICE),
        (
            "src/lib.rs",
            r"
mod insert;
use auth_runtime::decision::Decision;
use axum::{Extension, extract::{ConnectInfo, MatchedPath, Request}, middleware::Next, response::Response};
use insert::{Config, Id, Locale, Role, Session, Tenant, Trace, User};

async fn reads(request: Request, next: Next) -> Response {
    request.extensions().get::<Id>();
    request.extensions().get::<Locale>();
    request.extensions().get::<Tenant>();
    request.extensions().get::<Option<User>>();
    request.extensions().get::<Session>();
    request.extensions().get::<Trace>();
    request.extensions().get::<Role>();
    // Other crates insert these.
    request.extensions().get::<MatchedPath>();
    request.extensions().get::<ConnectInfo<std::net::SocketAddr>>();
    let response = next.run(request).await;
    response.extensions().get::<Decision>();
    response
}

async fn config(Extension(config): Extension<std::sync::Arc<Config>>) {}

async fn more(request: Request) {
    request.extensions().get::<insert::OfAMethod>();
    request.extensions().get::<insert::OfAHelper>();
    request.extensions().get::<insert::OfABuilder>();
    request.extensions().get::<std::sync::Arc<insert::Shared>>();
    request.extensions().get::<insert::Added>();
}

fn generic<T: Clone>(request: &Request) -> Option<&T> { request.extensions().get::<T>() }

fn in_a_map(users: std::collections::HashMap<i64, User>) { users.get(&1); }
",
        ),
        (
            "src/insert.rs",
            r#"
pub struct Id(u64); pub struct Locale; pub struct Tenant { id: u64 } pub struct User; pub struct Session;
pub struct Config; pub struct Trace; pub struct Role;

async fn insert(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Id(1));
    request.extensions_mut().insert(Locale);
    let tenant = Tenant { id: 1 };
    request.extensions_mut().insert(tenant.clone());
    request.extensions_mut().insert(Some(User));
    let extensions = request.extensions_mut();
    if let Ok(session) = load().await {
        extensions.insert(session);
    }
    let trace = match jsonwebtoken::decode::<Trace>("", &key(), &v()) {
        Ok(data) => data.claims,
        Err(_) => return next.run(request).await,
    };
    request.extensions_mut().insert(trace);
    let role = Role::of(&tenant)?;
    request.extensions_mut().insert(role);
    next.run(request).await
}

async fn load() -> Result<Session, Error> { todo!() }

impl Role { fn of(_: &Tenant) -> Result<Self, Error> { Ok(Role) } }

pub struct OfAMethod; pub struct OfAHelper; pub struct OfABuilder; pub struct Shared; pub struct Added;

struct Users;
impl Users { async fn load_user(&self, id: i64) -> Result<Option<OfAMethod>, Error> { todo!() } }

fn put<T: Clone + Send + Sync + 'static>(request: &mut Request, value: T) { request.extensions_mut().insert(value); }

async fn shared() -> Result<Shared, Error> { todo!() }

async fn others(users: Users, mut request: Request) {
    let Some(user) = users.load_user(1).await? else { return };
    request.extensions_mut().insert(user);
    put(&mut request, OfAHelper);
    http::Request::builder().extension(OfABuilder);
    let shared = std::sync::Arc::new(shared().await?);
    AuthRouter::new().layer(axum::Extension(shared)).layer(tower_http::add_extension::AddExtensionLayer::new(Added));
}

fn app(config: std::sync::Arc<Config>) -> auth_runtime::AuthRouter {
    auth_runtime::AuthRouter::new().layer(axum::Extension(config))
}
"#,
        ),
    ])
    .is_linted_as_marked();
}

#[test]
fn an_insertion_of_an_unknown_type_counts_for_the_types_that_its_function_names() {
    Project::of(
        r#"
pub struct Theme;
pub struct User;

async fn insert(mut request: axum::extract::Request) {
    request.extensions_mut().insert(Theme::parse("dark").into());
}

async fn reads(request: axum::extract::Request) {
    request.extensions().get::<Theme>();
    request.extensions().get::<User>(); //~ lost-extension
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_layer_that_still_authenticates_may_insert_a_value_of_an_unknown_type() {
    let layer = |header: &str| {
        format!(
            r#"
#[derive(Clone)]
pub struct User;

async fn layer(backend: Backend, mut request: axum::extract::Request) -> Result<(), StatusCode> {{
    let user = backend.look_up(request.headers().get("{header}")).await?;
    request.extensions_mut().insert(user);
    Ok(())
}}

async fn audit(request: axum::extract::Request) {{
    request.extensions().get::<User>();
}}
"#
        )
    };
    let reported = |header| Project::of(&layer(header)).lint(&[]);
    assert_eq!(reported("authorization"), [].into());
    assert_eq!(reported("x-request-id"), ["src/lib.rs:12 lost-extension".to_owned()].into());
}

#[test]
fn an_extractor_that_is_derived_from_the_extensions_is_reported() {
    Project::of(
        r"
use axum::{Extension, extract::FromRequestParts};

#[derive(Clone, FromRequestParts)]
#[from_request(via(Extension))]
pub struct User { id: i64 } //~ lost-extension

#[derive(FromRequestParts)]
struct Parts {
    #[from_request(via(axum::Extension))]
    user: crate::User, //~ lost-extension
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn our_examples_have_none() {
    let ran = Project::with(&[]).run(&[
        "lint",
        "-p",
        "orders",
        "-p",
        "quickstart",
        "--tests",
        "--manifest-path",
        our_workspace().join("Cargo.toml").to_str().unwrap(),
    ]);
    assert!(ran.stdout.contains(" files; ") && !ran.stdout.contains("lost-extension"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_test_that_inserts_a_value_does_not_hide_that_the_service_does_not() {
    Project::of(
        r"
#[derive(Clone)]
pub struct User;

async fn audit(request: axum::extract::Request) { //
    request.extensions().get::<User>(); //~ lost-extension
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads() {
        request.extensions_mut().insert(super::User);
        request.extensions().get::<super::User>();
    }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_layer_in_a_package_without_auth_runtime_is_read_too() {
    let layers = SERVICE.replace("auth-runtime = \"0.1\"\n", "").replace("\"service\"", "\"layers\"");
    Project::with(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"service\", \"layers\"]\n"),
        ("service/Cargo.toml", SERVICE),
        ("service/src/lib.rs", ""),
        ("layers/Cargo.toml", &layers),
        (
            "layers/src/lib.rs",
            "pub struct User;\nfn f(request: http::Request<()>) { request.extensions().get::<User>(); } //~ lost-extension\n",
        ),
    ])
    .is_linted_as_marked();
}

#[test]
fn a_service_that_is_not_on_auth_runtime_is_not_asked() {
    let manifest = SERVICE.replace("auth-runtime = \"0.1\"\n", "");
    let lib = "pub struct User;\nfn f(request: http::Request<()>) { request.extensions().get::<User>(); }\n";
    Project::with(&[("Cargo.toml", &manifest), ("src/lib.rs", lib)]).is_linted_as_marked();
}

#[test]
fn the_message_names_the_type_and_the_remedy() {
    let project =
        Project::of("pub struct User;\nasync fn audit(r: axum::extract::Request) { r.extensions().get::<User>(); }\n");
    let ran = project.run(&["lint"]);
    assert!(ran.stdout.contains("src/lib.rs:2:"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`User` in `audit`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("auth_runtime::decision::Decision"), "{}", ran.stdout);
    assert_eq!(project.run(&["lint", "--deny", "warnings"]).code, 1);
}
