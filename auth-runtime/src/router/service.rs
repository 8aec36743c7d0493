//! Mounts tower services: static files, a metrics exporter, another framework. They have no
//! parameter for a proof, so a function of the service receives it and returns the service.

use super::AuthRouter;
use super::answer;
use super::gate::{Proof, Untouched, decide};
use super::method_routes::described;
use super::posture::{Policy, RoutePosture};
use super::readable_path;
use crate::access::Proven;
use crate::base::OfRequest;
use crate::opt_out::NoReason;
use crate::permission::Permission;
use crate::proof::{Authenticated, Probe, Public, REST_PARAMETER};
use crate::verifier::Verifier;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::request::Parts;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use tower_service::Service;

/// A function from a proof `Q` to a service, with its posture.
pub(super) struct GuardedService<F, Q> {
    make: F,
    posture: RoutePosture,
    /// Whether the path is the prefix itself, which axum's `nest` does not strip.
    at_prefix: bool,
    proof: PhantomData<fn() -> Q>,
}

#[track_caller]
pub(super) fn public<T>(
    service: T,
    reason: &'static str,
) -> GuardedService<impl Fn(Public<NoReason>) -> T + Clone, Public<NoReason>>
where
    T: Clone + Send + Sync + 'static,
{
    let policy = Policy::Public { reason: Some(reason.into()), expires: None, opens: Vec::new() };
    guarded(move |_| service.clone(), policy)
}

#[track_caller]
pub(super) fn authenticated<C, P, S, T, F>(make: F) -> GuardedService<F, Authenticated<C, P>>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    Verifier<C>: FromRef<S>,
    S: Send + Sync + 'static,
    F: Fn(Authenticated<C, P>) -> T,
{
    let mut guarded = guarded(make, <Authenticated<C, P> as Proof<S>>::policy());
    guarded.posture.asked = <Authenticated<C, P> as Proof<S>>::asked();
    guarded
}

#[track_caller]
fn guarded<T, Q, F: Fn(Q) -> T>(make: F, policy: Policy) -> GuardedService<F, Q> {
    let posture = described("ANY", policy, std::any::type_name::<T>());
    GuardedService { make, posture, at_prefix: false, proof: PhantomData }
}

/// Mounts the service at a prefix, behind its proof.
///
/// P5: the prefix, the prefix with a slash, and all paths below it have the same proof.
#[track_caller]
pub(super) fn mount<S, F, Q>(mut router: AuthRouter<S>, path: &str, guarded: GuardedService<F, Q>) -> AuthRouter<S>
where
    S: Clone + Send + Sync + 'static,
    GuardedService<F, Q>: Handler<(), S> + Clone,
{
    if path == "/" {
        router.claim_fallback();
        let posture = RoutePosture { method: "FALLBACK", ..guarded.posture.clone() };
        router.rows().push(posture.at("/*"));
        router.inner = router.inner.fallback(guarded);
        return router;
    }
    // axum has three paths for it, and two for a prefix that ends with a slash.
    let below = path.trim_end_matches('/');
    for place in [below.to_owned(), format!("{below}/"), format!("{below}/{{*rest}}")] {
        if place.starts_with(path) {
            router.mounted().answer_others(guarded.posture.clone().at(&place));
        }
    }
    let under = Router::new()
        .route("/", axum::routing::any(guarded.clone()))
        .route(&format!("/{REST_PARAMETER}"), axum::routing::any(guarded.clone()));
    router.inner = router.inner.nest(path, under);
    if !path.ends_with('/') {
        let at_prefix = GuardedService { at_prefix: true, ..guarded };
        router.inner = router.inner.route(&format!("{path}/"), axum::routing::any(at_prefix));
    }
    router
}

/// Admits a request to a service, or makes the response that rejects it.
pub(super) async fn admit<Q: Proof<S, Body = Untouched>, S>(
    parts: &mut Parts,
    body: &mut Body,
    state: &S,
) -> Result<(Q, answer::Answer, Probe), Response> {
    // P4: as in front of a handler, the proof comes first.
    let (proof, answer) = match decide::<Q, S>(parts, body, state).await {
        Ok(decided) => decided,
        Err(rejected) => return Err(answer::rejected(rejected, parts)),
    };
    Proven::remove(&mut parts.extensions);
    let probe = Probe::of(&parts.extensions);
    probe.admitted();
    Ok((proof, answer, probe))
}

impl<F, T, Q, S> Handler<(), S> for GuardedService<F, Q>
where
    F: Fn(Q) -> T + Clone + Send + Sync + 'static,
    T: Service<Request, Error = Infallible> + Send + 'static,
    T::Response: IntoResponse,
    T::Future: Send + 'static,
    Q: Proof<S, Body = Untouched> + Send + 'static,
    S: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let (mut parts, mut body) = request.into_parts();
        Box::pin(async move {
            let (proof, answer, probe) = match admit::<Q, S>(&mut parts, &mut body, &state).await {
                Ok(admitted) => admitted,
                Err(rejection) => return rejection,
            };
            readable_path::of_the_prefix(&mut parts.extensions);
            if self.at_prefix {
                parts.uri = at_root(parts.uri);
            }
            let mut service = (self.make)(proof);
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            probe.ran();
            let Ok(response) = service.call(Request::from_parts(parts, body)).await;
            answer.service(response.into_response()).map(|body| Body::new(OfRequest::router(body)))
        })
    }
}

fn at_root(uri: Uri) -> Uri {
    let mut parts = uri.clone().into_parts();
    let root = match uri.query() {
        Some(query) => format!("/?{query}"),
        None => "/".to_owned(),
    };
    parts.path_and_query = root.parse().ok();
    Uri::from_parts(parts).unwrap_or(uri)
}

impl<F: Clone, Q> Clone for GuardedService<F, Q> {
    fn clone(&self) -> Self {
        Self { make: self.make.clone(), posture: self.posture.clone(), at_prefix: self.at_prefix, proof: PhantomData }
    }
}
