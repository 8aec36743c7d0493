//! T02, T12, T16 and T17: the signature is missing, truncated, changed, or by an untrusted key.

use super::{Attack, Credentials, Expected};
use crate::issuer::{SigningKey, base64url};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const BAD: &[Reason] = &[Reason::BadSignature];
const BAD_OR_MALFORMED: &[Reason] = &[Reason::BadSignature, Reason::MalformedToken];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    attacks.push(
        Attack::new("T02", "signed with an untrusted key, under the same kid", Expected::InvalidToken, |inputs| {
            Some(Credentials::bearer(&inputs.forgery()?.signed_with_untrusted_key()))
        })
        .because(BAD),
    );
    attacks.push(
        Attack::new("T52", "signed with an untrusted key, sent twice", Expected::InvalidToken, |inputs| {
            Some(Credentials::bearer(&inputs.forgery()?.signed_with_untrusted_key()))
        })
        .because(BAD)
        .twice(),
    );
    attacks.push(
        Attack::new("T52", "expired, sent twice", Expected::InvalidToken, |inputs| {
            Some(Credentials::bearer(&inputs.token()?.expired().signed()))
        })
        .because(&[Reason::Expired])
        .twice(),
    );
    for (name, modify) in MODIFIED {
        attacks.push(
            Attack::new("T02", name, Expected::InvalidToken, move |inputs| {
                let [header, claims, signature] = inputs.segments()?;
                Some(Credentials::bearer(&modify(header, claims, signature)?))
            })
            .because(BAD_OR_MALFORMED),
        );
    }
    attacks.push(
        Attack::new("T02", "the signature of another good token", Expected::InvalidToken, |inputs| {
            let [header, claims, _] = inputs.segments()?;
            let other = inputs.token()?.subject("mallory").signed();
            Some(Credentials::bearer(&format!("{header}.{claims}.{}", other.rsplit('.').next()?)))
        })
        .because(BAD),
    );
    for (name, embed) in EMBEDDED {
        attacks.push(
            Attack::new("T12", name, Expected::InvalidToken, move |inputs| {
                let key = SigningKey::untrusted(inputs.algorithm()?);
                let (member, value) = embed(&key);
                Some(Credentials::bearer(&inputs.forgery()?.header(member, value).signed_with(&key)))
            })
            .because(&[Reason::HeaderNotAllowed, Reason::BadSignature]),
        );
    }
    for (name, fill) in ECDSA {
        attacks.push(raw("T16", name, &[(Algorithm::ES256, 32), (Algorithm::ES384, 48)], fill));
    }
    for (name, fill) in ED25519 {
        attacks.push(raw("T17", name, &[(Algorithm::Ed25519, 32)], fill));
    }
    attacks
}

type Modify = fn(&str, &str, &str) -> Option<String>;

const MODIFIED: [(&str, Modify); 9] = [
    ("no signature", |h, c, _| Some(format!("{h}.{c}."))),
    ("no signature, and no dot before it", |h, c, _| Some(format!("{h}.{c}"))),
    ("the last character of the signature is cut off", |h, c, s| Some(format!("{h}.{c}.{}", &s[..s.len() - 1]))),
    ("the last four characters of the signature are cut off", |h, c, s| Some(format!("{h}.{c}.{}", &s[..s.len() - 4]))),
    ("four characters more than the signature", |h, c, s| Some(format!("{h}.{c}.{s}AAAA"))),
    ("one bit of the signature's first byte is flipped", |h, c, s| Some(format!("{h}.{c}.{}", flipped(s, false)?))),
    ("one bit of the signature's last byte is flipped", |h, c, s| Some(format!("{h}.{c}.{}", flipped(s, true)?))),
    ("another subject under the same signature", |h, c, s| {
        let other = changed(c, "sub", json!("root")).or_else(|| changed(c, "sub", json!("admin")))?;
        Some(format!("{h}.{other}.{s}"))
    }),
    ("a later exp under the same signature", |h, c, s| {
        Some(format!("{h}.{}.{s}", changed(c, "exp", json!(u32::MAX))?))
    }),
];

/// Makes a member of the header from an untrusted public key.
type Embed = fn(&SigningKey) -> (&'static str, Value);

const EMBEDDED: [(&str, Embed); 4] = [
    ("signed with the key in its own jwk header", |key| ("jwk", key.jwk.clone())),
    ("signed with a key of the set at its own jku header", |_| ("jku", json!("https://id.evil.example/jwks.json"))),
    ("signed with a key of the certificate in its own x5c header", |_| ("x5c", json!(["MIIB"]))),
    ("signed with the key of the real certificate in its own x5c header", |key| {
        ("x5c", key.certificate().map_or(Value::Null, |der| json!([STANDARD.encode(der)])))
    }),
];

/// Fills a signature of two halves of `n` bytes each.
type Fill = fn(usize) -> Vec<u8>;

const ECDSA: [(&str, Fill); 9] = [
    ("a signature of zeros (CVE-2022-21449)", |n| vec![0; 2 * n]),
    ("r and s are 1", |n| [vec![0; n - 1], vec![1], vec![0; n - 1], vec![1]].concat()),
    ("r and s are the order of the group", |n| [order(n), order(n)].concat()),
    ("r is 1 and s is the order of the group", |n| [vec![0; n - 1], vec![1], order(n)].concat()),
    ("r and s are the largest numbers", |n| vec![0xff; 2 * n]),
    ("a signature that is one byte short", |n| vec![1; 2 * n - 1]),
    ("a signature that is one byte long", |_| vec![1]),
    ("a signature in DER", |_| vec![0x30, 6, 2, 1, 1, 2, 1, 1]),
    ("a signature of 3 KiB", |_| vec![1; 3 * 1024]),
];

/// The order of the group of P-256, or of P-384 (SEC 2 sections 2.4.2 and 2.5.1).
fn order(bytes: usize) -> Vec<u8> {
    let hex = match bytes {
        32 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        _ => "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    };
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_default();
    (0..hex.len()).step_by(2).map(digit).collect()
}

const ED25519: [(&str, Fill); 3] = [
    ("a signature of zeros", |n| vec![0; 2 * n]),
    ("a signature of a small-order point", |n| [vec![1], vec![0; 2 * n - 1]].concat()),
    ("a signature whose S is too large", |n| [vec![1; n], vec![0xff; n]].concat()),
];

fn raw(id: &'static str, name: &'static str, of: &'static [(Algorithm, usize)], fill: Fill) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| {
        let algorithm = inputs.algorithm()?;
        let (_, half) = of.iter().find(|(name, _)| *name == algorithm)?;
        Some(Credentials::bearer(&format!("{}.{}", inputs.forgery()?.message(), base64url(fill(*half)))))
    })
    .because(BAD)
}

fn flipped(signature: &str, last: bool) -> Option<String> {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let byte = if last { bytes.last_mut() } else { bytes.first_mut() }?;
    *byte ^= 1;
    Some(base64url(bytes))
}

/// Claims with another value, if it is another.
fn changed(claims: &str, name: &str, value: Value) -> Option<String> {
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (claims[name] != value).then(|| {
        claims[name] = value;
        base64url(claims.to_string())
    })
}
