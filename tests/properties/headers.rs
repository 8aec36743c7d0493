//! Tests headers of every kind over good, signed claims.

use super::for_all;
use super::json::json;
use crate::support::{ALGORITHMS, Bench, KID, Mint, claims};
use auth_runtime::TokenType;
use auth_runtime::keys::Algorithm;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::cell::Cell;
use test_support::cases;

/// Header members that name a key source or change the meaning of the token.
///
/// RFC 7515 sections 4.1.2 to 4.1.6 and 4.1.11, RFC 7797, RFC 7516.
const NEVER: [&str; 8] = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"];

/// Whether the policy accepts a token with this header, signed with `KID`, the only key, for
/// `algorithm`.
fn may_pass(header: &Map<String, Value>, algorithm: Algorithm, token_type: TokenType) -> bool {
    let kind = match header.get("typ") {
        None => token_type == TokenType::AnyJwt,
        Some(Value::String(typ)) => match typ.to_ascii_lowercase().as_str() {
            "at+jwt" | "application/at+jwt" => true,
            "jwt" | "application/jwt" => token_type == TokenType::AnyJwt,
            _ => false,
        },
        Some(_) => false,
    };
    let alg = match (header.get("alg").and_then(Value::as_str), algorithm) {
        (Some("EdDSA" | "Ed25519"), Algorithm::Ed25519) => true,
        (Some(alg), algorithm) => alg == format!("{algorithm:?}"),
        (None, _) => false,
    };
    let key = header.get("kid").is_none_or(|kid| *kid == json!(KID));
    let harmless = !header.keys().any(|name| NEVER.contains(&name.as_str()));
    kind && alg && key && harmless
}

fn header(algorithm: Algorithm) -> impl Strategy<Value = Map<String, Value>> {
    let typ = prop_oneof![
        12 => select(vec!["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"]).prop_map(|typ| Some(json!(typ))),
        6 => select(vec!["JWT", "jwt", "application/jwt", "application/application/at+jwt", "at+jwt ", "at+jwt;v=1", "id+jwt", "dpop+jwt", "", "application/", "at+jwt\u{0}", "at+jwt\u{212a}"])
            .prop_map(|typ| Some(json!(typ))),
        2 => Just(None),
        1 => json().prop_map(Some),
    ];
    let names: Vec<_> =
        ALGORITHMS.iter().map(ToString::to_string).chain(["none", "EdDSA", "ES512", ""].map(str::to_owned)).collect();
    let alg = prop_oneof![
        16 => Just(Some(json!(algorithm.to_string()))),
        4 => select(names).prop_map(|name| Some(json!(name))),
        2 => select(vec![algorithm.to_string().to_lowercase(), format!("{algorithm} "), format!(" {algorithm}"), format!("{algorithm}\u{0}")])
            .prop_map(|name| Some(json!(name))),
        1 => json().prop_map(Some),
        1 => Just(None),
    ];
    let kid = prop_oneof![
        12 => Just(Some(json!(KID))),
        4 => Just(None),
        1 => select(vec![String::new(), KID.to_uppercase(), format!("{KID} "), format!("../{KID}"), KID.repeat(20)]).prop_map(|kid| Some(json!(kid))),
        1 => json().prop_map(Some),
    ];
    let never = prop_oneof![8 => Just(None), 1 => (select(NEVER.to_vec()), json()).prop_map(Some)];
    let other = vec((any::<String>(), json()), 0..3);
    (typ, alg, kid, never, other).prop_map(|(typ, alg, kid, never, other)| {
        let mut header: Map<_, _> = other.into_iter().collect();
        for (name, value) in [("typ", typ), ("alg", alg), ("kid", kid)] {
            header.remove(name);
            header.extend(value.map(|value| (name.to_owned(), value)));
        }
        header.extend(never.map(|(name, value)| (name.to_owned(), value)));
        header
    })
}

#[test]
fn headers_are_accepted_exactly_if_the_policy_accepts_them() {
    for algorithm in [Algorithm::HS256, Algorithm::ES256, Algorithm::Ed25519] {
        let mint = Mint::of(algorithm);
        let benches = [TokenType::AccessToken, TokenType::AnyJwt].map(|kind| (kind, Bench::new(mint.key(), kind)));
        let (passed, stopped) = (Cell::new(0), Cell::new(0));
        for_all(1_500, &header(algorithm), |header| {
            let token = mint.token_with(&Value::Object(header.clone()), &claims());
            for (kind, bench) in &benches {
                let outcome = bench.verify(&token);
                assert_eq!(outcome.is_ok(), may_pass(&header, algorithm, *kind), "{kind:?}: {outcome:?}");
                let count = if outcome.is_ok() { &passed } else { &stopped };
                count.set(count.get() + 1);
            }
        });
        assert!(passed.get() > cases(300) && stopped.get() > cases(300), "{passed:?} accepted, {stopped:?} rejected");
    }
}
