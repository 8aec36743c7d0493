//! A small service with a hand-written check in front of it, as many are, and what is expected of a report.

use auth_runtime::{Claims, Events, Verifier};
use auth_testkit::{AttackReport, Attacking, Severity, TestIssuer, attack};
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The issuer that the service trusts, and the one check that is right.
#[derive(Clone)]
pub(crate) struct Right {
    pub(crate) issuer: TestIssuer,
    pub(crate) verifier: Verifier<Claims>,
    /// Orders placed.
    pub(crate) placed: Arc<AtomicU64>,
    /// Refusals that somebody was told of.
    pub(crate) heard: Arc<AtomicU64>,
}

impl Right {
    pub(crate) fn new() -> Self {
        Self::trusting(TestIssuer::new())
    }

    pub(crate) fn trusting(issuer: TestIssuer) -> Self {
        let verifier = issuer.verifier(Events::collect().0).unwrap();
        Self { issuer, verifier, placed: Arc::default(), heard: Arc::default() }
    }

    /// 401 and its like for what is wrong.
    pub(crate) async fn check(&self, parts: &Parts) -> Result<Claims, Response> {
        match self.verifier.authenticate(parts).await {
            Ok(proof) => Ok(proof.clone_claims()),
            Err(rejection) => {
                self.heard.fetch_add(1, Ordering::Relaxed);
                Err(rejection.into_response())
            }
        }
    }

    /// Whether a token alone is good, for checks that look at it in their own way first.
    pub(crate) async fn check_token(&self, token: &str) -> Result<(), Response> {
        self.verifier.verify(token).await.map(drop).map_err(IntoResponse::into_response)
    }

    /// The routes, without anything in front of them.
    pub(crate) fn routes(&self) -> Router {
        let placed = Arc::clone(&self.placed);
        let place = move |body: String| async move {
            placed.fetch_add(1, Ordering::Relaxed);
            body
        };
        Router::new()
            .route("/orders", get(|| async { "[]" }).post(place))
            .route("/orders/{id}", get(|| async { "{}" }).delete(|| async {}))
    }

    /// The routes behind a check. `Err` is the answer of the check.
    pub(crate) fn behind<F, Fut>(&self, check: F) -> Router
    where
        F: Fn(Self, Parts) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Response>> + Send + 'static,
    {
        self.routes().layer(self.layer(check))
    }

    /// The check as a layer.
    pub(crate) fn layer<F, Fut>(
        &self,
        check: F,
    ) -> impl tower::Layer<
        axum::routing::Route,
        Service: tower::Service<Request, Response = Response, Error = std::convert::Infallible, Future: Send>
                     + Clone
                     + Send
                     + Sync,
    > + Clone
    + Send
    + Sync
    + use<F, Fut>
    where
        F: Fn(Self, Parts) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Response>> + Send + 'static,
    {
        let right = self.clone();
        from_fn(move |request: Request, next: Next| {
            let (right, check) = (right.clone(), check.clone());
            async move {
                let (parts, body) = request.into_parts();
                match check(right, parts.clone()).await {
                    Ok(()) => next.run(Request::from_parts(parts, body)).await,
                    Err(refusal) => refusal,
                }
            }
        })
    }

    pub(crate) fn attack(&self, app: Router) -> Attacking {
        attack(app).with(&self.issuer)
    }

    /// With everything that can be asked of a service that is not built on auth-runtime.
    pub(crate) fn attack_watched(&self, app: Router) -> Attacking {
        let (placed, heard) = (Arc::clone(&self.placed), Arc::clone(&self.heard));
        self.attack(app)
            .unchanged("orders placed", move || {
                let placed = placed.load(Ordering::Relaxed);
                async move { placed }
            })
            .heard(move || {
                let heard = heard.load(Ordering::Relaxed);
                async move { heard }
            })
    }
}

trait CloneClaims {
    fn clone_claims(&self) -> Claims;
}

impl CloneClaims for auth_runtime::Authenticated<Claims> {
    fn clone_claims(&self) -> Claims {
        Claims::clone(self)
    }
}

/// The one bearer token as most hand-written code finds it.
pub(crate) fn token_of(parts: &Parts) -> Option<&str> {
    parts.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Header and claims, read without a look at the signature.
pub(crate) fn unverified(token: &str) -> Option<(Value, Value)> {
    let mut segments = token.split('.').map(|segment| URL_SAFE_NO_PAD.decode(segment).ok());
    let mut json = || serde_json::from_slice(&segments.next()??).ok();
    Some((json()?, json()?))
}

/// A token of the issuer's, with what is wrong with it put right: the rest of a check that leaves one thing out.
pub(crate) async fn but_for(
    right: &Right,
    token: &str,
    repair: impl FnOnce(&mut Value, &mut Value),
) -> Result<(), Response> {
    let Some((mut header, mut claims)) = unverified(token) else { return right.check_token(token).await };
    // The signature is looked at first, over what was sent.
    let signed = right.issuer.token().header_text(header.to_string()).claims_text(claims.to_string());
    let is_ours = token == signed.signed();
    repair(&mut header, &mut claims);
    if !is_ours {
        return right.check_token(token).await;
    }
    let repaired = right.issuer.token().header_text(header.to_string()).claims_text(claims.to_string()).signed();
    right.check_token(&repaired).await
}

#[track_caller]
pub(crate) fn assert_caught(report: &AttackReport, severity: Severity, ids: &[&str]) {
    let caught: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
    assert!(!caught.is_empty(), "nothing of {severity:?}: {report}");
    for id in ids {
        assert!(caught.iter().any(|finding| finding.id == *id), "{id} was not caught: {report}");
    }
}

/// The mistake is caught, and nothing else is found to be wrong.
#[track_caller]
pub(crate) fn assert_only_caught(report: &AttackReport, severity: Severity, ids: &[&str]) {
    assert_caught(report, severity, ids);
    let other: Vec<_> = report.findings.iter().filter(|finding| !ids.contains(&finding.id.as_str())).collect();
    assert!(other.is_empty(), "{} on {}: {}", other[0].id, other[0].route, report);
}

pub(crate) fn refused() -> Response {
    auth_runtime::Rejection::MissingCredentials.into_response()
}
