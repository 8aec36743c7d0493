//! Each refusal, beside the request that differs in one thing and is accepted.

use super::support::{
    GitHub, NOW, SECRET, Shopify, Slack, Standard, Stripe, Warehouse, base64, github, headers, hex, mac, reason,
    refusal, signatures, standard, stripe, verify, warehouse,
};
use crate::rejection::Rejection;
use auth_events::Reason;
use http::{HeaderMap, StatusCode};

const BODY: &[u8] = br#"{"amount": 10, "to": "alice"}"#;

fn github_reason(headers: &HeaderMap, body: &[u8]) -> Reason {
    reason(verify(&signatures::<GitHub>(SECRET), headers, body, NOW))
}

#[test]
fn a_signature_of_github_is_accepted_in_one_form_only() {
    let good = github(SECRET, BODY);
    let ours = signatures::<GitHub>(SECRET);
    let with = |value: &str| headers(&[("x-hub-signature-256", value)]);
    assert!(verify(&ours, &with(&good), BODY, NOW).is_ok());

    let digits = good.strip_prefix("sha256=").expect("a prefix");
    for malformed in [
        "",
        "sha256=",
        digits,
        &good.to_uppercase(),
        &format!("sha256={}", digits.to_uppercase()),
        &format!("SHA256={digits}"),
        &format!("sha1={digits}"),
        &format!("sha256={digits}00"),
        &good[..good.len() - 1],
        &good[..good.len() - 2],
        &format!("sha256=0x{}", &digits[2..]),
        &format!(" {good}"),
        &format!("{good},{good}"),
        &format!("sha256= {digits}"),
        &format!("sha256={}", base64(&mac(SECRET.as_bytes(), &[BODY]))),
        "undefined",
    ] {
        assert_eq!(github_reason(&with(malformed), BODY), Reason::MalformedSignature, "{malformed:?}");
    }
    let not_ascii = headers(&[("x-hub-signature-256", b"sha256=\xff".as_slice())]);
    assert_eq!(github_reason(&not_ascii, BODY), Reason::MalformedSignature);
}

#[test]
fn a_request_has_exactly_one_signature_header() {
    let good = github(SECRET, BODY);
    let missing = headers(&[("x-hub-signature", "sha1=5b2f1f2f7f1f"), ("authorization", "Bearer x.y.z")]);
    assert_eq!(github_reason(&missing, BODY), Reason::MissingSignature);
    // A proxy and the service could read different ones.
    for twice in [[&good, "sha256=00"], ["sha256=00", &good], [&good, &good]] {
        let twice = headers(&twice.map(|value| ("x-hub-signature-256", value)));
        assert_eq!(github_reason(&twice, BODY), Reason::MalformedSignature);
    }
}

#[test]
fn another_key_and_another_body_are_bad_signatures() {
    let with = |value: String| headers(&[("x-hub-signature-256", value)]);
    let other = "0d41c7b2a95e8f36d7c20b19e4f3a586";
    for header in [github(other, BODY), github("", BODY), github(SECRET, b""), format!("sha256={}", "0".repeat(64))] {
        assert_eq!(github_reason(&with(header.clone()), BODY), Reason::BadSignature, "{header}");
    }
    let good = with(github(SECRET, BODY));
    // The same JSON, written by another program: the bytes count.
    for body in [&br#"{"amount":10,"to":"alice"}"#[..], br#"{"to": "alice", "amount": 10}"#, b"", &BODY[1..]] {
        assert_eq!(github_reason(&good, body), Reason::BadSignature);
    }
    assert_eq!(github_reason(&good, &[BODY, b"\n"].concat()), Reason::BadSignature);
}

#[test]
fn all_refusals_of_a_signature_are_one_answer() {
    for reason in [Reason::MissingSignature, Reason::MalformedSignature, Reason::BadSignature, Reason::StaleSignature] {
        let rejection = Rejection::InvalidSignature(reason);
        assert_eq!((rejection.reason(), rejection.status()), (reason, StatusCode::UNAUTHORIZED));
        assert_eq!(rejection.kind(), Rejection::InvalidSignature(Reason::ReplayedSignature).kind());
    }
    for rejection in [Rejection::BodyTooLarge, Rejection::BodyNotReceived, Rejection::AlreadyDelivered] {
        assert_eq!(rejection.status().as_u16(), rejection.reason().status());
    }
}

#[test]
fn a_timestamp_is_judged_in_both_directions() {
    let ours = signatures::<Stripe>(SECRET);
    let at = |timestamp: u64| {
        let headers = headers(&[("stripe-signature", stripe(SECRET, timestamp, BODY))]);
        verify(&ours, &headers, BODY, NOW)
    };
    for accepted in [NOW, NOW - 300, NOW + 300] {
        assert!(at(accepted).is_ok(), "{accepted}");
    }
    for (stale, detail) in [
        (NOW - 301, "the timestamp is too old"),
        (0, "the timestamp is too old"),
        (NOW + 301, "the timestamp is in the future"),
        (NOW * 1000, "the timestamp is in the future"),
    ] {
        if stale.to_string().len() <= 12 {
            assert_eq!(refusal(at(stale)), (Reason::StaleSignature, detail.to_owned()));
        } else {
            assert_eq!(reason(at(stale)), Reason::MalformedSignature);
        }
    }
}

/// In a public project a timestamp that did not parse skipped the check.
#[test]
fn a_timestamp_that_is_not_a_number_is_malformed() {
    let ours = signatures::<Warehouse>(SECRET);
    let sent = NOW.to_string();
    assert!(verify(&ours, &warehouse("d-1", &sent, BODY), BODY, NOW).is_ok());
    for text in ["", "now", "-1", "+1800000000", "1800000000.0", "18000000000000000000", "0x6b49d200", "1800 000 000"] {
        let outcome = verify(&ours, &warehouse("d-1", text, BODY), BODY, NOW);
        assert_eq!(reason(outcome), Reason::MalformedSignature, "{text:?}");
    }
    for absent in ["x-sent", "x-delivery"] {
        let mut headers = warehouse("d-1", &sent, BODY);
        let value = headers.remove(absent).expect("a header");
        assert_eq!(reason(verify(&ours, &headers, BODY, NOW)), Reason::MalformedSignature, "{absent}");
        headers.append(absent, value.clone());
        headers.append(absent, value);
        assert_eq!(reason(verify(&ours, &headers, BODY, NOW)), Reason::MalformedSignature, "{absent} twice");
    }
}

/// The timestamp of another request does not make an old one young.
#[test]
fn a_timestamp_outside_of_the_mac_is_a_bad_signature() {
    let slack = signatures::<Slack>(SECRET);
    let signed = |timestamp: &str| hex(&mac(SECRET.as_bytes(), &[b"v0:", timestamp.as_bytes(), b":", BODY]));
    let request = |stated: u64, signed_at: u64| {
        let signature = format!("v0={}", signed(&signed_at.to_string()));
        headers(&[("x-slack-signature", signature), ("x-slack-request-timestamp", stated.to_string())])
    };
    assert!(verify(&slack, &request(NOW, NOW), BODY, NOW).is_ok());
    assert_eq!(reason(verify(&slack, &request(NOW, NOW - 3600), BODY, NOW)), Reason::BadSignature);
    let old = stripe(SECRET, NOW - 3600, BODY).replace(&(NOW - 3600).to_string(), &NOW.to_string());
    let old = headers(&[("stripe-signature", old)]);
    assert_eq!(reason(verify(&signatures::<Stripe>(SECRET), &old, BODY, NOW)), Reason::BadSignature);
}

#[test]
fn a_header_of_stripe_has_one_timestamp_and_a_known_version() {
    let ours = signatures::<Stripe>(SECRET);
    let good = stripe(SECRET, NOW, BODY);
    let mac = good.rsplit_once('=').expect("a MAC").1;
    let with = |value: &str| headers(&[("stripe-signature", value)]);
    for accepted in [good.clone(), format!("{good},v0=x,v2=y"), format!("v1={mac},t={NOW}")] {
        assert!(verify(&ours, &with(&accepted), BODY, NOW).is_ok(), "{accepted}");
    }
    for malformed in [
        format!("v1={mac}"),
        format!("t={NOW}"),
        format!("t={NOW},v0={mac}"),
        format!("t={NOW},t={NOW},v1={mac}"),
        format!("t={NOW}, v1={mac}"),
        format!("t={NOW},v1={}", mac.to_uppercase()),
        format!("t={NOW},v1={mac},v1="),
        format!("t={NOW},v1={mac},"),
        format!("t=,v1={mac}"),
        format!("t={NOW}{}", format!(",v1={mac}").repeat(16)),
    ] {
        assert_eq!(reason(verify(&ours, &with(&malformed), BODY, NOW)), Reason::MalformedSignature, "{malformed}");
    }
}

#[test]
fn a_list_of_standard_webhooks_has_a_known_version() {
    let raw = b"24 bytes of a test, 24 b";
    let ours = signatures::<Standard>(&format!("whsec_{}", base64(raw)));
    let good = standard(raw, "msg_1", NOW, BODY);
    let value = good["webhook-signature"].to_str().expect("text").to_owned();
    let with = |value: &str| {
        let mut headers = good.clone();
        headers.insert("webhook-signature", value.parse().expect("a value"));
        verify(&ours, &headers, BODY, NOW)
    };
    let other = format!("v1,{}", base64(&[7; 32]));
    for accepted in [&value, &format!("{other} {value}"), &format!("{value} v9,x")] {
        assert!(with(accepted).is_ok(), "{accepted}");
    }
    for (value, expected) in [
        (other.as_str(), Reason::BadSignature),
        // No key of this kind is configured.
        (&format!("v1a,{}", base64(&[7; 64])), Reason::BadSignature),
        (&value.replace("v1,", "v9,"), Reason::MalformedSignature),
        (&value.replace("v1,", ""), Reason::MalformedSignature),
        (&value.replace('=', ""), Reason::MalformedSignature),
        (&format!("{value}  {value}"), Reason::MalformedSignature),
        (&[other.as_str(); 17].join(" "), Reason::MalformedSignature),
    ] {
        assert_eq!(reason(with(value)), expected, "{value}");
    }
}

/// With the separator in ids, `a.1` at `2` and `a` at `1` would share a MAC.
#[test]
fn an_id_has_no_separator() {
    let ours = signatures::<Warehouse>(SECRET);
    let sent = NOW.to_string();
    for id in ["d-1", "msg_2Kx", "72d3162e-cc78-11e3-81ab-4c9367dc0958", &"a".repeat(256)] {
        assert!(verify(&ours, &warehouse(id, &sent, BODY), BODY, NOW).is_ok(), "{id}");
    }
    for id in ["", "a.1", "a/1", "a b", "a,b", &"a".repeat(257)] {
        let outcome = verify(&ours, &warehouse(id, &sent, BODY), BODY, NOW);
        assert_eq!(reason(outcome), Reason::MalformedSignature, "{id}");
    }
}

#[test]
fn the_base64_of_shopify_is_canonical() {
    let ours = signatures::<Shopify>(SECRET);
    let good = base64(&mac(SECRET.as_bytes(), &[BODY]));
    let outcome = |value: &str| verify(&ours, &headers(&[("X-Shopify-Hmac-SHA256", value)]), BODY, NOW);
    assert!(outcome(&good).is_ok());
    let bare = good.trim_end_matches('=');
    // The last digit has two bits that count for nothing.
    let last = bare.chars().last().expect("a digit");
    let sibling = char::from(last as u8 + 1);
    let second_spelling = format!("{}{sibling}=", &bare[..bare.len() - 1]);
    for malformed in [bare, &format!("{good}="), &second_spelling, &hex(&mac(SECRET.as_bytes(), &[BODY])), ""] {
        assert_eq!(reason(outcome(malformed)), Reason::MalformedSignature, "{malformed}");
    }
}
