//! Compares the tables of the manual with the records, because such tables go out of date.

use super::Reason;
use super::{AuthEvent, Class, Notice, NoticeKind, Summary};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::SystemTime;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../auth-runtime/manual/events.md");
    std::fs::read_to_string(path).expect("the page about the schema")
}

/// Returns the cells of the rows under a heading whose first cell begins with code.
pub(crate) fn rows_of(heading: &str) -> Vec<Vec<String>> {
    let page = page();
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Returns the first two cells of the rows under a heading whose first cell is code.
fn rows(heading: &str) -> Vec<(String, String)> {
    let rows = rows_of(heading).into_iter();
    let word = |cells: &[String]| Some(cells[0].strip_prefix('`')?.strip_suffix('`')?.to_owned());
    rows.filter_map(|cells| Some((word(&cells)?, cells[1].clone()))).collect()
}

fn words(heading: &str) -> BTreeSet<String> {
    rows(heading).into_iter().map(|(word, _)| word).collect()
}

fn fields(of: &impl Serialize) -> BTreeSet<String> {
    match serde_json::to_value(of).expect("JSON") {
        Value::Object(fields) => fields.into_iter().map(|(name, _)| name).collect(),
        other => panic!("{other}"),
    }
}

/// An event with every field set. A new field does not compile until it is here.
pub(crate) fn full_event() -> AuthEvent {
    let reason = Reason::Denied;
    AuthEvent {
        schema: AuthEvent::SCHEMA,
        time: SystemTime::now(),
        reason,
        class: reason.class(),
        severity: reason.class().severity(),
        status: 403,
        method: Some("GET"),
        route: Some("/orders".into()),
        peer: Some(([127, 0, 0, 1], 80).into()),
        issuer: "issuer".into(),
        audience: "audience".into(),
        key_id_hash: Some("0123abcd".to_owned()),
        subject: Some("alice".to_owned()),
        permission: Some("orders:write"),
        claim: Some("aud".into()),
        token_hash: Some("0123456789abcdef".to_owned()),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
        detail: Some("why".to_owned()),
    }
}

#[test]
fn each_field_of_an_event_is_in_the_page_and_no_other() {
    assert_eq!(fields(&full_event()), words("Event"));
}

/// The field `peer` has two rows, because it is two fields elsewhere.
#[test]
fn each_field_of_an_event_is_mapped() {
    let mapped = rows_of("Field mapping").into_iter().filter_map(|cells| Some(cells[0].split('`').nth(1)?.to_owned()));
    assert_eq!(fields(&full_event()), mapped.collect());
}

#[test]
fn each_field_of_a_summary_is_in_the_page_and_no_other() {
    assert_eq!(fields(&Summary::new(Reason::Expired.into(), Some("/orders".into()), 3, 100)), words("Summary"));
}

#[test]
fn each_field_and_each_kind_of_a_notice_is_in_the_page_and_no_other() {
    let mut known = fields(&Notice::new(NoticeKind::KeySkipped, Some("issuer".into()), "why"));
    known.extend(NoticeKind::ALL.iter().map(|kind| kind.as_str().to_owned()));
    assert_eq!(known, words("Notice"));
}

#[test]
fn each_reason_is_in_the_page_with_its_class() {
    let known: BTreeSet<_> =
        Reason::ALL.iter().map(|reason| (reason.to_string(), reason.class().to_string())).collect();
    assert_eq!(known, rows("Reasons").into_iter().collect());
}

#[test]
fn the_version_and_the_classes_are_in_the_page() {
    let page = page();
    assert!(page.contains(&format!("`schema` is **{}**", AuthEvent::SCHEMA)));
    let class = rows("Event").into_iter().find(|(field, _)| field == "class").expect("the class").1;
    for known in Class::ALL {
        assert!(class.contains(&format!("`{known}`")), "{class}");
    }
}
