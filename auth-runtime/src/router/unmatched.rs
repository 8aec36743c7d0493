//! Answers requests that match no route.

use super::gate::{Handler, HandlerFn, Mounted};
use super::method_routes::{described, route_posture};
use super::posture::{Policy, RoutePosture};
use crate::proof::Authenticated;
use crate::verifier::Verifier;
use axum::extract::FromRef;
use http::StatusCode;
use std::future::{Ready, ready};

/// Answers authenticated callers with 404.
// P5: an ordinary handler, so that hiding unmatched routes adds no second way to decide.
pub(super) fn not_found<C, S>() -> impl axum::handler::Handler<(), S>
where
    C: Send + Sync + 'static,
    Verifier<C>: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    mounted::<_, _, _, S>(answer_not_found::<C>)
}

/// Answers authenticated callers with 405.
pub(super) fn method_not_allowed<C, S>() -> impl axum::handler::Handler<(), S>
where
    C: Send + Sync + 'static,
    Verifier<C>: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    mounted::<_, _, _, S>(answer_method_not_allowed::<C>)
}

/// Returns the posture of a router that hides unmatched routes.
#[track_caller]
pub(super) fn postures<C, S>() -> [RoutePosture; 2]
where
    C: Send + Sync + 'static,
    Verifier<C>: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    [
        posture_of::<_, _, _, S>(answer_not_found::<C>, "FALLBACK"),
        posture_of::<_, _, _, S>(answer_method_not_allowed::<C>, "FALLBACK(405)"),
    ]
}

/// Returns the posture of a router without fallbacks: axum's answers, unless a layer around them
/// answers instead.
pub(super) fn defaults(routes: &[RoutePosture], layers: &[&'static str]) -> Vec<RoutePosture> {
    ["FALLBACK", "FALLBACK(405)"]
        .into_iter()
        .filter(|method| !routes.iter().any(|route| route.method == *method && route.path == "/*"))
        .map(|method| unmatched(method, layers.to_vec()).at("/*"))
        .collect()
}

#[track_caller]
fn unmatched(method: &'static str, layers: Vec<&'static str>) -> RoutePosture {
    RoutePosture { layers, ..described(method, Policy::Unmatched, "-") }
}

fn answer_not_found<C>(_: Authenticated<C>) -> Ready<StatusCode> {
    ready(StatusCode::NOT_FOUND)
}

fn answer_method_not_allowed<C>(_: Authenticated<C>) -> Ready<StatusCode> {
    ready(StatusCode::METHOD_NOT_ALLOWED)
}

fn mounted<F, Args: 'static, M: 'static, S>(handler: F) -> Mounted<S>
where
    F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
{
    Mounted::new::<F, Args, M>(handler)
}

#[track_caller]
fn posture_of<F, Args, M, S>(_: F, method: &'static str) -> RoutePosture
where
    F: Handler<Args, M, S>,
{
    route_posture::<F, Args, M, S>(method).at("/*")
}
