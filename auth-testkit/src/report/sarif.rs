//! The report as SARIF 2.1.0, for code scanning.

use super::{AttackReport, Cause, Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl AttackReport {
    /// Returns the report as SARIF, with each cause at the line where its first route is mounted.
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
                "results": self.causes().iter().map(|cause| self.result(cause)).collect::<Vec<_>>(),
            }],
        });
        sarif.to_string()
    }

    fn result(&self, cause: &Cause) -> Value {
        let example = &self.findings[cause.example];
        let level = match cause.severity {
            Severity::GotThrough | Severity::Control => "error",
            Severity::Wrong => "warning",
        };
        let of_cause = self.findings.iter().filter(|finding| cause.ids.contains(&finding.id));
        let mut places: Vec<Value> = Vec::new();
        for finding in of_cause.filter(|finding| cause.routes.contains(&finding.route)) {
            let place = location(finding);
            if !places.contains(&place) && places.len() <= RELATED {
                places.push(place);
            }
        }
        let text = format!(
            "{} as {}: {} ({}): {}\n{cause}",
            example.route, example.method, cause.id, example.attack, example.problem
        );
        json!({
            "ruleId": cause.id,
            "level": level,
            "message": {"text": text},
            "occurrenceCount": cause.requests,
            "locations": [location(example)],
            "relatedLocations": places.into_iter().filter(|place| *place != location(example)).collect::<Vec<_>>(),
            // Identifies the same cause in the next run, which has other tokens.
            "partialFingerprints": {
                "attackAndCause/v2": format!("{} {} {}", cause.id, example.route, cause.problem),
            },
        })
    }
}

/// How many further lines a result names.
const RELATED: usize = 10;

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
