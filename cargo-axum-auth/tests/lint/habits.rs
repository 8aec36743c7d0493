//! Callers that become another caller: by a default, a static, a secret or a second id.

use crate::support::Project;

#[test]
fn a_subject_that_is_parsed_with_a_default_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};

#[authenticated]
async fn by_default(auth: Authenticated<Claims>) -> Json<User> {
    load(auth.sub.parse().unwrap_or_default()).await //~ defaulted-subject
}
#[authenticated]
async fn by_zero(auth: Authenticated<Claims>) -> Json<User> {
    let id = auth.subject().parse::<u64>().unwrap_or(0); //~ defaulted-subject
    let sub = &auth.sub;
    let id = Uuid::parse_str(sub).ok().unwrap_or_else(Uuid::nil); //~ defaulted-subject
    let id = u64::from_str(auth.subject()).map_or(0, |id| id + 1); //~ defaulted-subject
    load(id).await
}
#[authenticated]
async fn rejects(auth: Authenticated<Claims>) -> Result<Json<User>, Rejection> {
    let id: u64 = auth.subject_as()?;
    let other: u64 = auth.sub.parse().map_err(|_| Rejection::NotFound)?;
    let third: u64 = auth.sub.parse().unwrap_or_else(|_| panic!("not a number"));
    let page: u64 = query.page.parse().unwrap_or(1);
    let name = auth.subject().split('|').nth(1).unwrap_or("unnamed");
    load(id).await
}
#[authenticated]
async fn in_another_form(auth: Authenticated<Claims>) -> Json<User> {
    let id = match auth.sub.parse::<u64>() {
        Ok(id) => id,
        Err(_) => 0, //~ defaulted-subject
    };
    let id: u64 = match auth.subject_as() {
        Ok(id) => id,
        _ => { log(); GUEST } //~ defaulted-subject
    };
    let id: u64 = auth.subject_as().unwrap_or(1); //~ defaulted-subject
    let id = match auth.subject().parse().ok() { None => 7, Some(id) => id }; //~ defaulted-subject
    let id = if let Ok(id) = Uuid::parse_str(auth.subject()) { id } else { Uuid::nil() }; //~ defaulted-subject
    load(id).await
}
#[authenticated]
async fn rejects_in_another_form(auth: Authenticated<Claims>) -> Result<Json<User>, Rejection> {
    let id: u64 = match auth.subject_as() {
        Ok(id) => id,
        Err(rejection) => return Err(rejection),
    };
    let Ok(other) = auth.sub.parse::<u64>() else { return Err(Rejection::NotFound) };
    let third = if let Ok(id) = auth.sub.parse::<u64>() { id } else { return not_found() };
    let kind = match auth.subject_as::<Uuid>()?.version() { 4 => "random", _ => "named" };
    let page = match query.page.parse() { Ok(page) => page, Err(_) => 1 };
    load(id).await
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_default_of_a_claim_is_reported_on_types_of_callers_only() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Denied, LoadPrincipal, Permission, Verifier};

#[derive(Deserialize)]
struct Staff {
    sub: String,
    #[serde(default)]
    tenant: String, //~ defaulted-claim
    #[serde(rename = "lvl", default = "root")]
    level: u8, //~ defaulted-claim
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    team: Option<String>,
    #[serde(rename = "default_team")]
    other: String,
}
async fn handler(auth: Authenticated<Staff>) {}

#[derive(Deserialize)]
struct Decides {
    #[serde(default)]
    suspended: bool, //~ defaulted-claim
}
impl Permission<Decides> for Active {
    const NAME: &'static str = "active";
    fn check(claims: &Decides) -> Result<(), Denied> { Ok(()) }
}

#[derive(Deserialize)]
#[serde(default)]
struct OfAToken { tenant: String } //~ defaulted-claim
impl LoadPrincipal for Users {
    type TokenClaims = OfAToken;
    type Principal = User;
    async fn load(&self, claims: &OfAToken) -> Result<User, NoPrincipal> { Err(NoPrincipal::NotFound) }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    number: u32,
}
async fn list(auth: Authenticated<Staff>, page: Query<Page>) {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_static_of_a_caller_is_reported() {
    Project::of(
        r"
use auth_runtime::{Authenticated, Claims, Permitted, Verifier};
use std::sync::{LazyLock, Mutex, OnceLock};

static CURRENT: OnceLock<Claims> = OnceLock::new(); //~ stored-caller
static BY_NAME: LazyLock<Mutex<HashMap<String, Session>>> = LazyLock::new(Default::default); //~ stored-caller
static PROOF: Mutex<Option<Authenticated<Session>>> = Mutex::new(None); //~ stored-caller
thread_local! {
    /// The caller of this thread.
    static CALLER: RefCell<Option<Session>> = const { RefCell::new(None) }; //~ stored-caller
    static COUNT: Cell<u64> = const { Cell::new(0) };
    pub static LAST: RefCell<Vec<Claims>> = RefCell::default(); //~ stored-caller
}
lazy_static::lazy_static! {
    static ref SEEN: Mutex<Vec<Permitted<Order, CanSee>>> = Mutex::new(Vec::new()); //~ stored-caller
    static ref NAMES: Vec<String> = Vec::new();
}
static VERIFIER: OnceLock<Verifier<Session>> = OnceLock::new();
static NAME: &str = stringify!(Claims);
tokio::task_local! { static OF_A_TASK: Session; }

struct Session { sub: String }
fn handler(auth: Authenticated<Session>) {
    static INSIDE: Mutex<Vec<Session>> = Mutex::new(Vec::new()); //~ stored-caller
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_secret_in_the_source_is_reported_outside_of_tests() {
    Project::of(
        r#"
use auth_runtime::{VerifyingKey, credentials::SigningKey, keys::Algorithm};
const SECRET: &[u8] = b"node rpc token of our cluster, v1";
static OTHER: &str = "node rpc token of our cluster, v2";
const KID: &str = "2026-11";

fn literal() {
    VerifyingKey::hs256(b"node rpc token of our cluster, v1"); //~ literal-secret
    VerifyingKey::hs512("node rpc token of our cluster, v1".as_bytes()); //~ literal-secret
    VerifyingKey::hs384(SECRET); //~ literal-secret
    VerifyingKey::hs256(OTHER.as_bytes()); //~ literal-secret
    VerifyingKey::hs256(&[0x12, 0x34]); //~ literal-secret
    VerifyingKey::hs256(include_bytes!("secret.bin")); //~ literal-secret
    SigningKey::hs256("2026-11", env!("JWT_SECRET").as_bytes()); //~ literal-secret
    auth_runtime::signatures::SigningSecret::from_bytes("whsec_c2VjcmV0"); //~ literal-secret
    auth_runtime::setup::SetupToken::from_text("9f1c0e7ab34d52880617cbfe94a1d3f2"); //~ literal-secret
    jsonwebtoken::DecodingKey::from_secret("s3cr3t".as_ref()); //~ literal-secret
}

fn configured(config: &Config) {
    VerifyingKey::hs256(config.secret.as_bytes());
    VerifyingKey::hs256(&std::env::var("JWT_SECRET")?.into_bytes());
    VerifyingKey::from_env(Algorithm::HS256, "JWT_SECRET");
    VerifyingKey::from_file(Algorithm::HS256, "/run/secrets/jwt");
    VerifyingKey::rs256_pem(include_bytes!("public.pem"));
    SigningKey::hs256("2026-11", &secret);
    SigningKey::hs256(KID, secret.expose());
}

#[cfg(test)]
mod tests {
    fn verifier() { VerifyingKey::hs256(b"a secret that only tests use, and no service"); }
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_permitted_object_that_is_not_used_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Permitted, authenticated};

#[authenticated]
async fn drops(auth: Authenticated<Claims>, Path(id): Path<i64>) {
    let _ = auth.permit::<CanSee, _>(load(id).await)?; //~ unused-permit
    let _order = auth.permit_found::<CanSee, _>(load(id).await)?; //~ unused-permit
    auth.permit_async::<CanSee, _>(load(id).await).await?; //~ unused-permit
    let order = auth.permit::<CanSee, _>(load(id).await)?; //~ unused-permit
    remove(id).await;
}
#[authenticated]
async fn uses(auth: Authenticated<Claims>, Path(id): Path<i64>) -> Json<Order> {
    let order = auth.permit::<CanSee, _>(load(id).await)?;
    let total = auth.permit::<CanSee, _>(load(id).await)?.total;
    let named = auth.permit::<CanSee, _>(load(id).await)?;
    println!("{named:?}");
    remove(&order, total).await;
    auth.permit_found::<CanSee, _>(load(id).await)?.into_inner()
}
async fn data(pool: &Pool, order: &Permitted<Order, CanSee>, id: i64) { //~ unused-permit
    pool.delete(id).await
}
async fn data_of_the_object(pool: &Pool, order: &Permitted<Order, CanSee>) {
    pool.delete(order.id).await
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn inc_78_an_id_that_the_client_sends_beside_a_permitted_object_is_reported() {
    Project::of(
        r"
use auth_runtime::{Authenticated, authenticated};
use axum::{Json, extract::{Path, Query}};

struct Change { id: i64, total: i64 }
struct Sale { account_id: i64, product_id: i64 }

#[authenticated]
async fn by_body(auth: Authenticated<Claims>, Path(id): Path<i64>, Json(change): Json<Change>) { //~ second-id
    let order = auth.permit::<CanChange, _>(load(id).await)?;
    update(&order, change.id, change.total).await
}
#[authenticated]
async fn by_another_name(auth: Authenticated<Claims>, Path(number): Path<i64>, Json(change): Json<Change>) { //~ second-id
    let order = auth.permit::<CanChange, _>(load(number).await)?;
    update(&order, change.id, change.total).await
}
#[authenticated]
async fn by_object(auth: Authenticated<Claims>, Path(number): Path<i64>, Query(sale): Query<Sale>) { //~ second-id
    let account = auth.permit::<CanSell, _>(load(number).await)?;
    sell(&account, sale.account_id, sale.product_id).await
}
#[authenticated]
async fn another_object(auth: Authenticated<Claims>, Path(id): Path<i64>, Json(sale): Json<Sale>) {
    let order = auth.permit::<CanChange, _>(load(id).await)?;
    add(&order, sale.product_id).await
}
#[authenticated]
async fn not_read(auth: Authenticated<Claims>, Path(id): Path<i64>, Json(change): Json<Change>) {
    let order = auth.permit::<CanChange, _>(load(id).await)?;
    update(&order, change.total).await
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_public_route_whose_query_names_a_user_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Claims, Public, Visitor, authenticated, public};
use axum::extract::Query;

struct Whom { user_id: i64, page: u32 }
struct Page { number: u32 }

#[public(reason = "profiles")]
async fn by_field(Query(whom): Query<Whom>) {} //~ public-subject
#[public(reason = "profiles", optional = Claims)]
async fn of_a_visitor(visitor: Visitor<Claims>, Query(whom): Query<Whom>) {} //~ public-subject
async fn without_an_attribute(_: Public<Profiles>, Query(user): Query<String>) {} //~ public-subject
#[public(reason = "profiles")]
async fn by_name(Query(all): Query<HashMap<String, String>>) { //~ public-subject
    load(all.get("user_id"))
}
#[public(reason = "a catalogue")]
async fn catalogue(Query(page): Query<Page>) { log("the page") }
#[authenticated]
async fn known(auth: Authenticated<Claims>, Query(whom): Query<Whom>) {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_decision_behind_a_build_flag_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, authenticated, public};

#[cfg_attr(debug_assertions, public(reason = "local work"))] //~ conditional-decision
async fn debug() {}

#[cfg_attr(not(feature = "open"), auth_runtime::authenticated)] //~ conditional-decision
async fn closed() {}

#[cfg_attr(unix, cfg_attr(feature = "open", public(reason = "a demonstration")))] //~ conditional-decision
async fn nested() {}

macro_rules! handler {
    () => {
        #[cfg_attr(debug_assertions, public(reason = "local work"))] //~ conditional-decision
        async fn in_a_macro() {}
    };
}

#[cfg_attr(feature = "docs", doc = "public")]
#[authenticated]
async fn documented(auth: Authenticated) {}
"#,
    )
    .is_linted_as_marked();
}
