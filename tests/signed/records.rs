//! What layers, probes and error formats learn of a signed request.

use super::hooks::{BODY, Hooks, github, request};
use auth_runtime::decision::{Decision, RejectionContext, RejectionKind};
use auth_runtime::events::Reason;
use auth_runtime::testing::RequestProbe;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn a_layer_learns_the_sender_or_the_rejection() {
    let decisions = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&decisions);
    let record = move |request: Request, next: Next| {
        let seen = Arc::clone(&seen);
        async move {
            let response = next.run(request).await;
            let text = match Decision::of(&response) {
                Some(Decision::Signed(delivery)) => format!("signed by {}", delivery.sender()),
                other => format!("{other:?}"),
            };
            seen.lock().expect("the decisions").push(text);
            response
        }
    };
    let hooks = Hooks::with(|builder| builder, |app| app.layer(from_fn(record))).await;
    let response = hooks.exchange(request("/github", &github(BODY), BODY)).await;
    assert_eq!(response.header("cache-control"), Some("no-store"));
    hooks.refuses(request("/github", "", BODY), Reason::MissingSignature, "unsigned").await;
    let decisions = decisions.lock().expect("the decisions");
    assert_eq!(decisions[0], "signed by GitHub");
    assert!(decisions[1].contains("Rejected") && decisions[1].contains("InvalidSignature"), "{decisions:?}");
    assert!(!decisions[1].contains("Missing"), "a layer does not learn the reason: {decisions:?}");
}

#[tokio::test]
async fn a_probe_records_the_gate_and_the_handler() {
    let probes = Arc::<Mutex<Vec<RequestProbe>>>::default();
    let given = Arc::clone(&probes);
    let probe = move |mut request: Request, next: Next| {
        let probe = RequestProbe::new();
        request.extensions_mut().insert(probe.clone());
        given.lock().expect("the probes").push(probe);
        next.run(request)
    };
    let hooks = Hooks::with(|builder| builder, |app| app.layer(from_fn(probe))).await;
    hooks.exchange(request("/github", &github(BODY), BODY)).await;
    hooks.exchange(request("/github", &github(b"{}"), BODY)).await;
    let probes = probes.lock().expect("the probes");
    assert_eq!((probes[0].admitted(), probes[0].ran(), probes[0].refused().len()), (1, 1, 0));
    assert_eq!((probes[1].admitted(), probes[1].ran()), (0, 0));
    assert_eq!(probes[1].refused()[0].reason, Reason::BadSignature);
}

#[tokio::test]
async fn a_service_formats_the_rejection_without_its_reason() {
    let formatted = |context: &RejectionContext| {
        assert_eq!(context.kind(), RejectionKind::InvalidSignature);
        assert!(context.headers().get("x-hub-signature-256").is_none(), "the signature is a credential");
        "own format".to_owned()
    };
    let hooks = Hooks::with(|builder| builder, |app| app.on_rejection(formatted)).await;
    let response = hooks.exchange(request("/github", &github(b"{}"), BODY)).await;
    assert_eq!((response.status, response.text()), (401, "own format"));
    hooks.one_event(Reason::BadSignature, 401, "formatted");
}

#[tokio::test]
async fn a_signed_body_that_is_not_the_expected_json_is_400_without_an_event() {
    let hooks = Hooks::start().await;
    let good = hooks.exchange(request("/parsed", &github(BODY), BODY)).await;
    assert_eq!((good.status, good.text()), (200, "\"refs/heads/private\""));
    for body in [&b"not JSON"[..], b"", b"[\"private\"]", b"{\"ref\":", b"{\"ref\": \"\xff\"}", b"{} {}"] {
        let response = hooks.exchange(request("/parsed", &github(body), body)).await;
        assert_eq!(response.status, 400, "{body:?}");
        assert_eq!(response.text(), r#"{"type":"about:blank","title":"Bad Request","status":400}"#);
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!((hooks.runs.so_far(), hooks.collected().len()), (1, 0));
}
