//! Smells in handlers and extractors, and their twins.

use crate::support::Project;

#[test]
fn a_job_is_made_where_the_router_is_put_together_and_not_in_a_handler() {
    Project::of(
        r#"
use auth_runtime::{AuthRouter, Authenticated, Public, authenticated, public};

#[authenticated]
async fn purge() {
    let (_, job) = AuthRouter::<()>::new().job::<Nightly>(); //~ job-in-handler, router-in-handler
}

#[auth_runtime::public(reason = "cron")]
async fn cron() {
    let _ = async { AuthRouter::<()>::new().job::<Nightly>() }; //~ job-in-handler, router-in-handler
}

async fn without_an_attribute(_: Authenticated<Claims>) {
    let (_, _): (_, Job<Nightly>) = AuthRouter::<()>::new().job(); //~ job-in-handler, router-in-handler
}

fn app() -> AuthRouter {
    let (app, nightly) = AuthRouter::new().job::<Nightly>();
    app
}

#[authenticated]
async fn of_a_queue(queue: Queue) {
    queue.job("by its number");
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_router_and_a_verifier_are_made_where_the_program_starts_and_not_in_a_handler() {
    Project::of(
        r#"
use auth_runtime::{AuthRouter, Authenticated, Claims, Public, Verifier, VerifierBuilder, authenticated, public};
use auth_runtime as runtime;

#[public(reason = "login")]
async fn login() {
    let app = AuthRouter::new().route("/", post(with_a_capability)); //~ router-in-handler
    app.call(made_up()).await
}

#[authenticated]
async fn by_default() {
    tokio::spawn(async { <runtime::AuthRouter>::default() }); //~ router-in-handler
    let other: AuthRouter = runtime::AuthRouter::<()>::default(); //~ router-in-handler
}

async fn without_an_attribute(_: Public<Reason>) {
    let own = Verifier::<Claims>::builder().issuer("me").build(); //~ verifier-in-handler
}

#[authenticated]
async fn in_a_macro() {
    tokio::select! { own = async { auth_runtime::Verifier::builder() } => {} } //~ verifier-in-handler
}

#[public]
async fn takes_one(State(app): State<AuthRouter>) { //~ router-in-handler
    app.oneshot(made_up()).await
}

async fn main() {
    let verifier = Verifier::<Claims>::builder().issuer("https://id.example.com/").build();
    serve(listener, AuthRouter::new().with_state(verifier)).await
}

#[authenticated]
async fn asks_the_verifier_of_the_state(State(verifier): State<Verifier<Claims>>, other: Router) {
    verifier.verify(&token).await;
    other.default();
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn an_id_that_no_rule_asks_about_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, authenticated, public};
use axum::extract::Path;

#[authenticated]
async fn unused(_auth: Authenticated<Claims>, Path(id): Path<i64>) -> Json<Order> { //~ id-without-permit
    load(id).await
}

#[authenticated]
async fn not_written(Path(order_id): Path<String>) -> Json<Order> { //~ id-without-permit
    load(order_id).await
}

#[authenticated]
async fn only_opens(auth: Authenticated<Claims>, State(pool): Pool, Path(which): Path<OrderId>) -> Json<Order> { //~ id-without-permit
    pool.open(&auth).order(which).await
}

#[authenticated]
async fn permits(auth: Authenticated<Claims>, State(pool): Pool, Path(id): Path<i64>) -> Json<Order> {
    auth.permit_found::<CanSee, _>(pool.open(&auth).order(id).await?)?
}

#[authenticated]
async fn asks_who(auth: Authenticated<Claims>, State(pool): Pool, Path(id): Path<i64>) -> Json<Order> {
    pool.open(&auth).order_of(id, &auth.sub).await
}

#[authenticated]
async fn hands_it_on(auth: Authenticated<Claims>, Path(id): Path<i64>) -> Json<Order> {
    orders::show(&auth, id).await
}

#[authenticated]
async fn no_object(auth: Authenticated<Claims>, Path(language): Path<String>) -> Json<Page> {
    page(language)
}

#[public(reason = "a catalogue")]
async fn anybody(Path(id): Path<i64>) -> Json<Product> {
    load(id).await
}

fn no_handler(_auth: Other, id: Path<i64>) {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_proof_that_may_be_missing_is_reported_where_it_is_taken() {
    Project::of(
        r#"
#[auth_runtime::public(reason = "shows more to those who are known")]
async fn page(auth: Result<auth_runtime::Authenticated<Claims>, Rejection>) {} //~ soft-authentication
async fn plain(auth: Option<Authenticated<Claims>>) {} //~ soft-authentication

#[derive(FromRequestParts)]
struct Visitor { //~ soft-authentication
    auth: Result<Authenticated<Claims>, Rejection>,
}

#[derive(Clone, axum::extract::FromRequestParts)]
struct Member {
    auth: Authenticated<Claims>,
    language: Option<Language>,
}

// A function that verifies has to answer something, and a field is no extractor.
async fn verify(token: &str) -> Result<Authenticated<Claims>, Rejection> { verifier.verify(token).await }
struct Session { auth: Option<Authenticated<Claims>> }
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn an_extractor_that_goes_on_without_authentication_is_reported() {
    Project::of(
        r"
impl<S: Send + Sync> FromRequestParts<S> for Maybe { //~ soft-authentication
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Maybe(Authenticated::<Claims>::from_request_parts(parts, state).await.ok()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest { //~ soft-authentication
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match state.verifier.authenticate(parts).await {
            Ok(auth) => Ok(Guest::Known(auth)),
            Err(_) => Ok(Guest::Unknown),
        }
    }
}

impl<S> axum::extract::FromRequest<S> for Never { //~ soft-authentication
    type Rejection = Infallible;
    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let verifier = Verifier::from_ref(state);
        Ok(Never)
    }
}

impl<S> OptionalFromRequestParts<S> for Perhaps { //~ soft-authentication
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        if let Ok(auth) = Authenticated::<Claims>::from_request_parts(parts, state).await { return Ok(Some(Perhaps)); }
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Hard {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let auth = Authenticated::<Claims>::from_request_parts(parts, state).await?;
        match lookup(&auth).await {
            Ok(user) => Ok(Hard(auth, user)),
            Err(_) => Err(Rejection::unavailable()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Language(parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())))
    }
}
",
    )
    .is_linted_as_marked();
}
