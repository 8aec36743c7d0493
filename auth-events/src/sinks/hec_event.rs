//! Encodes records for Splunk's HTTP Event Collector.

use super::message::{Content, Id, Kind, Message};
use serde::Serialize;
use std::time::Duration;

/// An event in HEC's format.
#[derive(Serialize)]
pub(super) struct HecEvent<'a> {
    /// In seconds since 1970.
    time: f64,
    source: &'a str,
    sourcetype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<&'a str>,
    event: IdentifiedEvent<'a>,
}

/// The fields of a record, and its id.
#[derive(Serialize)]
struct IdentifiedEvent<'a> {
    #[serde(flatten)]
    fields: &'a Content,
    id: Id,
}

impl<'a> HecEvent<'a> {
    pub(super) fn new(message: &'a Message, source: &'a str, index: Option<&'a str>) -> Self {
        let sourcetype = match message.content.kind() {
            Kind::Event => "auth_runtime:event",
            Kind::Summary => "auth_runtime:summary",
            Kind::Notice => "auth_runtime:notice",
        };
        let time = Duration::from_micros(message.at).as_secs_f64();
        Self { time, source, sourcetype, index, event: IdentifiedEvent { fields: &message.content, id: message.id } }
    }
}

#[cfg(test)]
mod tests {
    use super::HecEvent;
    use crate::sinks::message::Message;
    use crate::sinks::message_tests::one_of_each;
    use serde_json::{Value, json};

    #[test]
    fn splunk_gets_the_same_event_from_memory_and_from_a_spool() {
        for typed in one_of_each() {
            let spooled = Message::from_line(&typed.to_line().unwrap()).unwrap();
            let hec = |message: &Message| serde_json::to_value(HecEvent::new(message, "orders", Some("main"))).unwrap();
            let sent = hec(&typed);
            assert_eq!(sent, hec(&spooled));
            let mut event = serde_json::to_value(&typed.content).unwrap();
            event["id"] = typed.id.to_string().into();
            assert_eq!((&sent["event"], &sent["source"], &sent["index"]), (&event, &json!("orders"), &json!("main")));
            assert!(sent["sourcetype"].as_str().unwrap().starts_with("auth_runtime:"), "{sent}");
        }
        let sent = serde_json::to_value(HecEvent::new(&one_of_each()[0], "orders", None)).unwrap();
        assert_eq!(sent.get("index"), None::<&Value>);
    }
}
