//! Services that reject, but with a wrong response.

use crate::support::{CorrectService, assert_caught, assert_only_caught, token_of, unverified};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Claims, authenticated};
use auth_testkit::Severity::{GotThrough, Wrong};
use auth_testkit::attack;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};

/// The rejections reveal which check failed.
#[tokio::test]
async fn an_expired_token_gets_another_response_than_a_forged_one() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let Err(refusal) = service.check(&parts).await else { return Ok(()) };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let expired = token_of(&parts)
            .and_then(unverified)
            .is_some_and(|(_, claims)| claims["exp"].as_u64().is_some_and(|exp| exp < now));
        let (head, body) = refusal.into_parts();
        Err(if expired { (head, "the token has expired").into_response() } else { Response::from_parts(head, body) })
    });
    assert_caught(&service.attack(app).await, Wrong, &["T20"]);
}

#[tokio::test]
async fn a_missing_token_gets_a_403() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|_| StatusCode::FORBIDDEN.into_response())
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await, Wrong, &["H01", "T02"]);
}

#[tokio::test]
async fn a_malformed_token_makes_the_check_panic() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if let Some(token) = token_of(&parts) {
            let _ = unverified(token).unwrap();
        }
        service.check(&parts).await.map(drop)
    });
    let report = service.attack(app).only_in_a_test_of_the_kit(&["T36"]).await;
    assert_caught(&report, Wrong, &["T36"]);
    assert!(report.to_string().contains("service panicked"), "{report}");
}

#[tokio::test]
async fn the_rejection_has_no_challenge() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|refusal| refusal.status().into_response())
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await, Wrong, &["H01", "T02"]);
}

#[tokio::test]
async fn inc_01_rejections_are_not_reported() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        // Like `check`, without the report.
        service.verifier.authenticate(&parts).await.map(drop).map_err(IntoResponse::into_response)
    });
    let report = service.attack_watched(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert_caught(&report, Wrong, &["H01", "T02"]);
    assert!(report.to_string().contains("wrong number of reported refusals: 0"), "{report}");
}

#[tokio::test]
async fn inc_84_the_body_is_stored_before_the_caller_is_authenticated() {
    let service = CorrectService::new();
    let layer = from_fn({
        let service = service.clone();
        move |request: Request, next: Next| {
            let service = service.clone();
            async move {
                let (parts, body) = request.into_parts();
                let upload = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
                match service.check(&parts).await {
                    Ok(_) => next.run(Request::from_parts(parts, upload.into())).await,
                    Err(refusal) => refusal,
                }
            }
        }
    });
    let place = |body: String| async move { body };
    let app = axum::Router::new().route("/orders", axum::routing::get(|| async { "[]" }).post(place)).layer(layer);
    let report = service.attack(app).await;
    assert_caught(&report, Wrong, &["H01"]);
    // A form has a body on each route.
    let is_about_the_body = |problem: &str| problem.starts_with("request body was read before the rejection");
    assert!(report.findings.iter().all(|finding| is_about_the_body(&finding.problem)), "{report}");
}

#[tokio::test]
async fn a_handler_that_checks_the_caller_itself_may_have_an_extractor_of_the_body() {
    let service = CorrectService::new();
    let place = {
        let service = service.clone();
        move |request: Request| {
            let service = service.clone();
            async move {
                let (parts, body) = request.into_parts();
                let order = axum::body::to_bytes(body, 1024).await.unwrap();
                service.check(&parts).await.map(|_| order)
            }
        }
    };
    let list = {
        let service = service.clone();
        move |request: Request| {
            let service = service.clone();
            async move { service.check(&request.into_parts().0).await.map(|_| "[]") }
        }
    };
    let app = axum::Router::new().route("/orders", axum::routing::get(list).post(place));
    let report = service.attack(app).await;
    report.assert_nothing_got_through();
    let suggested = report.suggestions.iter().any(|text| text.starts_with("request body is read before"));
    assert!(suggested, "{:?}", report.suggestions);
}

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

/// A layer runs in front of the gate, and can change a rejection.
#[tokio::test]
async fn a_layer_turns_every_response_into_a_200() {
    let service = CorrectService::new();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(service.verifier.clone());
    let app = app.layer(map_response(|mut response: Response| async {
        *response.status_mut() = StatusCode::OK;
        response
    }));
    assert_caught(
        &attack(app).with(&service.issuer).only_in_a_test_of_the_kit(&["H01", "T02"]).await,
        GotThrough,
        &["H01", "T02"],
    );
}

#[tokio::test]
async fn a_layer_rejects_without_an_event() {
    let service = CorrectService::new();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(service.verifier.clone());
    let app = app.layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().get("authorization").is_none() {
            return auth_runtime::Rejection::MissingCredentials.into_response();
        }
        next.run(request).await
    }));
    let report = attack(app).with(&service.issuer).await;
    assert_caught(&report, Wrong, &["H01"]);
    assert!(report.to_string().contains("wrong number of events: 0"), "{report}");
    assert!(
        report.to_string().contains("so a layer answered by itself: axum::middleware::from_fn::FromFnLayer<"),
        "{report}"
    );
}

#[tokio::test]
async fn a_layer_rejects_every_call_to_a_public_route() {
    #[auth_runtime::public(reason = "webhook of the payment provider")]
    async fn webhook() {}

    let service = CorrectService::new();
    let app = AuthRouter::new().route("/webhook", get(webhook)).route("/orders", get(list));
    let app = app.with_state(service.verifier.clone()).layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().get("authorization").is_none() && request.uri().path() == "/webhook" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        next.run(request).await
    }));
    let report = attack(app).with(&service.issuer).await;
    assert_only_caught(&report, Wrong, &["open"]);
}

/// Unmatched routes are hidden, and one kind of rejection reveals which paths exist.
#[tokio::test]
async fn a_rejection_differs_where_a_path_exists() {
    let differs: [fn(&mut Response); 4] = [
        |response| {
            if response.status() == StatusCode::BAD_REQUEST {
                response.headers_mut().insert("x-methods", HeaderValue::from_static("GET,HEAD"));
            }
        },
        |response| {
            response.headers_mut().append("vary", HeaderValue::from_static("Origin"));
        },
        |response| {
            if response.status() == StatusCode::BAD_REQUEST {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
        },
        |response| {
            if response.status() == StatusCode::BAD_REQUEST {
                *response.body_mut() = "no such method".into();
            }
        },
    ];
    for differ in differs {
        let service = CorrectService::new();
        let layer = map_response(move |mut response: Response| async move {
            differ(&mut response);
            response
        });
        let app = AuthRouter::new()
            .route("/orders", get(list))
            .route_layer(layer)
            .hide_unmatched::<Claims>()
            .with_state(service.verifier.clone());
        let report = attack(app).with(&service.issuer).only_in_a_test_of_the_kit(&["H15"]).await;
        assert_caught(&report, Wrong, &["H15"]);
        assert!(report.to_string().contains("response reveals that the path exists"), "{report}");
    }
}

/// A header that is equal for all paths reveals nothing. One that differs in every response must be
/// named.
#[tokio::test]
async fn a_header_of_every_response_reveals_no_path() {
    let app = |service: &CorrectService| {
        let next = std::sync::atomic::AtomicUsize::new(0);
        let number = std::sync::Arc::new(next);
        AuthRouter::new()
            .route("/orders", get(list))
            .hide_unmatched::<Claims>()
            .with_state(service.verifier.clone())
            .layer(map_response(move |mut response: Response| {
                let id = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                response.headers_mut().insert("x-served-by", HeaderValue::from_static("one"));
                response.headers_mut().insert("x-request-id", HeaderValue::from(id));
                async { response }
            }))
    };
    let service = CorrectService::new();
    assert_caught(
        &attack(app(&service)).with(&service.issuer).only_in_a_test_of_the_kit(&["H15"]).await,
        Wrong,
        &["H15"],
    );
    let named = attack(app(&service)).with(&service.issuer).varies("x-request-id");
    named.await.assert_nothing_got_through();
}
