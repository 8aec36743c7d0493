//! Guests and known callers on one route, and a permission in a branch, without a warning.
#![deny(warnings)]

use auth_runtime::opt_out::NoReason;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Rejection, Vault, Visitor, authenticated, public, scope};
use axum::extract::{Path, State};
use ui_tests::App;

scope!(Admin = "admin");

/// The parameter is inserted.
#[public(reason = "articles are for everyone", optional = Claims)]
async fn inserted(Path(id): Path<u64>, body: String) -> String {
    format!("{id} {body}")
}

#[public(reason = "articles are for everyone", expires = "2999-12-31", optional = Claims)]
async fn written(visitor: Visitor<Claims>) -> String {
    visitor.caller().map_or_else(String::new, |caller| caller.sub.clone())
}

#[public(optional = auth_runtime::Claims)]
async fn by_path(mut visitor: auth_runtime::Visitor<auth_runtime::Claims>) {
    let _ = &mut visitor;
}

#[public(optional = Claims)]
async fn with_its_reason(_: Visitor<Claims, NoReason>) {}

#[public(reason = "articles are for everyone", optional = C)]
async fn generic<C: Send + Sync + 'static>(visitor: Visitor<C>) -> &'static str {
    if visitor.caller().is_some() { "known" } else { "a guest" }
}

#[public(reason = "articles are for everyone", optional = Claims)]
#[axum::debug_handler(state = App)]
async fn debugged(_visitor: Visitor<Claims>) {}

/// A known caller opens what a guest does not, and may be asked for more.
#[public(reason = "articles are for everyone", optional = Claims)]
async fn opens(visitor: Visitor<Claims>, State(limit): State<u32>) -> Result<String, Rejection> {
    let vault: Vault<u32, Claims> = Vault::new(limit);
    let Some(caller) = visitor.caller() else { return Ok(String::new()) };
    let admin = caller.check::<Admin>()?;
    Ok(format!("{} {}", vault.open(&admin), for_admins(&admin)))
}

fn for_admins(admin: &Authenticated<Claims, Admin>) -> &str {
    &admin.sub
}

#[authenticated]
async fn profile(auth: Authenticated<Claims>, Path(id): Path<String>) -> Result<String, Rejection> {
    if auth.sub != id {
        auth.check::<Admin>()?;
    }
    Ok(auth.sub.clone())
}

macro_rules! made_by_a_macro {
    ($name:ident, $claims:ty) => {
        #[public(reason = "articles are for everyone", optional = $claims)]
        async fn $name(_visitor: Visitor<$claims>) {}
    };
}
made_by_a_macro!(by_a_macro, Claims);

pub(crate) fn main() {
    let app: AuthRouter<App> = AuthRouter::new()
        .route("/inserted/{id}", post(inserted))
        .route("/written", get(written))
        .route("/by_path", get(by_path))
        .route("/with_its_reason", get(with_its_reason))
        .route("/generic", get(generic::<Claims>))
        .route("/debugged", get(debugged))
        .route("/opens", get(opens))
        .route("/by_a_macro", get(by_a_macro))
        .route("/closure", get(async |visitor: Visitor<Claims>| visitor.caller().is_some().to_string()))
        .route("/profile/{id}", get(profile));
    let posture = app.posture().to_string();
    assert_eq!(posture.matches("PUBLIC, recognises Claims: articles are for everyone").count(), 6, "{posture}");
    assert_eq!(posture.matches("PUBLIC, recognises Claims: no reason given").count(), 3, "{posture}");
    assert!(posture.contains("(until 2999-12-31)"), "{posture}");
}
