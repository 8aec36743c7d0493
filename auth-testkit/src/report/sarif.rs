//! The report as SARIF 2.1.0, for code scanning.

use super::{AttackReport, Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl AttackReport {
    /// Returns the report as SARIF, with each finding at the line where its route is mounted.
    #[must_use]
    pub fn to_sarif(&self) -> String {
        let rules: BTreeMap<&str, &str> =
            self.findings.iter().rev().map(|finding| (finding.id.as_str(), finding.attack.as_str())).collect();
        let rules: Vec<Value> =
            rules.into_iter().map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}})).collect();
        let sarif = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "auth-testkit",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                "columnKind": "unicodeCodePoints",
                "results": self.findings.iter().map(result).collect::<Vec<_>>(),
            }],
        });
        sarif.to_string()
    }
}

fn result(finding: &Finding) -> Value {
    let level = match finding.severity {
        Severity::GotThrough | Severity::Control => "error",
        Severity::Wrong => "warning",
    };
    let text =
        format!("{} as {}: {} ({}): {}", finding.route, finding.method, finding.id, finding.attack, finding.problem);
    json!({
        "ruleId": finding.id,
        "level": level,
        "message": {"text": text},
        "locations": [location(finding)],
        // Identifies the same finding in the next run, which has other tokens.
        "partialFingerprints": {
            "routeAndAttack/v1": format!("{} {} {} {}", finding.route, finding.method, finding.id, finding.attack),
        },
    })
}

/// The place such as `src/app.rs:12:30`; the route's name where the place is unknown.
fn location(finding: &Finding) -> Value {
    let mounted = finding.mounted.as_deref().and_then(|mounted| {
        let (rest, column) = mounted.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        Some((file, line.parse::<u32>().ok()?, column.parse::<u32>().ok()?))
    });
    let logical = json!([{"fullyQualifiedName": finding.route, "kind": "resource"}]);
    match mounted {
        Some((file, line, column)) => json!({
            "physicalLocation": {
                "artifactLocation": {"uri": file.replace('\\', "/").replace(' ', "%20")},
                "region": {"startLine": line, "startColumn": column},
            },
            "logicalLocations": logical,
        }),
        None => json!({"logicalLocations": logical}),
    }
}
