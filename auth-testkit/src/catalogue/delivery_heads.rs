//! Signature headers that are missing, doubled or written in another form.

use super::deliveries::with_sha1;
use super::{BadDelivery, Credentials};
use crate::issuer::{SignedDraft, TestSender, header};
use auth_runtime::events::Reason;
use auth_runtime::testing::SignatureForm;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue};

type Headers = Vec<(HeaderName, HeaderValue)>;

const MISSING: &[Reason] = &[Reason::MissingSignature];
const MALFORMED: &[Reason] = &[Reason::MalformedSignature];

pub(super) fn bad(sender: &TestSender) -> Vec<BadDelivery> {
    let mut bad = missing(sender);
    bad.extend(twice(sender));
    bad.extend(other_hash(sender));
    let malformed =
        |Value { id, name, body, headers, .. }| BadDelivery::by_its_head(id, name, MALFORMED, headers, &body);
    bad.extend([prefixes(sender), lengths(sender)].concat().into_iter().map(malformed));
    bad.extend(spellings(sender).into_iter().map(|value| {
        let as_sent = Credentials::signed(value.as_sent.clone(), value.body.clone());
        BadDelivery { as_sent: Some(as_sent), ..malformed(value) }
    }));
    bad
}

/// The headers of a draft, with these values of the signature header.
fn with_values(sender: &TestSender, draft: &SignedDraft<'_>, values: &[&str]) -> Headers {
    let mut headers = draft.other_headers();
    headers.extend(values.iter().map(|value| header(sender.parts().header, value)));
    headers
}

fn missing(sender: &TestSender) -> Vec<BadDelivery> {
    let without = |id, name: &str, more: fn(&SignedDraft<'_>) -> Option<(HeaderName, String)>| {
        let draft = sender.draft();
        let mut headers = draft.other_headers();
        let value = |value: String| HeaderValue::from_str(&value).expect("a value that a header can have");
        headers.extend(more(&draft).map(|(name, text)| (name, value(text))));
        BadDelivery::by_its_head(id, name, MISSING, headers, &draft.signed)
    };
    let draft = sender.draft();
    let empty = with_values(sender, &draft, &[""]);
    let moved = sender.draft();
    let what = "the signature in the query";
    let mut in_query = BadDelivery::by_its_head("G20", what, MISSING, moved.other_headers(), &moved.signed);
    let (name, mac) = (sender.parts().header, moved.hex_mac());
    in_query.credentials.query = Some(format!("signature={mac}&{name}={mac}"));
    vec![
        without("G01", "no signature", |_| None),
        BadDelivery::by_its_head("G02", "an empty signature header", MALFORMED, empty, &draft.signed),
        without("G20", "a bearer token instead", |_| Some((AUTHORIZATION, "Bearer a.b.c".to_owned()))),
        without("G20", "the signature as a bearer token", |draft| {
            Some((AUTHORIZATION, format!("Bearer {}", draft.mac())))
        }),
        without("G20", "the signature in a cookie", |draft| Some((COOKIE, format!("signature={}", draft.hex_mac())))),
        in_query,
    ]
}

fn twice(sender: &TestSender) -> Vec<BadDelivery> {
    let with = |name: &str, values: fn(&str, &str) -> [String; 2]| {
        let draft = sender.draft();
        let mut other = draft.clone();
        other.key = b"a-key-that-the-service-does-not-know".to_vec();
        let [first, second] = values(&draft.value(), &other.value());
        let headers = with_values(sender, &draft, &[&first, &second]);
        BadDelivery::by_its_head("G03", name, MALFORMED, headers, &draft.signed)
    };
    vec![
        with("a good signature header, and a bad one", |good, bad| [good.to_owned(), bad.to_owned()]),
        with("a bad signature header, and a good one", |good, bad| [bad.to_owned(), good.to_owned()]),
        with("a good signature header twice", |good, _| [good.to_owned(), good.to_owned()]),
    ]
}

/// SHA-1, which GitHub sends in an older header beside the other one.
fn other_hash(sender: &TestSender) -> Vec<BadDelivery> {
    let name = sender.parts().header;
    let draft = with_sha1(sender);
    let in_place = with_values(sender, &draft, &[&draft.value()]);
    let mut bad = vec![BadDelivery::by_its_head("G05", "a signature with SHA-1", MALFORMED, in_place, &draft.signed)];
    let draft = with_sha1(sender);
    let named = format!("sha1={}", draft.hex_mac());
    let headers = with_values(sender, &draft, &[&named]);
    bad.push(BadDelivery::by_its_head("G05", "a signature that names SHA-1", MALFORMED, headers, &draft.signed));
    let older = ["-256", "-Sha256", "-SHA256"].iter().find_map(|suffix| name.strip_suffix(suffix));
    if let Some(older) = older {
        let draft = with_sha1(sender);
        let mut headers = draft.other_headers();
        headers.push(header(older, &format!("sha1={}", draft.hex_mac())));
        let what = format!("a signature with SHA-1 in {older}");
        bad.push(BadDelivery::by_its_head("G05", what, MISSING, headers, &draft.signed));
    }
    bad
}

/// A delivery with another value of the signature header.
#[derive(Clone)]
struct Value {
    id: &'static str,
    name: String,
    body: String,
    headers: Headers,
    /// The headers of the delivery with its right value.
    as_sent: Headers,
}

/// A new delivery whose signature header has what `value` makes of it.
fn other_value(
    sender: &TestSender,
    id: &'static str,
    name: &str,
    value: impl Fn(&SignedDraft<'_>) -> Option<String>,
) -> Option<Value> {
    let draft = sender.draft();
    let value = value(&draft).filter(|value| *value != draft.value())?;
    let headers = with_values(sender, &draft, &[&value]);
    Some(Value { id, name: name.to_owned(), body: draft.signed.clone(), headers, as_sent: draft.headers() })
}

fn prefixes(sender: &TestSender) -> Vec<Value> {
    let form = sender.parts().form;
    let has_prefix = !sender.parts().prefix.is_empty();
    let all = [
        other_value(sender, "G04", "a signature without its prefix", |draft| match form {
            SignatureForm::TimeAndHex => Some(format!("t={},{}", draft.timestamp, draft.mac())),
            _ => Some(draft.mac()),
        }),
        other_value(sender, "G04", "a signature with another prefix", |draft| match form {
            SignatureForm::TimeAndHex => Some(format!("t={},v0={}", draft.timestamp, draft.mac())),
            SignatureForm::VersionAndBase64 => Some(format!("v9,{}", draft.mac())),
            _ => Some(format!("sha512={}", draft.mac())),
        }),
        other_value(sender, "G04", "a signature with its prefix in capitals", |draft| {
            has_prefix.then(|| format!("{}{}", sender.parts().prefix.to_uppercase(), draft.mac()))
        }),
    ];
    all.into_iter().flatten().collect()
}

fn lengths(sender: &TestSender) -> Vec<Value> {
    let cut = |name: &str, to: fn(&str) -> String| {
        other_value(sender, "G11", name, |draft| Some(draft.value_around(&to(&draft.mac()))))
    };
    let all = [
        cut("a prefix without a signature", |_| String::new()),
        cut("the first character of the signature", |mac| mac[..1].to_owned()),
        cut("the first eight characters of the signature", |mac| mac[..8].to_owned()),
        cut("the first half of the signature", |mac| mac[..mac.len() / 2].to_owned()),
        cut("a signature without its last character", |mac| mac[..mac.len() - 1].to_owned()),
        cut("a signature and one more character", |mac| format!("{mac}0")),
    ];
    all.into_iter().flatten().collect()
}

fn spellings(sender: &TestSender) -> Vec<Value> {
    let is_hex = matches!(sender.parts().form, SignatureForm::Hex | SignatureForm::TimeAndHex);
    let spelled = |name: &str, spell: &dyn Fn(&SignedDraft<'_>) -> Option<String>| {
        other_value(sender, "G12", name, |draft| spell(draft).map(|mac| draft.value_around(&mac)))
    };
    let all = [
        spelled("a signature in capitals", &|draft| is_hex.then(|| draft.mac().to_uppercase())),
        spelled("a signature in hexadecimal digits", &|draft| (!is_hex).then(|| draft.hex_mac())),
        spelled("a signature in base64", &|draft| is_hex.then(|| in_base64(&draft.hex_mac()))),
        spelled("a signature without padding", &|draft| Some(draft.mac().trim_end_matches('=').to_owned())),
        spelled("a signature in the alphabet of URLs", &|draft| Some(draft.mac().replace('+', "-").replace('/', "_"))),
        spelled("a signature with 0x in front", &|draft| is_hex.then(|| format!("0x{}", draft.mac()))),
    ];
    all.into_iter().flatten().collect()
}

fn in_base64(hex: &str) -> String {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    STANDARD.encode((0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>())
}
