//! Tests that the pager and the Prometheus rules have one table of thresholds.

use super::Thresholds;
use std::fs;
use std::path::Path;

fn ops(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `AUTH_OPS=accept` writes the file.
#[test]
fn the_shipped_rules_are_those_of_the_default_thresholds() {
    let rules = Thresholds::default().prometheus_rules("orders").unwrap();
    if std::env::var_os("AUTH_OPS").is_some_and(|value| value == "accept") {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/prometheus-rules.yml"), &rules).unwrap();
    }
    assert!(ops("prometheus-rules.yml") == rules, "write ops/prometheus-rules.yml: run this test with AUTH_OPS=accept");
}

#[test]
fn every_threshold_is_in_the_rules_and_in_the_runbook() {
    let template = include_str!("prometheus-rules.template.yml");
    let runbook = ops("README.md");
    for (name, value) in Thresholds::default().values() {
        assert!(template.contains(&format!("@{name}@")), "{name} has no effect on the rules");
        let row = format!("| `{name}` | {value} |");
        assert!(runbook.contains(&row), "the runbook does not have the row {row}");
    }
    let filled = Thresholds::default().prometheus_rules("orders").unwrap();
    assert!(!filled.contains('@'), "a placeholder was not filled");
}

#[test]
fn the_job_of_the_rules_is_that_of_the_service() {
    let rules = Thresholds::default().prometheus_rules("billing/eu-1").unwrap();
    assert!(rules.contains(r#"absent(auth_decisions_total{job="billing/eu-1"})"#) && !rules.contains("orders"));
    for job in ["", "a b", "a\"b", "a\nb", "a{b"] {
        assert!(Thresholds::default().prometheus_rules(job).is_err(), "{job:?}");
    }
}

#[test]
fn an_impossible_threshold_is_an_error() {
    let impossible = [
        Thresholds { invalid_share: 1.0, ..Thresholds::default() },
        Thresholds { ratio_share: -0.1, ..Thresholds::default() },
        Thresholds { unavailable_share: f64::NAN, ..Thresholds::default() },
        Thresholds { failures: 0, ..Thresholds::default() },
        Thresholds { calm: std::time::Duration::from_secs(2 * 60 * 60), ..Thresholds::default() },
    ];
    for thresholds in impossible {
        assert!(thresholds.prometheus_rules("orders").is_err(), "{thresholds:?}");
        let pager = crate::Pager::of("orders").webhook("https://pager.example.com/").thresholds(thresholds);
        assert!(crate::Events::builder().stderr().pager(pager).is_err(), "{thresholds:?}");
    }
}
