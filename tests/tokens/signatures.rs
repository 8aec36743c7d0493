//! Tests signatures that are truncated, modified, taken from other tokens or invented.

use crate::support::{ALGORITHMS, Mint, Server, base64url, claims, segments, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn bytes(segment: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(segment).expect("base64url")
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

#[tokio::test]
async fn t02_a_token_needs_all_of_its_own_signature() {
    for algorithm in ALGORITHMS {
        let server = Server::with(algorithm).start().await;
        let good = server.good();
        let [header, payload, signature] = segments(&good);
        let message = format!("{header}.{payload}");
        let sent_with = |signature: &[u8]| format!("{message}.{}", base64url(signature));
        let flipped = |index: usize, mask: u8| {
            let mut signature = bytes(signature);
            signature[index] ^= mask;
            sent_with(&signature)
        };
        let whole = bytes(signature);
        let last = whole.len() - 1;
        let other = server.mint.token(&with(claims(), "sub", "mallory"));
        let bad = [
            (format!("{message}."), Reason::MalformedToken),
            (message.clone(), Reason::MalformedToken),
            (sent_with(&whole[..last]), Reason::BadSignature),
            (sent_with(&whole[..=last - 3]), Reason::BadSignature),
            (sent_with(&whole[1..]), Reason::BadSignature),
            (sent_with(&whole[..1]), Reason::BadSignature),
            (sent_with(&vec![0; whole.len()]), Reason::BadSignature),
            (sent_with(&[whole.clone(), vec![0]].concat()), Reason::BadSignature),
            (sent_with(&[whole.clone(), whole.clone()].concat()), Reason::BadSignature),
            (flipped(0, 0x80), Reason::BadSignature),
            (flipped(0, 1), Reason::BadSignature),
            (flipped(last, 0x80), Reason::BadSignature),
            (flipped(last, 1), Reason::BadSignature),
            (format!("{message}.{}", segments(&other)[2]), Reason::BadSignature),
            (format!("{header}.{}.{signature}", segments(&other)[1]), Reason::BadSignature),
            (Mint::untrusted(algorithm).token(&claims()), Reason::BadSignature),
        ];
        server.refuses_each(bad).await;
    }
}

#[tokio::test]
async fn t02_a_signature_with_a_missing_character_is_rejected() {
    // 128 characters for 96 bytes: four less are base64url, one less isn't.
    let server = Server::with(Algorithm::ES384).start().await;
    let good = server.good();
    server.refuses_each([(&good[..good.len() - 4], Reason::BadSignature)]).await;
    // 86 characters for 64 bytes: with one less it is not base64url.
    let server = Server::start().await;
    let good = server.good();
    server.refuses_each([(&good[..good.len() - 1], Reason::MalformedToken)]).await;
}

#[tokio::test]
async fn t16_ecdsa_signatures_at_the_limits_are_rejected() {
    let p256 = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let p384 =
        from_hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    for (algorithm, order) in [(Algorithm::ES256, p256), (Algorithm::ES384, p384)] {
        let server = Server::with(algorithm).start().await;
        let field = order.len();
        let number = |last: u8| [vec![0; field - 1], vec![last]].concat();
        let mut order_less_one = order.clone();
        order_less_one[field - 1] -= 1;
        let edges = [number(0), number(1), order_less_one, order];
        let message = server.mint.unsigned(&claims());
        let sent_with = |signature: &[u8]| (format!("{message}.{}", base64url(signature)), Reason::BadSignature);

        let mut bad: Vec<_> = edges
            .iter()
            .flat_map(|r| edges.iter().map(|s| [r.as_slice(), s].concat()))
            .map(|rs| sent_with(&rs))
            .collect();
        let good = bytes(segments(&server.mint.completed(&message))[2]);
        for length in [1, 63, 65, 95, 96, 97, 64, 128] {
            if length != good.len() {
                bad.push(sent_with(&good.iter().copied().cycle().take(length).collect::<Vec<_>>()));
            }
        }
        bad.push(sent_with(&[good.as_slice(), &[0; 4]].concat()));
        bad.push(sent_with(&[&[0; 4], good.as_slice()].concat()));
        bad.push(sent_with(&der(&good)));
        bad.push((format!("{message}.{}", base64url(vec![0x30; 16 * 1024])), Reason::TokenTooLong));
        server.refuses_each(bad).await;
    }
}

/// Encodes the signature as X.509 does: `SEQUENCE { INTEGER r, INTEGER s }`.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let mut content: Vec<u8> = number.iter().skip_while(|byte| **byte == 0).copied().collect();
        if content.first().is_none_or(|first| first & 0x80 != 0) {
            content.insert(0, 0);
        }
        [vec![0x02, u8::try_from(content.len()).expect("short")], content].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let content = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(content.len()).expect("short")], content].concat()
}

#[tokio::test]
async fn t17_a_malleable_ed25519_signature_is_rejected() {
    let server = Server::start().await;
    let good = server.good();
    let [header, payload, signature] = segments(&good);
    let sent_with = |signature: &[u8]| (format!("{header}.{payload}.{}", base64url(signature)), Reason::BadSignature);
    let signature = bytes(signature);

    // S + L equals S modulo the group order L. RFC 8032 section 5.1.7 requires S < L.
    let order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    let more: Vec<u8> = signature[32..]
        .iter()
        .zip(&order)
        .map(|(s, l)| {
            let sum = u16::from(*s) + u16::from(*l) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    let identity = [[1].as_slice(), &[0; 31]].concat();
    server
        .refuses_each([
            sent_with(&[&signature[..32], &more].concat()),
            sent_with(&[0; 64]),
            sent_with(&[identity.as_slice(), &[0; 32]].concat()),
            sent_with(&[identity.as_slice(), &signature[32..]].concat()),
            sent_with(&[&signature[..32], &[0; 32]].concat()),
            sent_with(&[&signature[..32], order.as_slice()].concat()),
            sent_with(&[0xff; 64]),
        ])
        .await;
}
