//! Serves a page for browsers: the caller's orders, with the token in a cookie.
//!
//! The cookie holds the token itself, and the gate verifies it on each request. The name begins
//! with `__Host-`, so browsers accept it over HTTPS only, and Chromium also from `localhost` and
//! `127.0.0.1`.

use crate::App;
use crate::extract::Json;
use crate::handlers;
use crate::problem::Problem;
use crate::revoked::Revoked;
use auth_runtime::credentials::{Carrier, SessionCookie, SetCookie};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, authenticated, public};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse};
use serde::Deserialize;

const COOKIE: &str = "__Host-orders";

/// Browsers ignore a cookie whose name and value are longer (RFC 6265bis section 5.7).
const MAX_COOKIE: usize = 4096;

/// Allows the scripts and styles of this origin alone. No script can make an element from text, so
/// the name of an item cannot become one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Returns where the verifier finds tokens: in `Authorization`, or in the cookie of the page.
///
/// The cookie names no origin. A browser that accepts it sends `Sec-Fetch-Site` too, and the
/// service does not know its own name behind a proxy.
pub fn browser_carriers() -> [Carrier; 2] {
    [Carrier::bearer(), Carrier::cookie(COOKIE).login_page("/browser/login")]
}

pub(crate) fn routes() -> AuthRouter<App> {
    AuthRouter::new()
        .route("/browser", get(page))
        .route("/browser/page.js", get(page_script))
        .route("/browser/login", get(login_page).post(log_in))
        .route("/browser/login.js", get(login_script))
        .route("/browser/logout", post(log_out))
        .route("/browser/style.css", get(style))
}

/// Serves the page, which gets its orders from the API. A browser without a good cookie is
/// redirected to the login page.
#[authenticated]
pub(crate) async fn page(_auth: Authenticated<Claims>) -> impl IntoResponse {
    html(include_str!("browser/page.html"))
}

#[public(reason = "login page: its visitors have no token yet")]
pub(crate) async fn login_page() -> impl IntoResponse {
    html(include_str!("browser/login.html"))
}

/// Not `Debug`, because it holds a token.
#[derive(Deserialize)]
#[serde(expecting = "an object with `token`")]
pub(crate) struct Login {
    token: String,
}

/// Sets the cookie. It does not verify the token: the gate does, on each request with the cookie.
///
/// A page of another site cannot send JSON without asking first (a CORS preflight), so it cannot
/// log its visitor in as another caller.
#[public(reason = "login: the token is verified on each request that has the cookie")]
pub(crate) async fn log_in(Json(login): Json<Login>) -> Result<(SetCookie, StatusCode), Problem> {
    if COOKIE.len() + login.token.len() > MAX_COOKIE {
        return Err(Problem::NOT_A_COOKIE);
    }
    let set = cookie().set(&login.token).map_err(|_| Problem::NOT_A_COOKIE)?;
    Ok((set, StatusCode::NO_CONTENT))
}

/// Revokes the token, and removes the cookie whether or not that worked.
#[authenticated]
pub(crate) async fn log_out(auth: Authenticated<Claims>, State(revoked): State<Revoked>) -> impl IntoResponse {
    (cookie().clear(), handlers::revoke(&auth, &revoked).await)
}

#[public(reason = "script of the page: it holds no data")]
pub(crate) async fn page_script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("browser/page.js"))
}

#[public(reason = "script of the login page: it holds no data")]
pub(crate) async fn login_script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("browser/login.js"))
}

#[public(reason = "style of the pages: it holds no data")]
pub(crate) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("browser/style.css"))
}

/// Ends with the browser, because the page does not know when the token expires.
fn cookie() -> SessionCookie {
    SessionCookie::new(COOKIE).expect("a name that begins with `__Host-`")
}

fn html(page: &'static str) -> impl IntoResponse {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    (headers, Html(page))
}

fn file(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    // The version of the running service, because a page and its script belong together.
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")], text)
}
