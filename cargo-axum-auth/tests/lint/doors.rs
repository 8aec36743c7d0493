//! Each side door, and beside it the way that leads through the gate.

use crate::support::{Project, SERVICE};

#[test]
fn a_plain_router_is_reported_and_an_auth_router_is_not() {
    Project::of(
        r#"
use axum::handler::HandlerWithoutStateExt; // an import is harmless until it is used
fn door() -> axum::Router<App> { //~ plain-router
    axum::Router::new() //~ plain-router
        .route("/", auth_runtime::routing::get(list))
}
fn alone() { let _ = axum::handler::HandlerWithoutStateExt::into_make_service(list); } //~ plain-router
fn gate() -> auth_runtime::AuthRouter<App> {
    auth_runtime::AuthRouter::new().route("/", auth_runtime::routing::get(list))
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn serving_past_the_runtime_is_reported() {
    Project::of(
        r"
async fn door(listener: TcpListener, app: App) {
    axum::serve(listener, app).await; //~ plain-serve
    axum_server::bind(address).serve(app).await;
    hyper_util::server::conn::auto::Builder::new(executor); // not among the dependencies, but named
    hyper::server::conn::http1::Builder::new();
}
fn traits_are_no_servers(_: impl axum::serve::Listener) {}
async fn gate(listener: TcpListener, app: App) {
    auth_runtime::serve(listener, app).await;
}
"
        .replace(".serve(app).await;", ".serve(app).await; //~ plain-serve")
        .replace("// not among the dependencies, but named", "//~ plain-serve")
        .replace("http1::Builder::new();", "http1::Builder::new(); //~ plain-serve")
        .as_str(),
    )
    .is_linted_as_marked();
}

/// zhin: a second server took the upgrades in front of the router, which guards its routes.
#[test]
fn inc_21_upgrades_that_are_taken_in_front_of_the_router_are_reported() {
    Project::of(
        r"
async fn sockets(stream: TcpStream, service: Sockets) {
    hyper::server::conn::http1::Builder::new() //~ plain-serve
        .serve_connection(stream, service)
        .with_upgrades()
        .await;
}
async fn gate(listener: TcpListener, app: auth_runtime::AuthRouter) {
    auth_runtime::serve(listener, app).await;
}
",
    )
    .is_linted_as_marked();
}

/// vertex, siphon-ai: the listener for metrics also served profiling and admin routes.
#[test]
fn inc_27_a_second_listener_with_its_own_router_is_reported() {
    Project::of(
        r#"
async fn operations(listener: TcpListener) {
    let app = axum::Router::new().route("/debug/pprof", axum::routing::get(profile)); //~ plain-router, plain-axum-routing
    axum::serve(listener, app).await; //~ plain-serve
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn services_mounted_without_a_decision_are_reported() {
    Project::of(
        r#"
fn door(app: Web) -> Web {
    app.route_service("/files", files()) //~ route-service
        .nest_service("/more", files()) //~ nest-service
        .fallback_service(files()) //~ fallback-service
}
fn by_function(app: Web) -> Web {
    Web::route_service(app, "/files", files()) //~ route-service
}
fn gate(app: auth_runtime::AuthRouter<App>) -> auth_runtime::AuthRouter<App> {
    app.public_service("/files", files(), "a logo").authenticated_service("/more", |_: Authenticated<Claims>| files()).nest("/n", n())
}
fn route_service() {}
fn of_ones_own() { route_service(); }
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn axums_own_routing_functions_are_reported_and_ours_are_not() {
    Project::of(
        r"
use axum::routing::{MethodFilter, get};
fn door() {
    let _ = get(list); //~ plain-axum-routing
    let _ = axum::routing::post_service(files()); //~ plain-axum-routing
    let _: axum::routing::MethodRouter = get(list); //~ plain-axum-routing
}
mod ours {
    use auth_runtime::routing::get;
    fn gate() {
        let _ = get(list);
        let _ = auth_runtime::routing::on(axum::routing::MethodFilter::GET, list);
    }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn tokens_that_are_not_verified_are_reported() {
    Project::of(
        r"
use jsonwebtoken::dangerous;
use jsonwebtoken::dangerous::insecure_decode as look_inside;

fn door(token: &str) {
    let _ = dangerous::insecure_decode::<Claims>(token); //~ jsonwebtoken-dangerous
    let _ = look_inside::<Claims>(token); //~ jsonwebtoken-dangerous
    let mut validation = Validation::default();
    validation.insecure_disable_signature_validation(); //~ jsonwebtoken-dangerous
    let _ = jsonwebtoken::dangerous_insecure_decode::<Claims>(token); //~ jsonwebtoken-dangerous
}

fn checked(token: &str) {
    let _ = jsonwebtoken::decode::<Claims>(token, key, validation);
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_token_taken_apart_by_hand_is_reported() {
    Project::of(
        r#"
fn payload(token: &str) -> Vec<u8> { //~ hand-decoded-token
    let middle = token.split('.').nth(1).unwrap();
    URL_SAFE_NO_PAD.decode(middle).unwrap()
}

fn of_a_header(value: &str) -> Vec<u8> { //~ hand-decoded-token
    base64::decode(value.strip_prefix("Bearer ").unwrap())
}

fn counted(token: &str) -> Option<Vec<u8>> { //~ hand-decoded-token
    token.splitn(3, '.').map(|part| base64_url::decode(part)).last()
}

fn a_picture(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn a_version(text: &str) -> Vec<&str> {
    text.split('.').collect()
}

fn a_file(text: &str) -> Image {
    image::decode(text.split('.').last())
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn unsafe_beside_proofs_is_reported_and_elsewhere_it_is_not() {
    let code = r#"
fn f() { unsafe { std::mem::zeroed() } } //~ unsafe-code
unsafe fn g() {} //~ unsafe-code
unsafe trait T {} //~ unsafe-code
unsafe impl T for () {} //~ unsafe-code
#[unsafe(no_mangle)] //~ unsafe-code
fn h() {}
unsafe extern "C" {} //~ unsafe-code
macro_rules! m { () => { unsafe { f() } }; } //~ unsafe-code
trait U { unsafe fn u(); } //~ unsafe-code
impl U for () { unsafe fn u() {} } //~ unsafe-code
#[allow(unsafe_code)] //~ unsafe-not-denied
fn safe() { let text = "unsafe { }"; }
"#;
    Project::of(code).is_linted_as_marked();

    let without_proofs = "[package]\nname = \"ffi\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let elsewhere = Project::with(&[("Cargo.toml", without_proofs), ("src/lib.rs", code)]);
    assert_eq!(elsewhere.lint(&[]), [].into());
}

/// A service that moves over module by module: every handler below the path has a decision.
#[test]
fn a_module_behind_the_gate_in_a_plain_router_is_no_side_door() {
    Project::of(
        r#"
use auth_runtime::AuthRouter;
mod orders {
    pub fn app(state: App) -> auth_runtime::AuthRouter { auth_runtime::AuthRouter::new().with_state(state) }
    pub fn plain(state: App) -> Web { Web::new(state) }
    pub fn twice(state: App) -> auth_runtime::AuthRouter { auth_runtime::AuthRouter::new().with_state(state) }
}
mod other { pub fn twice(state: App) -> Web { Web::new(state) } }
fn moved(web: Web, state: App, given: AuthRouter) -> Web {
    let bound = AuthRouter::new().with_state(state.clone());
    let named: AuthRouter = make();
    web.nest_service("/orders", orders::app(state.clone()))
        .nest_service("/a", AuthRouter::new().with_state(state.clone()))
        .nest_service("/b", bound)
        .nest_service("/c", named)
        .nest_service("/d", given)
        .nest_service("/e", orders::plain(state.clone())) //~ nest-service
        .nest_service("/f", orders::twice(state)) //~ nest-service
        .nest_service("/g", somewhere::app()) //~ nest-service
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn router_of_utoipa_leads_to_the_one_behind_the_gate() {
    let manifest = SERVICE.replace("axum = ", "utoipa-axum = \"0.2\"\naxum = ");
    let code = "fn app() { utoipa_axum::router::OpenApiRouter::new(); }\n";
    let project = Project::with(&[("Cargo.toml", &manifest), ("src/lib.rs", code)]);
    let instead = "`auth_runtime::openapi::OpenApiRouter` (feature `utoipa`)";
    let text = project.run(&["lint", "--quiet"]).stdout;
    assert!(text.contains(&format!("utoipa_axum::router::OpenApiRouter::new; instead: {instead}\n")), "{text}");
    let json: serde_json::Value = serde_json::from_str(&project.run(&["lint", "--format", "json"]).stdout).unwrap();
    assert_eq!(
        (&json["findings"][0]["rule"], &json["findings"][0]["instead"]),
        (&"plain-router".into(), &instead.into())
    );
    let sarif = project.run(&["lint", "--format", "sarif"]).stdout;
    assert!(sarif.contains(&format!("instead: {instead}.")), "{sarif}");
}
