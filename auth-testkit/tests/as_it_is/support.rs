//! Services on sockets, and assertions on a report.

use auth_runtime::{AuthRouter, Claims, Events, Verifier, serve};
use auth_testkit::lock::Lock;
use auth_testkit::{AttackReport, Severity, Target, TestIssuer};
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::future::{Future, IntoFuture};
use test_support::LIMIT;
use tokio::net::TcpListener;

/// The lock of [`plain`].
const LOCK: &str = "GET /orders authenticated as app::Claims\nPOST /orders authenticated as app::Claims\n";

/// A plain router whose routes are behind a check. `Err` is the rejection.
pub(crate) fn plain<F, Fut>(check: F) -> Router
where
    F: Fn(Parts) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Response>> + Send + 'static,
{
    let layer = from_fn(move |request: Request, next: Next| {
        let check = check.clone();
        async move {
            let (parts, body) = request.into_parts();
            match check(parts.clone()).await {
                Ok(()) => next.run(Request::from_parts(parts, body)).await,
                Err(rejection) => rejection,
            }
        }
    });
    Router::new().route("/orders", get(|| async { "[]" }).post(|body: String| async { body })).route_layer(layer)
}

/// Serves a plain router with the routes of [`plain`].
pub(crate) async fn served(app: Router) -> Target {
    served_with(app, LOCK).await
}

pub(crate) async fn served_with(app: Router, lock: &str) -> Target {
    let (listener, address) = bound().await;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Target::over_the_wire(&address, &Lock::parse(lock).unwrap()).unwrap()
}

/// Serves a router with its own lock.
pub(crate) async fn served_guarded(app: AuthRouter) -> Target {
    let lock = Lock::of(&app.posture());
    let (listener, address) = bound().await;
    tokio::spawn(serve(listener, app));
    Target::over_the_wire(&address, &lock).unwrap()
}

async fn bound() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

/// Waits for a report, with a limit.
///
/// An attack is thousands of requests, and several run beside each other on a busy machine.
pub(crate) async fn attacked(attack: auth_testkit::AttackBuilder) -> AttackReport {
    tokio::time::timeout(LIMIT * 5, attack.into_future()).await.expect("the attack ends within the limit")
}

pub(crate) fn verifier(issuer: &TestIssuer) -> Verifier<Claims> {
    issuer.verifier(Events::collect().0).unwrap()
}

/// Checks a request with a change of its token, like a service that omits one check.
///
/// A token that the issuer has not signed is checked as it is.
pub(crate) async fn check_changed(
    issuer: &TestIssuer,
    verifier: &Verifier<Claims>,
    mut parts: Parts,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Result<(), Response> {
    if let Some((mut header, mut claims)) =
        token_of(&parts).and_then(unverified).filter(|(header, claims)| header.is_object() && claims.is_object())
    {
        let sign = |header: &Value, claims: &Value| {
            issuer.token().header_text(header.to_string()).claims_text(claims.to_string()).signed()
        };
        let is_signed = token_of(&parts) == Some(sign(&header, &claims).as_str());
        // Two headers are left to the verifier.
        if is_signed && parts.headers.get_all("authorization").iter().count() == 1 {
            change(&mut header, &mut claims);
            let token = format!("Bearer {}", sign(&header, &claims));
            parts.headers.insert("authorization", token.parse().unwrap());
        }
    }
    verifier.authenticate(&parts).await.map(drop).map_err(IntoResponse::into_response)
}

fn token_of(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn unverified(token: &str) -> Option<(Value, Value)> {
    let segments: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = segments.try_into().ok()?;
    let json = |segment: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok();
    Some((json(header)?, json(claims)?))
}

/// The ids of the findings of a severity.
pub(crate) fn ids(report: &AttackReport, severity: Severity) -> Vec<&str> {
    let found = report.findings.iter().filter(|finding| finding.severity == severity);
    let mut ids: Vec<&str> = found.map(|finding| finding.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How many requests of an attack were sent to all routes.
pub(crate) fn sent(report: &AttackReport, id: &str) -> usize {
    report.routes.iter().filter_map(|route| route.tried.get(id)).map(|counts| counts.sent).sum()
}

pub(crate) fn notes(report: &AttackReport) -> String {
    report.routes.iter().flat_map(|route| route.notes.clone()).collect::<Vec<_>>().join("\n")
}
