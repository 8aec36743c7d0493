//! Tests of messages in memory and in the spool.

use super::message::{Kind, Message, Messages};
use crate::record::Record;
use crate::schema::full_event;
use crate::{Notice, NoticeKind, Reason, Summary};

/// Returns a message of each kind, with every field set.
pub(super) fn one_of_each() -> [Message; 3] {
    let messages = Messages::new().unwrap();
    let summary = Summary::new(Reason::Expired.into(), Some("/orders".into()), 7, 100);
    let notice = Notice::new(NoticeKind::KeySkipped, Some("issuer".into()), "why \u{1f511}\n");
    [Record::Event(full_event().into()), Record::Summary(summary.into()), Record::Notice(notice.into())]
        .map(|record| messages.message(record))
}

#[test]
fn a_record_is_the_same_after_it_was_in_a_spool() {
    for (typed, events) in one_of_each().into_iter().zip([1, 7, 1]) {
        let spooled = Message::from_line(&typed.to_line().unwrap()).unwrap();
        assert_eq!((spooled.id, spooled.at), (typed.id, typed.at));
        assert_eq!(spooled.content.kind(), typed.content.kind());
        let fields = |message: &Message| serde_json::to_value(&message.content).unwrap();
        assert_eq!(fields(&spooled), fields(&typed));
        assert_eq!((typed.event_count(), spooled.event_count()), (events, events));
        // And again, for a run that moves it to a spool of its own.
        assert_eq!(spooled.to_line().unwrap().len(), typed.to_line().unwrap().len());
    }
}

/// As the version before typed records has written them.
#[test]
fn lines_of_an_earlier_version_are_read() {
    let line = |kind: &str, event: &str| {
        let line = format!(r#"{{"id":"00ab54a98ceb1f0a-1f","at":1700000000000001,"kind":"{kind}","event":{event}}}"#);
        Message::from_line(format!("{line}\n").as_bytes()).unwrap()
    };
    let event = line("event", r#"{"audience":"a","class":"invalid","reason":"bad_signature","schema":1,"new":[1]}"#);
    assert_eq!((event.id.to_string().as_str(), event.at), ("00ab54a98ceb1f0a-1f", 1_700_000_000_000_001));
    assert_eq!((event.content.kind(), event.event_count()), (Kind::Event, 1));
    assert_eq!(serde_json::to_value(&event.content).unwrap()["new"][0], 1, "a field of another version is kept");
    assert_eq!(line("summary", r#"{"reason":"expired","suppressed":12}"#).event_count(), 12);
    assert_eq!(line("notice", r#"{"notice":"started"}"#).event_count(), 1);
    assert_eq!(line("notice", r#"{"notice":"events_dropped"}"#).event_count(), 0);
}

#[test]
fn a_torn_line_is_not_read() {
    let line = one_of_each()[0].to_line().unwrap();
    assert!((0..line.len()).all(|end| Message::from_line(&line[..end]).is_none()));
    assert!(Message::from_line(b"{\"id\":\"1\",\"at\":1,\"kind\":\"event\",\"event\":{}}\n").is_none());
}

/// The limits of the memory and of a batch rest on the estimate.
#[test]
fn the_estimated_length_of_a_record_is_near_its_length() {
    for message in one_of_each() {
        let length = message.to_line().unwrap().len();
        assert!((length..length * 3).contains(&message.bytes), "{} for {length}", message.bytes);
    }
}

#[cfg(feature = "otlp")]
#[test]
fn each_field_is_listed_alike_from_memory_and_from_a_spool() {
    use std::collections::BTreeMap;
    for typed in one_of_each() {
        let spooled = Message::from_line(&typed.to_line().unwrap()).unwrap();
        let listed = |message: &Message| {
            let mut fields = BTreeMap::new();
            message.content.for_each_field(|name, field| drop(fields.insert(name.to_owned(), format!("{field:?}"))));
            fields
        };
        assert_eq!(listed(&typed), listed(&spooled));
        let mut names: Vec<_> = listed(&typed).into_keys().collect();
        names.push("time".to_owned());
        names.sort_unstable();
        let serialised = serde_json::to_value(&typed.content).unwrap();
        let mut serialised: Vec<_> = serialised.as_object().unwrap().keys().cloned().collect();
        serialised.sort_unstable();
        assert_eq!(names, serialised);
    }
}
