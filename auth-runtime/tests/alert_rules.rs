//! Every Prometheus rule fires on the metrics as the real exporter prints them.
#![cfg(all(feature = "metrics", feature = "pager"))]

#[path = "runtime/support.rs"]
mod support;

use auth_runtime::events::metrics::{
    ABANDONED, CLAIMS_REFUSED, DECISIONS, DROPPED, HEARTBEATS, KEYS_READ, KEYS_USABLE, NOTICES, ON_ROUTES,
};
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, TokenType, Verifier, VerifyingKey, authenticated, routing::get,
};
use axum::body::Body;
use http::Request;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::{AUDIENCE, ISSUER, token};
use test_support::{is_installed, require_or_skip, run};
use tower_service::Service;

const RULES: &str = include_str!("../../ops/prometheus-rules.yml");
const PATHS: u64 = 1000;

#[authenticated]
async fn order(auth: Authenticated<Claims>) -> String {
    auth.subject().to_owned()
}

/// Returns the series that the exporter prints, and their values.
///
/// A thousand routes have rejected one forged token each.
async fn printed(handle: &PrometheusHandle) -> Vec<(String, String)> {
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(VerifyingKey::hs256(b"one of the many secrets that no one shall know").unwrap())
        .token_type(TokenType::AnyJwt)
        .events(Events::writer(std::io::sink()))
        .build()
        .unwrap();
    let routes = |app: AuthRouter<_>, path: u64| app.route(&format!("/path-{path}"), get(order));
    let mut app: AuthRouter = (0..PATHS).fold(AuthRouter::new(), routes).with_state(verifier);
    let good = token(&json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}", signature.chars().rev().collect::<String>());
    for path in 0..PATHS {
        let request = Request::get(format!("/path-{path}")).header("authorization", format!("Bearer {forged}"));
        assert_eq!(app.call(request.body(Body::empty()).unwrap()).await.unwrap().status(), 401);
    }
    auth_events::internal::keys_read(&Arc::from(ISSUER), Duration::ZERO, 1);
    let heartbeat = async {
        while !handle.render().contains(HEARTBEATS) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heartbeat).await.expect("a heartbeat of the stream");
    let rendered = handle.render();
    let lines = rendered.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    lines.map(|(series, value)| (series.to_owned(), value.to_owned())).collect()
}

/// The samples of the series that a fault changes: the name, a label, and the values.
type Fault = (&'static str, &'static str, &'static str);

/// For each alert, a fault that must fire it, and when. A sample is taken every thirty seconds.
const FAULTS: [(&str, &[Fault], &str); 14] = [
    ("AuthInvalidSpike", &[(DECISIONS, r#"reason="bad_signature""#, "0x10 50x50")], "7m"),
    (
        "AuthFailureRatio",
        &[(DECISIONS, r#"outcome="accepted""#, "0+5x60"), (DECISIONS, r#"reason="expired""#, "0+20x60")],
        "10m",
    ),
    ("AuthBlackout", &[(DECISIONS, r#"reason="unknown_key""#, "0+10x60")], "10m"),
    ("AuthClaimsRefused", &[(DECISIONS, r#"reason="malformed_claims""#, "0+10x60")], "10m"),
    ("AuthClientBugs", &[(DECISIONS, r#"reason="placeholder_token""#, "0+20x60")], "10m"),
    ("AuthAbandoned", &[(ABANDONED, "", "0+10x60")], "10m"),
    ("AuthVerifierUnavailable", &[(DECISIONS, r#"reason="verifier_timeout""#, "0x10 1x50")], "6m"),
    ("AuthVerifierUnavailable", &[(NOTICES, r#"notice="revocations_unavailable""#, "0x10 1x50")], "6m"),
    ("AuthKeySetOld", &[(KEYS_READ, "", "0x60")], "25m"),
    ("AuthKeySetEmptied", &[(KEYS_USABLE, "", "1x10 0x50")], "6m"),
    ("AuthEventsDropped", &[(DROPPED, "", "0x10 1x50")], "6m"),
    ("AuthEventsStuck", &[(HEARTBEATS, "", "9x60")], "10m"),
    ("AuthStreamSilent", &[("up", "", "0x60")], "10m"),
    ("AuthDecisionsStopped", &[(DECISIONS, r#"outcome="accepted""#, "0+30x40 1200x20")], "26m"),
];

fn name(series: &str) -> &str {
    series.split('{').next().unwrap_or_default()
}

/// Adds the labels of a scrape.
fn scraped(series: &str) -> String {
    let labels = series.split_once('{').map_or("", |(_, labels)| labels.trim_end_matches('}'));
    let comma = if labels.is_empty() { "" } else { ", " };
    format!(r#"{}{{job="orders", instance="a"{comma}{labels}}}"#, name(series))
}

/// Writes a test of one alert, in the format of promtool.
fn test(alert: &str, samples: &[(String, String)], at: &str) -> String {
    let mut test = format!("  - name: {alert}\n    interval: 30s\n    input_series:\n");
    for (series, values) in samples {
        let _ = write!(test, "      - series: '{series}'\n        values: '{values}'\n");
    }
    let expr = format!(r#"count by (alertname) (ALERTS{{alertstate="firing", alertname="{alert}"}})"#);
    let _ = write!(test, "    promql_expr_test:\n      - expr: '{expr}'\n        eval_time: {at}\n");
    let _ = writeln!(test, "        exp_samples: [{{labels: '{{alertname=\"{alert}\"}}', value: 1}}]");
    test
}

#[tokio::test]
async fn every_rule_fires_on_the_series_that_the_exporter_prints_also_with_a_thousand_paths() {
    let known: BTreeSet<_> = RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert_eq!(FAULTS.iter().map(|(alert, ..)| *alert).collect::<BTreeSet<_>>(), known);
    if require_or_skip(is_installed("promtool"), "no `promtool`: `.ci/bootstrap` installs it").is_none() {
        return;
    }
    let handle = PrometheusBuilder::new().install_recorder().unwrap();
    let printed = printed(&handle).await;
    let on_routes = printed.iter().filter(|(series, _)| name(series) == ON_ROUTES).count();
    assert_eq!(on_routes as u64, PATHS, "a series for each path");
    let of_alerts = [DECISIONS, CLAIMS_REFUSED, ABANDONED, NOTICES, DROPPED, HEARTBEATS, KEYS_READ, KEYS_USABLE];

    let mut tests = "rule_files: [prometheus-rules.yml]\nevaluation_interval: 30s\ntests:\n".to_owned();
    for (alert, faults, at) in FAULTS {
        let mut samples = Vec::new();
        for (metric, label, values) in faults {
            let found: Vec<_> = match *metric {
                "up" => vec!["up"],
                _ => {
                    printed.iter().map(|(series, _)| series.as_str()).filter(|series| name(series) == *metric).collect()
                }
            };
            let found = found.into_iter().find(|series| series.contains(label));
            let series = found.unwrap_or_else(|| panic!("the exporter prints no {metric} with {label}"));
            samples.push((scraped(series), (*values).to_owned()));
        }
        for (series, value) in printed.iter().filter(|(series, _)| of_alerts.contains(&name(series))) {
            // Nothing else happens.
            let value = if [HEARTBEATS, KEYS_READ].contains(&name(series)) {
                "0+30x60".to_owned()
            } else {
                format!("{value}x60")
            };
            if !samples.iter().any(|(known, _)| *known == scraped(series)) {
                samples.push((scraped(series), value));
            }
        }
        tests += &test(alert, &samples, at);
    }
    // Each of a thousand paths rejects one token: the rules must see one spike.
    let grown = printed.iter().map(|(series, value)| (scraped(series), format!("0x10 {value}x50")));
    tests += &test("AuthInvalidSpike", &grown.collect::<Vec<_>>(), "6m");

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alert-rules");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("prometheus-rules.yml"), RULES).unwrap();
    std::fs::write(folder.join("test.yml"), tests).unwrap();
    let mut promtool = Command::new("promtool");
    promtool.args(["test", "rules", "test.yml"]).current_dir(&folder);
    let output = run(promtool);
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}
