//! T02, T12, T16 and T17: the signature is missing, cut, changed, or somebody else's.

use super::{Attack, Credentials, Expected};
use crate::issuer::{SigningKey, base64url};
use auth_runtime::{Algorithm, Reason};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const BAD: &[Reason] = &[Reason::BadSignature];
const BAD_OR_MALFORMED: &[Reason] = &[Reason::BadSignature, Reason::MalformedToken];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    attacks.push(
        Attack::new(
            "T02",
            "signed with a key of somebody else's, under the same kid",
            Expected::InvalidToken,
            |arsenal| Some(Credentials::bearer(&arsenal.forgery()?.signed_by_a_stranger())),
        )
        .because(BAD),
    );
    attacks.push(
        Attack::new(
            "T52",
            "signed with a key of somebody else's, for the second time",
            Expected::InvalidToken,
            |arsenal| Some(Credentials::bearer(&arsenal.forgery()?.signed_by_a_stranger())),
        )
        .because(BAD)
        .twice(),
    );
    attacks.push(
        Attack::new("T52", "expired, for the second time", Expected::InvalidToken, |arsenal| {
            Some(Credentials::bearer(&arsenal.token()?.expired().signed()))
        })
        .because(&[Reason::Expired])
        .twice(),
    );
    for (name, spoil) in SPOILT {
        attacks.push(
            Attack::new("T02", name, Expected::InvalidToken, move |arsenal| {
                let [header, claims, signature] = arsenal.segments()?;
                Some(Credentials::bearer(&spoil(header, claims, signature)?))
            })
            .because(BAD_OR_MALFORMED),
        );
    }
    attacks.push(
        Attack::new("T02", "the signature of another good token", Expected::InvalidToken, |arsenal| {
            let [header, claims, _] = arsenal.segments()?;
            let other = arsenal.token()?.subject("mallory").signed();
            Some(Credentials::bearer(&format!("{header}.{claims}.{}", other.rsplit('.').next()?)))
        })
        .because(BAD),
    );
    for (name, embed) in EMBEDDED {
        attacks.push(
            Attack::new("T12", name, Expected::InvalidToken, move |arsenal| {
                let key = SigningKey::of_a_stranger(arsenal.algorithm()?);
                let (member, value) = embed(&key.jwk);
                Some(Credentials::bearer(&arsenal.forgery()?.header(member, value).signed_with(&key)))
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

type Spoil = fn(&str, &str, &str) -> Option<String>;

const SPOILT: [(&str, Spoil); 9] = [
    ("no signature", |h, c, _| Some(format!("{h}.{c}."))),
    ("no signature, and no dot in front of it", |h, c, _| Some(format!("{h}.{c}"))),
    ("the last character of the signature is cut off", |h, c, s| Some(format!("{h}.{c}.{}", &s[..s.len() - 1]))),
    ("the last four characters of the signature are cut off", |h, c, s| Some(format!("{h}.{c}.{}", &s[..s.len() - 4]))),
    ("four characters more than the signature", |h, c, s| Some(format!("{h}.{c}.{s}AAAA"))),
    ("one bit of the signature's first byte is flipped", |h, c, s| Some(format!("{h}.{c}.{}", flipped(s, false)?))),
    ("one bit of the signature's last byte is flipped", |h, c, s| Some(format!("{h}.{c}.{}", flipped(s, true)?))),
    ("another subject under the same signature", |h, c, s| {
        Some(format!("{h}.{}.{s}", changed(c, "sub", json!("root"))?))
    }),
    ("a longer life under the same signature", |h, c, s| {
        Some(format!("{h}.{}.{s}", changed(c, "exp", json!(u32::MAX))?))
    }),
];

/// A member of the header, made of a stranger's public key.
type Embed = fn(&Value) -> (&'static str, Value);

const EMBEDDED: [(&str, Embed); 3] = [
    ("signed with the key that it carries as jwk", |jwk| ("jwk", jwk.clone())),
    ("signed with a key of the set that it names as jku", |_| ("jku", json!("https://id.evil.example/jwks.json"))),
    ("signed with a key of the certificate that it carries as x5c", |_| ("x5c", json!(["MIIB"]))),
];

/// Fills a signature of two halves of `n` bytes each.
type Fill = fn(usize) -> Vec<u8>;

const ECDSA: [(&str, Fill); 7] = [
    ("a signature of zeros (CVE-2022-21449)", |n| vec![0; 2 * n]),
    ("r and s are 1", |n| [vec![0; n - 1], vec![1], vec![0; n - 1], vec![1]].concat()),
    ("r and s are as large as they get", |n| vec![0xff; 2 * n]),
    ("a signature that is one byte short", |n| vec![1; 2 * n - 1]),
    ("a signature that is one byte long", |_| vec![1]),
    ("a signature in DER", |_| vec![0x30, 6, 2, 1, 1, 2, 1, 1]),
    ("a signature of 3 KiB", |_| vec![1; 3 * 1024]),
];

const ED25519: [(&str, Fill); 3] = [
    ("a signature of zeros", |n| vec![0; 2 * n]),
    ("a signature of a small-order point", |n| [vec![1], vec![0; 2 * n - 1]].concat()),
    ("a signature whose S is too large", |n| [vec![1; n], vec![0xff; n]].concat()),
];

fn raw(id: &'static str, name: &'static str, of: &'static [(Algorithm, usize)], fill: Fill) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |arsenal| {
        let algorithm = arsenal.algorithm()?;
        let (_, half) = of.iter().find(|(name, _)| *name == algorithm)?;
        Some(Credentials::bearer(&format!("{}.{}", arsenal.forgery()?.message(), base64url(fill(*half)))))
    })
    .because(BAD)
}

fn flipped(signature: &str, last: bool) -> Option<String> {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let byte = if last { bytes.last_mut() } else { bytes.first_mut() }?;
    *byte ^= 1;
    Some(base64url(bytes))
}

fn changed(claims: &str, name: &str, value: Value) -> Option<String> {
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims[name] = value;
    Some(base64url(claims.to_string()))
}
