//! Writes the findings of the lint for code scanning: SARIF 2.1.0 (OASIS).

use crate::lint::rules::{Level, RULES};
use crate::lint::{Finding, Linted};
use crate::scan::Place;
use crate::sources::Unreadable;
use serde_json::{Value, json};

/// Writes one run. A file that could not be read is a notification, and makes the run unsuccessful.
pub(crate) fn sarif(linted: &Linted) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.says },
                "fullDescription": { "text": rule.why },
                "help": { "text": format!("Instead: {}.", rule.instead) },
                "defaultConfiguration": { "level": level(rule.level) },
            })
        })
        .collect();
    let results: Vec<Value> = linted
        .findings
        .iter()
        .map(|finding| {
            let Finding { rule, place, item, .. } = finding;
            let instead = finding.instead();
            json!({
                "ruleId": rule.id,
                "ruleIndex": RULES.iter().position(|known| known.id == rule.id),
                "level": level(rule.level),
                "message": { "text": format!("{}: {item}. {}; instead: {instead}.", rule.says, rule.why) },
                "locations": [location(place)],
            })
        })
        .collect();
    let notifications: Vec<Value> = linted
        .unreadable
        .iter()
        .map(|Unreadable { file, line, why }| {
            let place = Place { file: file.clone(), line: *line, column: 1 };
            json!({ "level": "error", "message": { "text": why }, "locations": [location(&place)] })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "cargo-axum-auth", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "the root of the cargo workspace" } } },
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

fn location(place: &Place) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": encoded(&place.file), "uriBaseId": "SRCROOT" },
            "region": { "startLine": place.line.max(1), "startColumn": place.column },
        },
    })
}

/// Makes a relative URI of a path (RFC 3986): every byte but an unreserved character is escaped.
fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
