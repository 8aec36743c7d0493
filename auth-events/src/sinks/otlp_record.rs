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
    matches!(notice, "started" | "stopped" | "drill" | "key_set_changed" | "key_repaired" | "signing_secret_changed")
        || notice.ends_with("_restored")
}

#[cfg(test)]
mod tests {
    use super::fill;
    use crate::record::Record;
    use crate::schema::{full_event, rows_of};
    use crate::sinks::message::{Message, Messages};
    use crate::{Class, Notice, NoticeKind, Reason, Severity as Word, Summary};
    use opentelemetry::logs::{AnyValue, LogRecord, Severity};
    use opentelemetry::{Key, SpanId, TraceFlags, TraceId};
    use std::borrow::Cow;
    use std::collections::BTreeSet;
    use std::time::SystemTime;

    /// A log record that keeps what the page lists.
    #[derive(Default)]
    struct Filled {
        event_name: Option<&'static str>,
        severity: Option<Severity>,
        names: BTreeSet<String>,
    }

    impl LogRecord for Filled {
        fn set_event_name(&mut self, name: &'static str) {
            self.event_name = Some(name);
        }

        fn set_target<T: Into<Cow<'static, str>>>(&mut self, _: T) {}

        fn set_timestamp(&mut self, _: SystemTime) {
            self.names.insert("the record's timestamp".to_owned());
        }

        fn set_observed_timestamp(&mut self, _: SystemTime) {}

        fn set_severity_text(&mut self, _: &'static str) {
            self.names.insert("the record's severity".to_owned());
        }

        fn set_severity_number(&mut self, number: Severity) {
            self.severity = Some(number);
        }

        fn set_body(&mut self, _: AnyValue) {}

        fn add_attributes<I, K, V>(&mut self, attributes: I)
        where
            I: IntoIterator<Item = (K, V)>,
            K: Into<Key>,
            V: Into<AnyValue>,
        {
            attributes.into_iter().for_each(|(key, value)| self.add_attribute(key, value));
        }

        fn add_attribute<K: Into<Key>, V: Into<AnyValue>>(&mut self, key: K, _: V) {
            self.names.insert(format!("`{}`", key.into()));
        }

        fn set_trace_context(&mut self, _: TraceId, _: SpanId, _: Option<TraceFlags>) {
            self.names.insert("the record's trace id".to_owned());
        }
    }

    fn filled(record: Record) -> Filled {
        let message: Message = Messages::new().unwrap().message(record);
        let mut log = Filled::default();
        fill(&mut log, &message);
        log
    }

    #[test]
    fn each_kind_has_its_event_name() {
        let summary = Summary::new(Reason::Expired.into(), None, 7, 100);
        let notice = Notice::new(NoticeKind::Started, None, "");
        let records =
            [Record::Event(full_event().into()), Record::Summary(summary.into()), Record::Notice(notice.into())];
        let names = records.map(|record| filled(record).event_name.unwrap());
        assert_eq!(names, ["auth.rejected", "auth.rejected.summary", "auth.notice"]);
    }

    #[test]
    fn each_field_has_the_name_of_the_page() {
        let mut names = filled(Record::Event(full_event().into())).names;
        assert!(names.remove("`log.record.uid`"));
        let of_page: BTreeSet<_> = rows_of("Field mapping").into_iter().map(|cells| cells[3].clone()).collect();
        assert_eq!(names, of_page);
    }

    #[test]
    fn each_notice_has_the_severity_of_the_page() {
        let table: Vec<_> = rows_of("Notice").into_iter().map(|cells| (cells[0].clone(), cells[1].clone())).collect();
        for kind in NoticeKind::ALL {
            let severity = filled(Record::Notice(Notice::new(*kind, None, "why").into())).severity.unwrap();
            assert!(table.contains(&(format!("`{kind}`"), severity.name().to_owned())), "{kind}: {severity:?}");
        }
    }

    #[test]
    fn the_five_severities_have_the_names_of_the_page() {
        let words = [Word::Informational, Word::Low, Word::Medium, Word::High, Word::Critical];
        let names = words.map(|severity| {
            let event = crate::AuthEvent { severity, ..full_event() };
            filled(Record::Event(event.into())).severity.unwrap().name()
        });
        assert_eq!(names, ["INFO", "INFO4", "WARN", "ERROR", "FATAL"]);
        assert!(Class::ALL.iter().all(|class| words.contains(&class.severity())));
    }
}
