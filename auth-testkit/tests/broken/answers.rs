//! It was refused, and not as it should be.

use crate::support::{Right, assert_caught, assert_only_caught, token_of, unverified};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Claims, authenticated};
use auth_testkit::Severity::{GotThrough, Wrong};
use auth_testkit::attack;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};

/// A wall of 401 that tells which wall it is.
#[tokio::test]
async fn an_expired_token_gets_another_answer_than_a_forged_one() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let Err(refusal) = right.check(&parts).await else { return Ok(()) };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let expired = token_of(&parts)
            .and_then(unverified)
            .is_some_and(|(_, claims)| claims["exp"].as_u64().is_some_and(|exp| exp < now));
        let (head, body) = refusal.into_parts();
        Err(if expired { (head, "the token has expired").into_response() } else { Response::from_parts(head, body) })
    });
    assert_caught(&right.attack(app).await, Wrong, &["T20"]);
}

#[tokio::test]
async fn who_it_is_and_what_it_may_are_mixed_up() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        right.check(&parts).await.map(drop).map_err(|_| StatusCode::FORBIDDEN.into_response())
    });
    assert_caught(&right.attack(app).await, Wrong, &["H01", "T02"]);
}

#[tokio::test]
async fn a_bad_token_makes_it_fall_over() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if let Some(token) = token_of(&parts) {
            let _ = unverified(token).unwrap();
        }
        right.check(&parts).await.map(drop)
    });
    let report = right.attack(app).await;
    assert_caught(&report, Wrong, &["T36"]);
    assert!(report.to_string().contains("the service panicked"), "{report}");
}

#[tokio::test]
async fn the_refusal_does_not_say_what_would_help() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        right.check(&parts).await.map(drop).map_err(|refusal| refusal.status().into_response())
    });
    assert_caught(&right.attack(app).await, Wrong, &["H01", "T02"]);
}

#[tokio::test]
async fn inc_01_nobody_hears_of_it() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        // As `check`, without the line in which somebody is told.
        right.verifier.authenticate(&parts).await.map(drop).map_err(IntoResponse::into_response)
    });
    let report = right.attack_watched(app).await;
    assert_caught(&report, Wrong, &["H01", "T02"]);
    assert!(report.to_string().contains("it was heard 0 times instead of once"), "{report}");
}

#[tokio::test]
async fn inc_84_the_body_is_stored_before_anybody_knows_whose_it_is() {
    let right = Right::new();
    let layer = from_fn({
        let right = right.clone();
        move |request: Request, next: Next| {
            let right = right.clone();
            async move {
                let (parts, body) = request.into_parts();
                let upload = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
                match right.check(&parts).await {
                    Ok(_) => next.run(Request::from_parts(parts, upload.into())).await,
                    Err(refusal) => refusal,
                }
            }
        }
    });
    let report = right.attack(right.routes().layer(layer)).await;
    assert_caught(&report, Wrong, &["H01"]);
    assert!(report.findings.iter().all(|finding| finding.route == "POST /orders"), "{report}");
}

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

/// A layer is in front of the gate, and may make of a refusal what it likes.
#[tokio::test]
async fn a_layer_makes_a_200_of_every_answer() {
    let right = Right::new();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(right.verifier.clone());
    let app = app.layer(map_response(|mut response: Response| async {
        *response.status_mut() = StatusCode::OK;
        response
    }));
    assert_caught(&attack(app).with(&right.issuer).await, GotThrough, &["H01", "T02"]);
}

#[tokio::test]
async fn a_layer_answers_itself_where_nobody_hears_it() {
    let right = Right::new();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(right.verifier.clone());
    let app = app.layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().get("authorization").is_none() {
            return auth_runtime::Rejection::MissingCredentials.into_response();
        }
        next.run(request).await
    }));
    let report = attack(app).with(&right.issuer).await;
    assert_caught(&report, Wrong, &["H01"]);
    assert!(report.to_string().contains("there were 0 events instead of one"), "{report}");
}

#[tokio::test]
async fn a_layer_keeps_everybody_out_of_a_public_route() {
    #[auth_runtime::public(reason = "webhook of the payment provider")]
    async fn webhook() {}

    let right = Right::new();
    let app = AuthRouter::new().route("/webhook", get(webhook)).route("/orders", get(list));
    let app = app.with_state(right.verifier.clone()).layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().get("authorization").is_none() && request.uri().path() == "/webhook" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        next.run(request).await
    }));
    let report = attack(app).with(&right.issuer).await;
    assert_only_caught(&report, Wrong, &["open"]);
}

/// Unmatched routes are hidden, and one kind of rejection shows which paths there are.
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
        let right = Right::new();
        let layer = map_response(move |mut response: Response| async move {
            differ(&mut response);
            response
        });
        let app = AuthRouter::new()
            .route("/orders", get(list))
            .route_layer(layer)
            .hide_unmatched::<Claims>()
            .with_state(right.verifier.clone());
        let report = attack(app).with(&right.issuer).await;
        assert_caught(&report, Wrong, &["H15"]);
        assert!(report.to_string().contains("which shows that this one does"), "{report}");
    }
}

/// The same for all paths shows nothing; what is new in each answer has to be named.
#[tokio::test]
async fn a_header_that_every_answer_has_shows_no_path() {
    let app = |right: &Right| {
        let next = std::sync::atomic::AtomicUsize::new(0);
        let number = std::sync::Arc::new(next);
        AuthRouter::new()
            .route("/orders", get(list))
            .hide_unmatched::<Claims>()
            .with_state(right.verifier.clone())
            .layer(map_response(move |mut response: Response| {
                let id = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                response.headers_mut().insert("x-served-by", HeaderValue::from_static("one"));
                response.headers_mut().insert("x-request-id", HeaderValue::from(id));
                async { response }
            }))
    };
    let right = Right::new();
    assert_only_caught(&attack(app(&right)).with(&right.issuer).await, Wrong, &["H15"]);
    let named = attack(app(&right)).with(&right.issuer).varies(HeaderName::from_static("x-request-id"));
    named.await.assert_nothing_got_through();
}
