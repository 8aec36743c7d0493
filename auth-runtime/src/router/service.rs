//! Mounts tower services: static files, a metrics exporter, another framework. They take no proof,
//! so the gate makes one in front of them.

use super::AuthRouter;
use super::admitted::Admitted;
use super::answer;
use super::gate::{Proof, Untouched, decide};
use super::method_routes::described;
use super::posture::{Policy, RoutePosture};
use super::readable_path;
use crate::base::OfRequest;
use crate::opt_out::NoReason;
use crate::proof::{Authenticated, Probe, Public, REST_PARAMETER};
use crate::verifier::Verifier;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use http::Uri;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use tower_service::Service;

/// A service behind a proof `Q`, with its posture.
pub(super) struct GuardedService<T, Q> {
    service: T,
    posture: RoutePosture,
    /// Whether the path is the prefix itself, which axum's `nest` does not strip.
    at_prefix: bool,
    proof: PhantomData<fn() -> Q>,
}

#[track_caller]
pub(super) fn public<T>(service: T, reason: &'static str) -> GuardedService<T, Public<NoReason>> {
    guarded(service, Policy::Public { reason: Some(reason.into()), expires: None, opens: Vec::new() })
}

#[track_caller]
pub(super) fn authenticated<C, S, T>(service: T) -> GuardedService<T, Authenticated<C>>
where
    C: Send + Sync + 'static,
    Verifier<C>: FromRef<S>,
    S: Send + Sync + 'static,
{
    let mut guarded = guarded(service, <Authenticated<C> as Proof<S>>::policy());
    guarded.posture.asked = <Authenticated<C> as Proof<S>>::asked();
    guarded
}

#[track_caller]
fn guarded<T, Q>(service: T, policy: Policy) -> GuardedService<T, Q> {
    let posture = described("ANY", policy, std::any::type_name::<T>());
    GuardedService { service, posture, at_prefix: false, proof: PhantomData }
}

/// Mounts the service at a prefix, behind its proof.
///
/// P5: the prefix, the prefix with a slash, and all paths below it have the same proof.
#[track_caller]
pub(super) fn mount<S, T, Q>(mut router: AuthRouter<S>, path: &str, guarded: GuardedService<T, Q>) -> AuthRouter<S>
where
    S: Clone + Send + Sync + 'static,
    GuardedService<T, Q>: Handler<(), S> + Clone,
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

impl<T, Q, S> Handler<(), S> for GuardedService<T, Q>
where
    T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse,
    T::Future: Send + 'static,
    Q: Proof<S, Body = Untouched> + Send + 'static,
    S: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(mut self, request: Request, state: S) -> Self::Future {
        let (mut parts, mut body) = request.into_parts();
        Box::pin(async move {
            // P4: as in front of a handler, the proof comes first.
            let answer = match decide::<Q, S>(&mut parts, &mut body, &state).await {
                Ok(answer) => answer,
                Err(rejected) => return answer::rejected(rejected, &parts),
            };
            Admitted::note(&parts.extensions);
            let probe = Probe::of(&parts.extensions);
            probe.admitted();
            readable_path::of_the_prefix(&mut parts.extensions);
            if self.at_prefix {
                parts.uri = at_root(parts.uri);
            }
            let Ok(()) = poll_fn(|cx| self.service.poll_ready(cx)).await;
            probe.ran();
            let Ok(response) = self.service.call(Request::from_parts(parts, body)).await;
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

impl<T: Clone, Q> Clone for GuardedService<T, Q> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            posture: self.posture.clone(),
            at_prefix: self.at_prefix,
            proof: PhantomData,
        }
    }
}
