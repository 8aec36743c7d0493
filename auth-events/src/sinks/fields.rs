//! Lists the fields of a record, for protocols that encode each field by itself.

use super::message::Content;
use crate::record::Record;
use crate::{AuthEvent, Notice, Summary};
use serde_json::{Map, Value};
use std::net::SocketAddr;

/// The value of a field.
#[derive(Debug, PartialEq)]
pub(super) enum Field<'a> {
    Text(&'a str),
    Number(u64),
    /// The client's address and port.
    Peer(SocketAddr),
    /// From the spool of another version of this crate.
    Other(&'a Value),
}

impl Content {
    /// Calls `each` with the name and value of each field, except `time`, which the message has.
    pub(super) fn for_each_field(&self, mut each: impl FnMut(&str, Field<'_>)) {
        match self {
            Self::Typed(Record::Event(event)) => of_event(event, each),
            Self::Typed(Record::Summary(summary)) => of_summary(summary, each),
            Self::Typed(Record::Notice(notice)) => of_notice(notice, each),
            Self::Spooled(_, fields) => of_spooled(fields, &mut each),
        }
    }
}

/// Names every field in its pattern, so that a new one does not compile until it is listed.
fn of_event(event: &AuthEvent, mut each: impl FnMut(&str, Field<'_>)) {
    let AuthEvent {
        schema,
        time: _,
        reason,
        class,
        severity,
        status,
        method,
        route,
        peer,
        issuer,
        audience,
        key_id_hash,
        subject,
        permission,
        claim,
        token_hash,
        trace_id,
        detail,
    } = event;
    each("schema", Field::Number((*schema).into()));
    each("reason", Field::Text(reason.as_str()));
    each("class", Field::Text(class.as_str()));
    each("severity", Field::Text(severity.as_str()));
    each("status", Field::Number((*status).into()));
    each("issuer", Field::Text(issuer));
    each("audience", Field::Text(audience));
    if let Some(peer) = peer {
        each("peer", Field::Peer(*peer));
    }
    let texts = [
        ("method", *method),
        ("route", route.as_deref()),
        ("key_id_hash", key_id_hash.as_deref()),
        ("subject", subject.as_deref()),
        ("permission", *permission),
        ("claim", claim.as_deref()),
        ("token_hash", token_hash.as_deref()),
        ("trace_id", trace_id.as_deref()),
        ("detail", detail.as_deref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            each(name, Field::Text(text));
        }
    }
}

fn of_summary(summary: &Summary, mut each: impl FnMut(&str, Field<'_>)) {
    let Summary { schema, time: _, reason, class, severity, route, suppressed, emitted } = summary;
    each("schema", Field::Number((*schema).into()));
    each("reason", Field::Text(reason.as_str()));
    each("class", Field::Text(class.as_str()));
    each("severity", Field::Text(severity.as_str()));
    if let Some(route) = route {
        each("route", Field::Text(route));
    }
    each("suppressed", Field::Number(*suppressed));
    each("emitted", Field::Number(*emitted));
}

fn of_notice(notice: &Notice, mut each: impl FnMut(&str, Field<'_>)) {
    let Notice { schema, time: _, notice, issuer, detail } = notice;
    each("schema", Field::Number((*schema).into()));
    each("notice", Field::Text(notice.as_str()));
    if let Some(issuer) = issuer {
        each("issuer", Field::Text(issuer));
    }
    each("detail", Field::Text(detail));
}

fn of_spooled(fields: &Map<String, Value>, each: &mut impl FnMut(&str, Field<'_>)) {
    for (name, value) in fields {
        if let ("time", _) | (_, Value::Null) = (name.as_str(), value) {
            continue;
        }
        let peer = || value.as_str().filter(|_| name == "peer").and_then(|peer| peer.parse().ok());
        each(
            name,
            match (value, value.as_u64()) {
                (Value::String(text), _) => peer().map_or(Field::Text(text), Field::Peer),
                (_, Some(number)) => Field::Number(number),
                (other, None) => Field::Other(other),
            },
        );
    }
}
