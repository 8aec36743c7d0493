//! Signed requests that must be rejected: signatures that are not those of the body.

use super::{Credentials, delivery_heads, delivery_times};
use crate::issuer::{SignedDraft, TestSender};
use auth_runtime::events::Reason;
use aws_lc_rs::hmac;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

/// A signed request that must be rejected with 401.
pub(crate) struct BadDelivery {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    pub(crate) credentials: Credentials,
    /// The reasons that its event may report.
    pub(crate) reasons: &'static [Reason],
    /// Whether the head shows that it is bad, so that the body must not be read.
    pub(crate) shown_by_its_head: bool,
    /// The same delivery as its sender spells it, where only the spelling is another one.
    pub(crate) as_sent: Option<Credentials>,
}

impl BadDelivery {
    /// A request whose head shows that it is bad.
    pub(super) fn by_its_head(
        id: &'static str,
        name: impl Into<String>,
        reasons: &'static [Reason],
        headers: Vec<(HeaderName, HeaderValue)>,
        body: &str,
    ) -> Self {
        let credentials = Credentials::signed(headers, body.to_owned());
        Self { id, name: name.into(), credentials, reasons, shown_by_its_head: true, as_sent: None }
    }

    /// A request whose head is good, and whose signature is not that of its body.
    pub(super) fn by_its_signature(
        id: &'static str,
        name: impl Into<String>,
        draft: &SignedDraft<'_>,
        body: impl Into<String>,
    ) -> Self {
        let credentials = Credentials::signed(draft.headers(), body.into());
        let reasons = &[Reason::BadSignature];
        Self { id, name: name.into(), credentials, reasons, shown_by_its_head: false, as_sent: None }
    }
}

/// Secrets of examples and forgotten settings.
const DEFAULT_SECRETS: [&str; 5] = ["secret", "changeme", "test", "webhook_secret", "your-256-bit-secret"];

/// All bad requests of a sender. Each is a new delivery, so that no service knows it as a replay.
pub(crate) fn bad_deliveries(sender: &TestSender) -> Vec<BadDelivery> {
    let mut bad = delivery_heads::bad(sender);
    bad.extend(keys(sender));
    bad.extend(bodies(sender));
    bad.extend(delivery_times::bad(sender));
    bad.extend(templates(sender));
    bad.sort_by_key(|bad| bad.id);
    bad
}

/// The bad requests that need no sender.
pub(crate) fn unsigned_deliveries() -> Vec<BadDelivery> {
    let without = |id, name, headers| BadDelivery::by_its_head(id, name, &[Reason::MissingSignature], headers, "{}");
    let bearer = (AUTHORIZATION, HeaderValue::from_static("Bearer a.b.c"));
    vec![without("G01", "no signature", Vec::new()), without("G20", "a bearer token instead", vec![bearer])]
}

fn keys(sender: &TestSender) -> Vec<BadDelivery> {
    let with = |id, name: String, key: &[u8]| {
        let mut draft = sender.draft();
        draft.key = key.to_vec();
        BadDelivery::by_its_signature(id, name, &draft, draft.signed.clone())
    };
    let other = "a-key-that-the-service-does-not-know";
    let mut bad = vec![with("G06", "a signature with another key".to_owned(), other.as_bytes())];
    let default = |secret: &&str| with("G06", format!("a signature with the key {secret:?}"), secret.as_bytes());
    bad.extend(DEFAULT_SECRETS.iter().map(default));
    bad.push(with("G07", "a signature with an empty key".to_owned(), b""));
    bad
}

/// Makes another body of a signed one; `None` where it is not such a body.
type Change = fn(&str) -> Option<String>;

fn bodies(sender: &TestSender) -> Vec<BadDelivery> {
    let with = |id, name: &str, body: fn(&str) -> Option<String>| {
        let draft = sender.draft();
        let changed = body(&draft.signed).filter(|body| *body != draft.signed)?;
        Some(BadDelivery::by_its_signature(id, name, &draft, changed))
    };
    let mut empty = sender.draft();
    let body = std::mem::take(&mut empty.signed);
    let mut bad = vec![
        BadDelivery::by_its_signature("G08", "the signature of another body", &sender.draft(), sender.draft().signed),
        BadDelivery::by_its_signature("G08", "the signature of an empty body", &empty, body),
        BadDelivery::by_its_signature("G08", "the signature of a body, with an empty body", &sender.draft(), ""),
    ];
    let changed: [(&str, &str, Change); 7] = [
        ("G09", "the same JSON with other spaces", |body| serde_json::to_string_pretty(&json(body)?).ok()),
        ("G09", "the same JSON with its members in another order", reordered),
        ("G09", "the same JSON with a member twice", |body| {
            let twin = body.trim_end().strip_suffix('}').filter(|start| start.len() > 1)?;
            json(body)?
                .as_object()?
                .iter()
                .next_back()
                .map(|(name, value)| format!("{twin},{}:{value}}}", Value::from(&**name)))
        }),
        ("G10", "a line end more", |body| Some(format!("{body}\n"))),
        ("G10", "a space in front", |body| Some(format!(" {body}"))),
        ("G10", "a NUL more", |body| Some(format!("{body}\0"))),
        ("G10", "a byte less", |body| body.char_indices().last().map(|(last, _)| body[..last].to_owned())),
    ];
    bad.extend(changed.into_iter().filter_map(|(id, name, body)| with(id, name, body)));
    bad
}

fn json(body: &str) -> Option<Value> {
    serde_json::from_str(body).ok()
}

fn reordered(body: &str) -> Option<String> {
    let json = json(body)?;
    let members = json.as_object()?.iter().rev();
    let members: Vec<String> = members.map(|(name, value)| format!("{}:{value}", Value::from(&**name))).collect();
    Some(format!("{{{}}}", members.join(",")))
}

/// Signatures that leave out a part that the scheme signs.
fn templates(sender: &TestSender) -> Vec<BadDelivery> {
    let whole = sender.parts().template;
    let others = [
        ("the body alone", "{body}"),
        ("the timestamp and the body", "{timestamp}.{body}"),
        ("the id and the body", "{id}.{body}"),
    ];
    let parts = ["{timestamp}", "{id}"];
    let is_less = |template: &str| parts.iter().all(|part| whole.contains(part) || !template.contains(part));
    let lacks = |template: &str| parts.iter().any(|part| whole.contains(part) && !template.contains(part));
    let others = others.into_iter().filter(|(_, template)| is_less(template) && lacks(template));
    others
        .map(|(what, template)| {
            let mut draft = sender.draft();
            template.clone_into(&mut draft.template);
            let body = draft.signed.clone();
            BadDelivery::by_its_signature("G17", format!("a signature over {what}"), &draft, body)
        })
        .collect()
}

/// A draft that is signed with SHA-1.
pub(super) fn with_sha1(sender: &TestSender) -> SignedDraft<'_> {
    let mut draft = sender.draft();
    draft.algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
    draft
}
