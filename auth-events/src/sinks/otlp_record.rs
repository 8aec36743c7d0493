//! Encodes records by the names of OpenTelemetry.

use super::fields::Field;
use super::message::{Kind, Message};
use opentelemetry::logs::{AnyValue, LogRecord, Severity};
use opentelemetry::{Key, SpanId, TraceId};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Fills an empty log record.
pub(super) fn fill(log: &mut impl LogRecord, message: &Message) {
    let kind = message.content.kind();
    let time = SystemTime::UNIX_EPOCH + Duration::from_micros(message.at);
    log.set_timestamp(time);
    log.set_observed_timestamp(time);
    log.set_event_name(match kind {
        Kind::Event => "auth.rejected",
        Kind::Summary => "auth.rejected.summary",
        Kind::Notice => "auth.notice",
    });
    log.add_attribute("log.record.uid", message.id.to_string());
    message.content.for_each_field(|name, field| match (name, field) {
        // A part of the log record itself.
        ("severity", Field::Text(word)) => set_severity(log, word),
        ("peer", Field::Peer(peer)) => {
            log.add_attribute("network.peer.address", peer.ip().to_string());
            log.add_attribute("network.peer.port", i64::from(peer.port()));
        }
        // The collector joins the record with the spans of its request.
        ("trace_id", Field::Text(id)) => match TraceId::from_hex(id) {
            Ok(id) => log.set_trace_context(id, SpanId::INVALID, None),
            Err(_) => log.add_attribute(attribute(name), id.to_owned()),
        },
        (_, Field::Text(text)) => {
            match (kind, name) {
                (Kind::Event | Kind::Summary, "reason") => log.set_body(text.to_owned().into()),
                (Kind::Notice, "notice") => {
                    log.set_body(text.to_owned().into());
                    set_severity(log, if is_good_news(text) { "informational" } else { "high" });
                }
                _ => {}
            }
            log.add_attribute(attribute(name), text.to_owned());
        }
        (_, Field::Number(number)) => log.add_attribute(attribute(name), number_of(number)),
        (_, Field::Peer(peer)) => log.add_attribute(attribute(name), peer.to_string()),
        (_, Field::Other(value)) => log.add_attribute(attribute(name), any(value)),
    });
}

fn set_severity(log: &mut impl LogRecord, word: &str) {
    let (number, text) = match word {
        "informational" => (Severity::Info, "informational"),
        "low" => (Severity::Info4, "low"),
        "medium" => (Severity::Warn, "medium"),
        "high" => (Severity::Error, "high"),
        _ => (Severity::Fatal, "critical"),
    };
    log.set_severity_number(number);
    log.set_severity_text(text);
}

/// Returns OpenTelemetry's name for a field, where there is one.
fn attribute(field: &str) -> Key {
    match field {
        "reason" => Key::from_static_str("error.type"),
        "status" => Key::from_static_str("http.response.status_code"),
        "method" => Key::from_static_str("http.request.method"),
        "route" => Key::from_static_str("http.route"),
        "subject" => Key::from_static_str("user.id"),
        field => Key::new(format!("auth.{field}")),
    }
}

/// OpenTelemetry has no unsigned integers.
#[expect(clippy::cast_precision_loss, reason = "a count beyond 2^63 is a rough one")]
fn number_of(number: u64) -> AnyValue {
    i64::try_from(number).map_or(AnyValue::Double(number as f64), AnyValue::Int)
}

fn any(value: &Value) -> AnyValue {
    match value {
        Value::String(text) => text.clone().into(),
        Value::Bool(yes) => (*yes).into(),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().into(), AnyValue::Int)
        }
        other => other.to_string().into(),
    }
}

fn is_good_news(notice: &str) -> bool {
    matches!(notice, "started" | "stopped" | "drill" | "key_set_changed" | "key_repaired")
        || notice.ends_with("_restored")
}
