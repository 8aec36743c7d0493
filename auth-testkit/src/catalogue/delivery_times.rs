//! Timestamps that are old, in the future, no numbers, or not those that were signed.

use super::BadDelivery;
use crate::issuer::{TestSender, header};
use auth_runtime::events::Reason;
use auth_runtime::testing::SignatureForm;

const STALE: &[Reason] = &[Reason::StaleSignature];
const MALFORMED: &[Reason] = &[Reason::MalformedSignature];

/// How far beyond the tolerance a timestamp is, in seconds. Two clocks may differ.
const BEYOND: i64 = 60;

pub(super) fn bad(sender: &TestSender) -> Vec<BadDelivery> {
    let mut bad = ids(sender);
    let Some(tolerance) = sender.tolerance() else { return bad };
    let beyond = i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX / 2) + BEYOND;
    bad.extend(offsets(sender, beyond));
    bad.extend(texts(sender));
    bad.extend(changed(sender, beyond));
    bad
}

fn offsets(sender: &TestSender, beyond: i64) -> Vec<BadDelivery> {
    const DAY: i64 = 24 * 3600;
    let offsets = [
        ("G13", "a timestamp that is too old", -beyond),
        ("G13", "a timestamp of yesterday", -beyond - DAY),
        ("G14", "a timestamp in the future", beyond),
        ("G14", "a timestamp of tomorrow", beyond + DAY),
        ("G14", "a timestamp in a hundred years", 36_525 * DAY),
    ];
    let stale = |(id, name, offset)| {
        let draft = sender.draft_at(offset);
        BadDelivery::by_its_head(id, name, STALE, draft.headers(), &draft.signed)
    };
    offsets.into_iter().map(stale).collect()
}

/// Makes another timestamp of the right one.
type Respell = fn(&str) -> String;

/// The signature is right for each of them. A `+` is not one: only the sender could sign it, and
/// parsers of numbers such as `u64::from_str` read it.
fn texts(sender: &TestSender) -> Vec<BadDelivery> {
    let texts: [(&str, Respell); 8] = [
        ("an empty timestamp", |_| String::new()),
        ("a word as the timestamp", |_| "now".to_owned()),
        ("NaN as the timestamp", |_| "NaN".to_owned()),
        ("a negative timestamp", |now| format!("-{now}")),
        ("a timestamp with a fraction", |now| format!("{now}.0")),
        ("a timestamp in milliseconds", |now| format!("{now}000")),
        ("a timestamp of more than 64 bits", |_| "18446744073709551616".to_owned()),
        ("a date as the timestamp", |_| "2026-11-27T08:00:00Z".to_owned()),
    ];
    let mut bad: Vec<BadDelivery> = texts
        .into_iter()
        .map(|(name, text)| {
            let mut draft = sender.draft();
            draft.timestamp = text(&draft.timestamp);
            BadDelivery::by_its_head("G15", name, MALFORMED, draft.headers(), &draft.signed)
        })
        .collect();
    bad.push(without_timestamp(sender));
    bad
}

fn without_timestamp(sender: &TestSender) -> BadDelivery {
    let mut draft = sender.draft();
    draft.timestamp = String::new();
    let mut headers = draft.headers();
    match sender.parts().timestamp_header {
        Some(name) => headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name)),
        None => headers = vec![header(sender.parts().header, &format!("v1={}", draft.mac()))],
    }
    BadDelivery::by_its_head("G15", "no timestamp", MALFORMED, headers, &draft.signed)
}

/// An old signature with a new timestamp.
fn changed(sender: &TestSender, beyond: i64) -> Vec<BadDelivery> {
    let old = sender.draft_at(-beyond);
    let mut renewed = old.clone();
    renewed.timestamp = sender.draft().timestamp;
    let mut headers = renewed.other_headers();
    let name = "an old signature with the timestamp of now";
    let value = renewed.value_around(&old.mac());
    headers.push(header(sender.parts().header, &value));
    let mut bad = BadDelivery::by_its_signature("G16", name, &old, old.signed.clone());
    bad.credentials.headers = headers;
    let mut all = vec![bad];
    for (name, is_first) in [("an old timestamp, and that of now", true), ("a timestamp of now, and an old one", false)]
    {
        let old = sender.draft_at(-beyond);
        let now = sender.draft().timestamp;
        let (first, second) = if is_first { (&old.timestamp, &now) } else { (&now, &old.timestamp) };
        let headers = match (sender.parts().timestamp_header, sender.parts().form) {
            (None, SignatureForm::TimeAndHex) => {
                vec![header(sender.parts().header, &format!("t={first},t={second},v1={}", old.mac()))]
            }
            (Some(timestamp), _) => {
                let mut headers = old.headers();
                headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(timestamp));
                headers.extend([header(timestamp, first), header(timestamp, second)]);
                headers
            }
            (None, _) => continue,
        };
        all.push(BadDelivery::by_its_head("G16", name, MALFORMED, headers, &old.signed));
    }
    all
}

/// A good signature with the id of another delivery, to repeat it.
fn ids(sender: &TestSender) -> Vec<BadDelivery> {
    if sender.parts().id_header.is_none() {
        return Vec::new();
    }
    let draft = sender.draft();
    let mut other = draft.clone();
    other.id = sender.draft().id;
    let mut bad = BadDelivery::by_its_signature("G16", "a signature with another id", &draft, draft.signed.clone());
    bad.credentials.headers = other.other_headers();
    bad.credentials.headers.push(header(sender.parts().header, &draft.value()));
    vec![bad]
}
