//! A small service behind a hand-written check, and assertions on a report.

use auth_runtime::{Claims, Events, Verifier};
use auth_testkit::{AttackBuilder, AttackReport, Severity, TestIssuer, attack};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http;
use axum::http::request::{Builder, Parts};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

/// A correct service: the issuer that it trusts, and the correct check.
#[derive(Clone)]
pub(crate) struct CorrectService {
    pub(crate) issuer: TestIssuer,
    pub(crate) verifier: Verifier<Claims>,
    /// Orders placed.
    pub(crate) placed: Arc<AtomicU64>,
    /// How many rejections were reported.
    pub(crate) reported: Arc<AtomicU64>,
}

impl CorrectService {
    pub(crate) fn new() -> Self {
        Self::trusting(TestIssuer::new())
    }

    pub(crate) fn trusting(issuer: TestIssuer) -> Self {
        let verifier = issuer.verifier(Events::collect().0).unwrap();
        Self { issuer, verifier, placed: Arc::default(), reported: Arc::default() }
    }

    /// Checks the request, and rejects it correctly.
    pub(crate) async fn check(&self, parts: &Parts) -> Result<Claims, Response> {
        match self.verifier.authenticate(parts).await {
            Ok(proof) => Ok(proof.clone_claims()),
            Err(rejection) => {
                self.reported.fetch_add(1, Ordering::Relaxed);
                Err(rejection.into_response())
            }
        }
    }

    /// Checks a token without its request, for a service that parses the request itself.
    pub(crate) async fn check_token(&self, token: &str) -> Result<(), Response> {
        self.verifier.verify(token).await.map(drop).map_err(IntoResponse::into_response)
    }

    /// The routes without a check.
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

    /// One route behind a check, for a mistake that is the same on all. `Err` is the rejection.
    pub(crate) fn behind<F, Fut>(&self, check: F) -> Router
    where
        F: Fn(Self, Parts) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Response>> + Send + 'static,
    {
        Router::new().route("/orders", get(|| async { "[]" })).layer(self.layer(check))
    }

    /// All routes behind a check, for a mistake in the method, the path or the effect.
    pub(crate) fn all_behind<F, Fut>(&self, check: F) -> Router
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
        let service = self.clone();
        from_fn(move |request: Request, next: Next| {
            let (service, check) = (service.clone(), check.clone());
            async move {
                let (parts, body) = request.into_parts();
                match check(service, parts.clone()).await {
                    Ok(()) => next.run(Request::from_parts(parts, body)).await,
                    Err(refusal) => refusal,
                }
            }
        })
    }

    pub(crate) fn attack(&self, app: Router) -> AttackBuilder {
        attack(app).with(&self.issuer)
    }

    /// Attacks with all checks that a service without auth-runtime supports.
    pub(crate) fn attack_watched(&self, app: Router) -> AttackBuilder {
        let (placed, reported) = (Arc::clone(&self.placed), Arc::clone(&self.reported));
        self.attack(app)
            .unchanged("orders placed", move || {
                let placed = placed.load(Ordering::Relaxed);
                async move { placed }
            })
            .reported_refusals(move || {
                let reported = reported.load(Ordering::Relaxed);
                async move { reported }
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

/// Finds the bearer token as most hand-written code does.
pub(crate) fn token_of(parts: &Parts) -> Option<&str> {
    parts.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Parses header and claims without verifying the signature.
pub(crate) fn unverified(token: &str) -> Option<(Value, Value)> {
    let mut segments = token.split('.').map(|segment| URL_SAFE_NO_PAD.decode(segment).ok());
    let mut json = || serde_json::from_slice(&segments.next()??).ok();
    Some((json()?, json()?))
}

/// The claims of a token that the check has accepted, in any spelling of the scheme.
pub(crate) fn claims_of(parts: &Parts) -> Option<Value> {
    let value = parts.headers.get("authorization")?.to_str().ok()?;
    Some(unverified(value.get("Bearer ".len()..)?)?.1)
}

/// Repairs a token before the correct check, like a service that omits one check.
pub(crate) async fn check_repaired(
    service: &CorrectService,
    token: &str,
    repair: impl FnOnce(&mut Value, &mut Value),
) -> Result<(), Response> {
    let Some((mut header, mut claims)) = unverified(token) else { return service.check_token(token).await };
    // The signature is verified first, over the token that was sent.
    let signed = service.issuer.token().header_text(header.to_string()).claims_text(claims.to_string());
    let is_signed_by_the_issuer = token == signed.signed();
    repair(&mut header, &mut claims);
    if !is_signed_by_the_issuer {
        return service.check_token(token).await;
    }
    let repaired = service.issuer.token().header_text(header.to_string()).claims_text(claims.to_string()).signed();
    service.check_token(&repaired).await
}

/// Whether a token is signed with this secret (HS256), whatever else it says.
pub(crate) fn is_signed_with(token: &str, secret: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    hmac::verify(&key, message.as_bytes(), &signature).is_ok()
}

/// Whether the claims are those of a good token, as a service checks them after the signature.
pub(crate) fn are_good(service: &CorrectService, claims: &Value) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    claims["iss"] == service.issuer.name()
        && claims["aud"] == service.issuer.audience()
        && claims["exp"].as_u64().is_some_and(|exp| exp > now)
        && claims["sub"].as_str().is_some_and(|sub| !sub.is_empty())
        && claims.get("token_use").is_none()
}

/// Sends one request, the exploit, and asserts that the service falls for it.
pub(crate) async fn assert_exploited(app: &Router, request: Builder) {
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(response.status().is_success(), "the exploit does not work: {}", response.status());
}

/// A request for the orders with this token.
pub(crate) fn orders_with(token: &str) -> Builder {
    http::Request::get("/orders").header("authorization", format!("Bearer {token}"))
}

#[track_caller]
pub(crate) fn assert_caught(report: &AttackReport, severity: Severity, ids: &[&str]) {
    let caught: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
    assert!(!caught.is_empty(), "no finding of {severity:?}: {report}");
    for id in ids {
        assert!(caught.iter().any(|finding| finding.id == *id), "{id} was not caught: {report}");
    }
}

/// Asserts that these attacks are caught, and that nothing else was found.
#[track_caller]
pub(crate) fn assert_only_caught(report: &AttackReport, severity: Severity, ids: &[&str]) {
    assert_caught(report, severity, ids);
    let other: Vec<_> = report.findings.iter().filter(|finding| !ids.contains(&finding.id.as_str())).collect();
    assert!(other.is_empty(), "{} on {}: {}", other[0].id, other[0].route, report);
}

/// Asserts that the correct twin of a family passes the whole default set: `twins.rs` counts it.
#[track_caller]
pub(crate) fn assert_twin_passes(report: &AttackReport) {
    report.assert_nothing_got_through();
    // A part of the set would show nothing about the other attacks.
    let tried: std::collections::BTreeSet<&str> =
        report.routes.iter().flat_map(|route| route.tried.keys().map(String::as_str)).collect();
    assert!(tried.len() >= 20, "only a part of the set was sent: {tried:?}");
}

pub(crate) fn refused() -> Response {
    auth_runtime::Rejection::MissingCredentials.into_response()
}
