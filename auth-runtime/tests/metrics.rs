//! A scraper sees zeros before the first decision, and each decision once.
#![cfg(feature = "metrics")]

#[path = "runtime/support.rs"]
mod support;

use auth_runtime::events::metrics::{
    ABANDONED, BUCKETS, CLAIMS_REFUSED, DECISIONS, DROPPED, HEARTBEATS, KEYS_READ, KEYS_USABLE, NOTICES, ON_ROUTES,
    QUEUE, SECONDS,
};
use auth_runtime::events::{EventSink, Notice, NoticeKind, Reason};
use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
use auth_runtime::routing::{get, post};
use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
use auth_runtime::{
    AuthEvent, AuthRouter, Authenticated, Claims, Events, TokenType, Verifier, VerifyingKey, authenticated, public,
    signature, signed,
};
use axum::body::Body;
use http::Request;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use serde_json::json;
use std::io;
use std::pin::Pin;
use support::{AUDIENCE, ISSUER, token, verifier};
use tower_service::Service;

const VERIFIER: &str = r#"verifier="orders of https://id.example.com/""#;

fn recorder() -> PrometheusRecorder {
    let seconds = Matcher::Full(SECONDS.to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS).unwrap().build_recorder()
}

/// Returns the value of a series: `None` if there is no such series, which is not zero.
fn value(recorder: &PrometheusRecorder, name: &str, labels: &[&str]) -> Option<u64> {
    let rendered = recorder.handle().render();
    let mut of_name =
        rendered.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
    let line = of_name.find(|line| labels.iter().all(|label| line.contains(label)))?;
    assert!(of_name.all(|line| !labels.iter().all(|label| line.contains(label))), "more than one: {name} {labels:?}");
    Some(line.rsplit(' ').next().unwrap().parse().unwrap())
}

fn rejected(recorder: &PrometheusRecorder, reason: Reason) -> Option<u64> {
    let class = format!(r#"class="{}""#, reason.class());
    value(recorder, DECISIONS, &[&format!(r#"reason="{reason}""#), &class, r#"outcome="rejected""#, VERIFIER])
}

fn accepted(recorder: &PrometheusRecorder) -> Option<u64> {
    value(recorder, DECISIONS, &[r#"outcome="accepted""#, VERIFIER])
}

/// Runs a test on one thread, with a recorder of its own.
fn with<T>(recorder: &PrometheusRecorder, test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    metrics::with_local_recorder(recorder, || runtime.block_on(test))
}

#[authenticated]
async fn order(auth: Authenticated<Claims>) -> String {
    auth.subject().to_owned()
}

async fn ask(verifier: &Verifier<Claims>, path: &str, token: &str) -> u16 {
    let mut app: AuthRouter = AuthRouter::new().route("/orders/{id}", get(order)).with_state(verifier.clone());
    let request = Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    app.call(request).await.unwrap().status().as_u16()
}

#[test]
fn every_reason_is_zero_before_the_first_rejection_so_that_the_first_is_an_increase() {
    let recorder = recorder();
    with(&recorder, async {
        let (verifier, _) = verifier();
        for reason in Reason::ALL {
            assert_eq!(rejected(&recorder, *reason), Some(0), "{reason}");
        }
        for kind in NoticeKind::ALL {
            assert_eq!(value(&recorder, NOTICES, &[&format!(r#"notice="{kind}""#)]), Some(0), "{kind}");
        }
        assert_eq!(accepted(&recorder), Some(0));
        assert_eq!(value(&recorder, ABANDONED, &[VERIFIER]), Some(0));
        assert_eq!(value(&recorder, DROPPED, &[]), Some(0));
        assert_eq!(ask(&verifier, "/orders/1", "x.y.z").await, 401);
        assert_eq!(rejected(&recorder, Reason::MalformedToken), Some(1));
    });
}

#[test]
fn a_decision_is_counted_once_with_its_route_and_its_duration() {
    let recorder = recorder();
    with(&recorder, async {
        let (verifier, _) = verifier();
        for id in 1..=3 {
            assert_eq!(ask(&verifier, &format!("/orders/{id}"), &token(&json!({}))).await, 200);
        }
        assert_eq!(ask(&verifier, "/orders/4", &token(&json!({"exp": 1}))).await, 401);
        assert_eq!((accepted(&recorder), rejected(&recorder, Reason::Expired)), (Some(3), Some(1)));
        let route = r#"route="/orders/{id}""#;
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"outcome="accepted""#, route, VERIFIER]), Some(3));
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"class="expired""#, route, VERIFIER]), Some(1));
        let took = format!("{SECONDS}_count");
        assert_eq!(value(&recorder, &took, &[r#"outcome="accepted""#, VERIFIER]), Some(3));
        assert_eq!(value(&recorder, &took, &[r#"outcome="rejected""#, VERIFIER]), Some(1));
    });
}

/// A store that never answers.
struct Silent;

impl Revocations for Silent {
    fn check<'a>(
        &'a self,
        _: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(std::future::pending())
    }

    fn name(&self) -> String {
        "a store that never answers".to_owned()
    }
}

/// As when a client closes its connection, or a layer of the service times out.
#[test]
fn a_decision_that_is_dropped_before_its_outcome_is_counted_as_abandoned() {
    let recorder = recorder();
    with(&recorder, async {
        let verifier: Verifier<Claims> = Verifier::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .keys(VerifyingKey::hs256(b"one of the many secrets that no one shall know").unwrap())
            .token_type(TokenType::AnyJwt)
            .revocations(Silent)
            .events(Events::collect().0)
            .build()
            .unwrap();
        let token = token(&json!({}));
        tokio::select! {
            biased;
            status = ask(&verifier, "/orders/1", &token) => panic!("the store never answers: {status}"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(value(&recorder, ABANDONED, &[VERIFIER]), Some(1));
        assert_eq!((accepted(&recorder), rejected(&recorder, Reason::VerifierTimeout)), (Some(0), Some(0)));
    });
}

#[test]
fn a_token_without_a_route_is_counted_on_none() {
    let recorder = recorder();
    with(&recorder, async {
        let (verifier, _) = verifier();
        verifier.verify("x.y.z").await.unwrap_err();
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"route="none""#]), Some(1));
    });
}

#[test]
fn text_of_an_attacker_never_becomes_a_label() {
    let recorder = recorder();
    with(&recorder, async {
        let (verifier, _) = verifier();
        let series = || recorder.handle().render().lines().count();
        // One of each class, because a route has a series once it has had one.
        for token in ["x.y.z", &token(&json!({"iss": "https://other.example/"}))] {
            assert_eq!(ask(&verifier, "/orders/0", token).await, 401);
        }
        let before = series();
        for n in 0..200 {
            let claims = json!({"sub": format!("mallory-{n}"), "iss": format!("https://{n}.example/")});
            assert_eq!(ask(&verifier, &format!("/orders/mallory-{n}?mallory"), &token(&claims)).await, 401);
        }
        assert_eq!(series(), before);
        assert!(!recorder.handle().render().contains("mallory"));
    });
}

#[test]
fn a_recorder_that_is_installed_late_counts_from_then_on_and_can_get_the_zeros() {
    let (verifier, _) = verifier();
    let recorder = recorder();
    with(&recorder, async {
        assert_eq!(rejected(&recorder, Reason::BadSignature), None);
        verifier.register_metrics();
        assert_eq!(rejected(&recorder, Reason::BadSignature), Some(0));
        assert_eq!(ask(&verifier, "/orders/1", "x.y.z").await, 401);
        verifier.register_metrics();
        assert_eq!(rejected(&recorder, Reason::MalformedToken), Some(1), "registering again resets no count");
    });
}

/// Lists the metrics that a file names, without recording rules, whose names have colons.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "_:".contains(c)));
    words.filter(|word| word.starts_with("auth_") && !word.contains(':') && *word != "auth_runtime")
}

#[test]
fn the_metrics_of_the_rules_and_the_dashboard_exist() {
    let seconds = format!("{SECONDS}_bucket");
    let there = [
        DECISIONS,
        ON_ROUTES,
        ABANDONED,
        CLAIMS_REFUSED,
        &seconds,
        NOTICES,
        DROPPED,
        QUEUE,
        HEARTBEATS,
        KEYS_READ,
        KEYS_USABLE,
    ];
    let rules = include_str!("../../ops/prometheus-rules.yml");
    let dashboard = include_str!("../../ops/grafana-dashboard.json");
    serde_json::from_str::<serde_json::Value>(dashboard).unwrap();
    for text in [rules, dashboard] {
        assert!(names(text).count() > 5);
        for name in names(text) {
            assert!(there.contains(&name), "there is no metric {name}");
        }
    }
    for name in there {
        assert!(names(dashboard).any(|shown| shown == name), "the dashboard does not show {name}");
    }
    let class = |class: &str| {
        ["guest", "none"].contains(&class)
            || auth_runtime::events::Class::ALL.iter().any(|known| known.as_str() == class)
    };
    for classes in rules.split("class").filter_map(|after| after.strip_prefix(['=', '!'])?.split('"').nth(1)) {
        assert!(classes.split('|').all(class), "no such class: {classes}");
    }
    let kinds = rules.split("notice=~\"").nth(1).and_then(|after| after.split('"').next()).unwrap();
    for kind in kinds.split('|') {
        assert!(NoticeKind::ALL.iter().any(|known| known.as_str() == kind), "no such notice: {kind}");
    }
}

#[test]
fn every_alert_has_a_section_in_the_runbook() {
    let rules = include_str!("../../ops/prometheus-rules.yml");
    let manual = include_str!("../../ops/README.md");
    let anchors: Vec<_> = manual.lines().filter_map(|line| line.strip_prefix("### ")).map(anchor).collect();
    let books: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("runbook: ops/README.md#")).collect();
    // Two rules of one alert share their annotations.
    assert_eq!(books.len(), rules.matches("- alert: ").count() - rules.matches("annotations: *").count());
    for book in books {
        assert!(anchors.iter().any(|anchor| anchor == book), "{book} is not in {anchors:?}");
    }
}

/// Makes the anchor of a heading, as forges do.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_ascii_alphanumeric() || " _-".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn dropped_events_are_counted() {
    struct Full;
    impl EventSink for Full {
        fn record(&self, _: &AuthEvent) -> io::Result<()> {
            Err(io::Error::other("disk full"))
        }

        fn notice(&self, _: &Notice) -> io::Result<()> {
            Ok(())
        }
    }
    // Global, because another thread calls the sink.
    let recorder = recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    let events = Events::sink(Full);
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(VerifyingKey::hs256(b"one of the many secrets that no one shall know").unwrap())
        .token_type(TokenType::AnyJwt)
        .events(events.clone())
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(verifier.verify("x.y.z")).unwrap_err();
    drop((verifier, events));
    // The last clone is dropped, so the thread has ended.
    let rendered = handle.render();
    for line in ["auth_events_dropped_total 1", "auth_events_queue_depth 0"] {
        assert!(rendered.lines().any(|rendered| rendered == line), "{line}: {rendered}");
    }
    assert!(rendered.lines().any(|line| line.starts_with("auth_events_heartbeats_total ")), "{rendered}");
    assert!(!rendered.contains(KEYS_READ), "keys that are not fetched have no time");
}

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article() -> &'static str {
    "an article"
}

/// A service that rejects every token must not look healthy because guests are answered.
#[test]
fn a_guest_has_an_outcome_and_a_class_of_its_own() {
    let recorder = recorder();
    with(&recorder, async {
        let (verifier, _) = verifier();
        let guests = || value(&recorder, DECISIONS, &[r#"outcome="guest""#, r#"class="guest""#, VERIFIER]);
        assert_eq!(guests(), Some(0));
        let mut app: AuthRouter = AuthRouter::new().route("/article", get(article)).with_state(verifier);
        let request = Request::get("/article").body(Body::empty()).unwrap();
        assert_eq!(app.call(request).await.unwrap().status(), 200);
        assert_eq!(guests(), Some(1));
        let route = r#"route="/article""#;
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"outcome="guest""#, r#"class="guest""#, route, VERIFIER]), Some(1));
        assert_eq!((accepted(&recorder), rejected(&recorder, Reason::MissingCredentials)), (Some(0), Some(0)));
    });
}

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn pushed() {}

/// The label is the name of the sender, because a signature has no issuer and no audience.
#[test]
fn signed_requests_are_counted_under_the_name_of_their_sender() {
    const SENDER: &str = r#"verifier="GitHub""#;
    let recorder = recorder();
    with(&recorder, async {
        let secret = SigningSecret::from_bytes("It's a Secret to Everybody");
        let events = Events::collect().0;
        let github: Signatures<GitHub> = Signatures::builder().secret(secret).events(events).build().unwrap();
        let mut app: AuthRouter = AuthRouter::new().route("/push", post(pushed)).with_state(github);
        let mut status = async |signature: &str| {
            let request = Request::post("/push").header("x-hub-signature-256", signature);
            app.call(request.body(Body::from("Hello, World!")).unwrap()).await.unwrap().status()
        };
        let decisions = |labels: &[&str]| value(&recorder, DECISIONS, &[labels, &[SENDER]].concat());
        let bad = [r#"reason="bad_signature""#, r#"class="invalid""#];
        assert_eq!((decisions(&bad), decisions(&[r#"outcome="accepted""#])), (Some(0), Some(0)));
        // The example of GitHub's documentation, and a forged one.
        assert_eq!(status(&format!("sha256={}", "0".repeat(64))).await, 401);
        assert_eq!(status("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17").await, 200);
        assert_eq!((decisions(&bad), decisions(&[r#"outcome="accepted""#])), (Some(1), Some(1)));
        let route = r#"route="/push""#;
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"outcome="accepted""#, route, SENDER]), Some(1));
        assert_eq!(value(&recorder, ON_ROUTES, &[r#"class="invalid""#, route, SENDER]), Some(1));
        assert_eq!(value(&recorder, &format!("{SECONDS}_count"), &[r#"outcome="accepted""#, SENDER]), Some(1));
    });
}
