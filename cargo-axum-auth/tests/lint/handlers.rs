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
use auth_runtime::{AuthRouter, Authenticated, Claims, Public, Verifier, authenticated, public};
use auth_runtime::credentials::VerifierBuilder;
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
fn inc_82_an_id_that_no_rule_asks_about_is_reported() {
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
async fn product(Path(id): Path<i64>) -> Json<Product> {
    load(id).await
}

fn no_handler(_auth: Other, id: Path<i64>) {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_caller_that_an_extractor_of_the_service_passes_on_is_looked_at() {
    Project::with(&[
        ("Cargo.toml", crate::support::SERVICE),
        (
            "src/caller.rs",
            r"
use auth_runtime::{Authenticated, Claims};

pub struct CurrentUser { pub id: String }

impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let auth = Authenticated::<Claims>::from_request_parts(parts, state).await?;
        Ok(Self { id: auth.sub.clone() })
    }
}

pub struct Tenant(String);

impl<S: Send + Sync> FromRequestParts<S> for Tenant {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Self(CurrentUser::from_request_parts(parts, state).await?.id))
    }
}

#[derive(FromRequestParts)]
pub struct Both { user: CurrentUser, path: Path<i64> }

pub struct Language(String);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> { todo!() }
}
",
        ),
        (
            "src/lib.rs",
            r"
mod caller;
use auth_runtime::{Authenticated, authenticated};
use axum::{Extension, Json, extract::{Path, State}};
use caller::{Both, CurrentUser, Language, Tenant as Shop};

#[authenticated]
async fn show(user: CurrentUser, Path(id): Path<i64>) -> Json<Order> {
    load(id, &user.id).await
}

#[authenticated]
async fn taken_apart(CurrentUser { id: owner }: CurrentUser, Path(id): Path<i64>) -> Json<Order> {
    load(id, &owner).await
}

#[authenticated]
async fn through_another(_auth: Authenticated<Claims>, shop: Shop, Path(id): Path<i64>) -> Json<Order> {
    load(id, shop).await
}

#[authenticated]
async fn derived(both: Both, Path(id): Path<i64>) -> Json<Order> {
    load(id, both.user).await
}

#[authenticated]
async fn of_a_layer(Extension(user): Extension<SignedIn::User>, Path(id): Path<i64>) -> Json<Order> {
    load(id, user).await
}

#[authenticated]
async fn unused(_user: CurrentUser, Path(id): Path<i64>) -> Json<Order> { //~ id-without-permit
    load(id).await
}

#[authenticated]
async fn of_the_client(language: Language, State(pool): State<Pool>, Path(id): Path<i64>) -> Json<Order> { //~ id-without-permit
    load(pool, id, language).await
}

#[authenticated]
async fn of_a_body(Path(id): Path<i64>, Json(user): Json<User>) -> Json<Order> { //~ id-without-permit
    load(id, user).await
}

#[authenticated]
async fn of_another_layer(Extension(pool): Extension<Pool>, Path(id): Path<i64>) -> Json<Order> { //~ id-without-permit
    load(id, pool).await
}
",
        ),
    ])
    .is_linted_as_marked();
}

#[test]
fn a_signature_is_verified_by_the_gate_and_not_by_a_public_handler() {
    Project::of(
        r#"
use auth_runtime::{Public, Signed, authenticated, public, signed};
use hmac::{Hmac, Mac};

type HmacSha256 = Hmac<sha2::Sha256>;

#[public(reason = "the payment provider signs its requests")]
async fn paid(headers: HeaderMap, body: Bytes) { //~ hand-verified-signature
    HmacSha256::new_from_slice(b"secret").unwrap().verify_slice(&body).is_ok();
}

#[public(reason = "the repository signs its requests")]
async fn pushed(headers: HeaderMap, body: Bytes) { //~ hand-verified-signature
    check(&headers, &body);
}

fn check(headers: &HeaderMap, body: &[u8]) -> bool {
    ring::hmac::verify(&key(), body, tag(headers)).is_ok()
}

async fn without_an_attribute(_: Public<Reason>, body: Bytes) { //~ hand-verified-signature
    mac().update(&body).verify_slice(b"..");
}

#[public(reason = "login")]
async fn login(form: Form<Login>) {
    bcrypt::verify(&form.password, &hash())
}

#[signed(GitHub)]
async fn hook(event: Signed<GitHub>) {
    Hmac::new_from_slice(event.bytes());
}

#[authenticated]
async fn signs() {
    Hmac::new_from_slice(b"key");
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_webhook_is_signed_and_not_public() {
    Project::of(
        r#"
use auth_runtime::{AuthRouter, Signed, authenticated, public, signed};

#[public(reason = "GitHub calls it")]
async fn github_webhook(body: Bytes) {} //~ public-webhook

#[public(reason = "the bank calls it")]
async fn payments(body: Bytes) {}

#[public(reason = "shoes for all")]
async fn hooked_shoes() {}

#[signed(GitHub)]
async fn webhook() {}

#[authenticated]
async fn list_hooks() {}

// auth-lint: allow(public-webhook) the sender cannot sign, and the network admits it alone
#[public(reason = "the printer calls it")]
async fn printer_hook() {}

fn app() -> AuthRouter {
    AuthRouter::new()
        .route("/webhooks/bank", post(payments)) //~ public-webhook
        .route("/webhooks/github", post(webhook))
        .route("/shoes", get(hooked_shoes))
        .route("/hooks", get(list_hooks))
}
"#,
    )
    .is_linted_as_marked();
}
