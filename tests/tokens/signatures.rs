//! Tests signatures that are truncated, modified, taken from other tokens or invented.

use crate::support::{ALGORITHMS, ISSUER, Mint, Server, base64url, claims, get_with, segments, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
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

/// The orders of the groups (FIPS 186-4, D.1.2).
const ECDSA: [(Algorithm, &str); 2] = [
    (Algorithm::ES256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    (
        Algorithm::ES384,
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
];

/// Subtracts a number from a larger one, both in big-endian order.
fn difference(larger: &[u8], smaller: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let digits = larger.iter().zip(smaller).rev().map(|(one, other)| {
        let (digit, first) = one.overflowing_sub(*other);
        let (digit, second) = digit.overflowing_sub(u8::from(borrow));
        borrow = first || second;
        digit
    });
    let mut digits: Vec<u8> = digits.collect();
    digits.reverse();
    digits
}

/// (r, s) and (r, n - s) are both good. The manual lists it as a limit of what a text identifies.
#[tokio::test]
async fn t16_both_spellings_of_an_ecdsa_token_are_accepted_and_end_with_its_id() {
    for (algorithm, order) in ECDSA {
        let list = RevocationList::default();
        let revocations = list.clone();
        let server = Server::with(algorithm).verifier(move |builder| builder.revocations(revocations)).start().await;
        let good = server.good();
        let [header, payload, signature] = segments(&good);
        let signature = bytes(signature);
        let (r, s) = signature.split_at(signature.len() / 2);
        let other = [r, &difference(&from_hex(order), s)].concat();
        let other = format!("{header}.{payload}.{}", base64url(other));
        assert_ne!(good, other);
        // Twice each, so that the cache has both.
        for token in [&good, &other, &good, &other] {
            server.accepts(token).await;
        }
        list.revoke(&Revocation::token(ISSUER, "5f3b")).expect("room");
        for token in [&good, &other] {
            assert_eq!(server.exchange(get_with("/me", token)).await.status, 401);
            assert_eq!(server.only_event().reason, Reason::Revoked);
        }
    }
}

#[tokio::test]
async fn t16_ecdsa_signatures_at_the_limits_are_rejected() {
    for (algorithm, order) in ECDSA {
        let order = from_hex(order);
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
