//! Tests that the verifier accepts signed claims of every kind exactly when the policy does.
//!
//! The policy is implemented here a second time, independently of the verifier: from RFC 7519
//! section 4.1, RFC 9068 section 2.2 and the builder's documentation.

use super::for_all;
use super::json::json;
use crate::support::{AUDIENCE, Bench, ISSUER, Mint, NOW, base64url, header};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use std::cell::Cell;
use test_support::cases;

/// The builder's defaults, in seconds.
const LEEWAY: f64 = 30.0;
const MAX_LIFETIME: f64 = 24.0 * 60.0 * 60.0;

/// Whether the policy accepts a token with these claims at `NOW`.
fn may_pass(claims: &Map<String, Value>, token_type: TokenType) -> bool {
    let is_text = |name: &str| claims.get(name).is_some_and(Value::is_string);
    let is_text_if_there = |name: &str| claims.get(name).is_none_or(Value::is_string);

    let issuer = claims.get("iss") == Some(&json!(ISSUER));
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == AUDIENCE,
        Some(Value::Array(many)) => many.iter().all(Value::is_string) && many.contains(&json!(AUDIENCE)),
        _ => false,
    };
    let subject = claims.get("sub").and_then(Value::as_str).is_some_and(|sub| sub.chars().any(|c| !c.is_whitespace()));
    let of_their_types = is_text_if_there("jti") && is_text_if_there("client_id");
    let as_rfc_9068_wants = match token_type {
        TokenType::AccessToken => is_text("jti") && is_text("client_id") && claims.contains_key("iat"),
        _ => true,
    };
    let unbound = !claims.contains_key("cnf");
    issuer && audience && subject && of_their_types && as_rfc_9068_wants && unbound && in_time(claims)
}

/// `f64` is exact for whole seconds and quarters of this century, which the test generates. Values
/// beyond that are so far away that rounding does not matter.
fn in_time(claims: &Map<String, Value>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "31 bits")]
    let now = NOW as f64;
    // `None` for a value that is not a date: of another type, or before 1970.
    let date = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => value.as_f64().filter(|seconds| *seconds >= 0.0).map(Some),
    };
    let (Some(Some(exp)), Some(nbf), Some(iat)) = (date("exp"), date("nbf"), date("iat")) else {
        return false;
    };
    now - exp < LEEWAY
        && nbf.is_none_or(|nbf| nbf - now <= LEEWAY)
        && iat.is_none_or(|iat| iat - now <= LEEWAY && iat <= exp)
        && exp - iat.unwrap_or(now) <= MAX_LIFETIME
}

/// Generates a member: mostly good, sometimes nearly good, and sometimes anything or absent.
fn member(good: Vec<Value>, near: Vec<Value>) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        24 => select(good).prop_map(Some),
        3 => select(near).prop_map(Some),
        1 => json().prop_map(Some),
        1 => Just(None),
    ]
}

/// Generates a member that is mostly absent.
fn seldom(member: impl Strategy<Value = Option<Value>>) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![2 => Just(None), 1 => member]
}

fn quarters(since_now: f64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "31 bits")]
    let now = NOW as f64;
    json!(now + since_now)
}

/// Generates dates near the limits, in steps of a quarter of a second.
fn date() -> impl Strategy<Value = Option<Value>> {
    let edges = [
        -LEEWAY,
        0.0,
        LEEWAY,
        MAX_LIFETIME - LEEWAY,
        MAX_LIFETIME,
        MAX_LIFETIME + LEEWAY,
        -MAX_LIFETIME,
        -MAX_LIFETIME + LEEWAY,
    ];
    let near_an_edge =
        (select(edges.to_vec()), -4..=4i32).prop_map(|(edge, off)| quarters(edge + f64::from(off) / 4.0));
    let whole = (select(edges.to_vec()), -1..=1i32).prop_map(|(edge, off)| {
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of this century")]
        let whole = (edge + f64::from(off)) as i64;
        json!(NOW.checked_add_signed(whole).expect("this century"))
    });
    let odd = select(vec![
        json!(NOW.to_string()),
        json!(null),
        json!(0),
        json!(-0.0),
        json!(-1),
        json!(-1e-9),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.9e12),
        json!(NOW * 1000),
        json!([NOW]),
        json!({}),
        json!(true),
        json!(1e-320),
        json!(18_446_744_073_709_551_616.0),
    ]);
    let recent = (-20..20i32).prop_map(|off| quarters(f64::from(off)));
    prop_oneof![8 => near_an_edge, 8 => whole, 8 => recent, 3 => odd, 1 => json()].prop_map(Some)
}

/// Generates dates that are mostly valid, so that the other claims decide too.
fn dates() -> impl Strategy<Value = [Option<Value>; 3]> {
    let good = Just([Some(json!(NOW + 300)), None, Some(json!(NOW))]);
    let any_dates = (
        prop_oneof![24 => date(), 1 => Just(None)],
        prop_oneof![1 => date(), 2 => Just(None)],
        prop_oneof![6 => date(), 1 => Just(None)],
    );
    prop_oneof![1 => good, 2 => any_dates.prop_map(|(exp, nbf, iat)| [exp, nbf, iat])]
}

fn claims() -> impl Strategy<Value = Map<String, Value>> {
    let near_issuers = [
        "https://id.example.com",
        "https://id.example.com//",
        "https://id.example.com/evil",
        "HTTPS://id.example.com/",
        "https://id.example.com/ ",
        "",
    ];
    let iss = member(vec![json!(ISSUER)], near_issuers.iter().map(|iss| json!(iss)).chain([json!([ISSUER])]).collect());
    let aud = member(
        vec![json!(AUDIENCE), json!([AUDIENCE]), json!(["other", AUDIENCE]), json!([AUDIENCE, AUDIENCE])],
        vec![
            json!("Orders"),
            json!("orders "),
            json!("orders2"),
            json!("order"),
            json!([]),
            json!(["other"]),
            json!([AUDIENCE, 1]),
            json!([AUDIENCE, null]),
            json!([[AUDIENCE]]),
            json!({AUDIENCE: AUDIENCE}),
            json!("orders,other"),
            json!(["orders2"]),
        ],
    );
    let sub = member(
        vec![json!("alice"), json!(" a"), json!("\u{0}")],
        vec![json!(""), json!(" "), json!("\t\n"), json!("\u{a0}\u{2003}"), json!(1), json!(["alice"])],
    );
    let text = || member(vec![json!("5f3b"), json!("")], vec![json!(null), json!(1), json!(["5f3b"])]);
    let cnf = prop_oneof![24 => Just(None), 1 => json().prop_map(Some)];
    let scope = seldom(member(vec![json!("orders:read"), json!(["orders:read"])], vec![json!(1)]));
    let other = vec((any::<String>(), json()), 0..3);
    ((iss, aud, sub, text(), text()), dates(), cnf, scope, other).prop_map(
        |((iss, aud, sub, jti, client_id), [exp, nbf, iat], cnf, scope, other)| {
            let mut claims: Map<_, _> = other.into_iter().collect();
            let named = [
                ("iss", iss),
                ("aud", aud),
                ("sub", sub),
                ("jti", jti),
                ("client_id", client_id),
                ("exp", exp),
                ("nbf", nbf),
                ("iat", iat),
                ("cnf", cnf),
                ("scope", scope),
            ];
            for (name, value) in named {
                claims.remove(name);
                claims.extend(value.map(|value| (name.to_owned(), value)));
            }
            claims
        },
    )
}

#[test]
fn claims_are_accepted_exactly_if_the_policy_accepts_them() {
    let mint = Mint::of(Algorithm::HS256);
    let strict = Bench::of_any_claims(mint.key(), TokenType::AccessToken);
    let loose = Bench::of_any_claims(mint.key(), TokenType::AnyJwt);
    // Accepted claims can always be read as `Claims`.
    let typed = Bench::new(mint.key(), TokenType::AnyJwt);
    let (passed, stopped) = (Cell::new(0), Cell::new(0));
    for_all(5_000, &claims(), |claims| {
        let token = mint.token_with(&header(Algorithm::HS256), &Value::Object(claims.clone()));
        for (kind, outcome) in [
            (TokenType::AccessToken, strict.verify(&token)),
            (TokenType::AnyJwt, loose.verify(&token)),
            (TokenType::AnyJwt, typed.verify(&token)),
        ] {
            assert_eq!(outcome.is_ok(), may_pass(&claims, kind), "{kind:?}: {outcome:?}");
            let count = if outcome.is_ok() { &passed } else { &stopped };
            count.set(count.get() + 1);
        }
    });
    // Both outcomes must occur often.
    assert!(passed.get() > cases(1_000) && stopped.get() > cases(1_000), "{passed:?} accepted, {stopped:?} rejected");
}

/// A token with a duplicate claim is rejected, however good its other claims are.
#[test]
fn claims_with_a_duplicate_member_are_rejected() {
    let mint = Mint::of(Algorithm::HS256);
    let bench = Bench::new(mint.key(), TokenType::AccessToken);
    for_all(1_000, &(any::<Index>(), json(), any::<bool>()), |(which, value, in_front)| {
        let claims = crate::support::claims();
        let (name, _) = claims.as_object().expect("an object").iter().nth(which.index(8)).expect("one of eight");
        let (claims, again) = (claims.to_string(), format!("{}:{value}", json!(name)));
        let twice = if in_front {
            format!("{{{again},{}", &claims[1..])
        } else {
            format!("{},{again}}}", &claims[..claims.len() - 1])
        };
        let token =
            mint.completed(&format!("{}.{}", base64url(header(Algorithm::HS256).to_string()), base64url(&twice)));
        let refused = bench.verify(&token).expect_err("it was accepted");
        assert_eq!(refused.reason, Reason::MalformedToken, "{twice}");
    });
}
