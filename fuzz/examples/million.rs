//! Compares verifiers on a million tokens that are good, spoiled or senseless.
//!
//! A verifier that sees them for the first time, one that has cached them, one without a cache, and
//! a slow and plain implementation of the rules have to agree on each token.
//!
//! `cargo run --release --example million -- [tokens] [seed]` in `fuzz/`. The same seed makes the
//! same tokens.

#![expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "times of this century")]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{
    AUDIENCE, ISSUER, KID, MAX_TOKEN_BYTES, NOW, SECRET, STRANGERS_SECRET, claims, secret_key, signed, signed_with,
};
use auth_fuzz::policy::{claims_may_pass, header_may_pass, states_access_token};
use auth_fuzz::strict;
use auth_runtime::TokenType;
use aws_lc_rs::hmac;
use fastrand::Rng;
use serde_json::{Map, Value, json};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |what: &str, usual: u64| {
        arguments.next().map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{what}: a number, not `{text}`")))
    };
    let (tokens, seed) = (number("tokens", 1_000_000), number("seed", 1));
    let threads: Vec<_> =
        (0..2).map(|thread| std::thread::spawn(move || compare(tokens / 2, seed * 2 + thread))).collect();
    let (mut good, mut bad) = (0, 0);
    for thread in threads {
        let (some_good, some_bad) = thread.join().expect("they agree");
        (good, bad) = (good + some_good, bad + some_bad);
    }
    println!("{good} good tokens and {bad} bad ones, and all agree");
    assert!(good * 10 > tokens && bad * 10 > tokens, "one kind is hardly there");
}

/// How many were good, and how many bad.
fn compare(tokens: u64, seed: u64) -> (u64, u64) {
    let mut rng = Rng::with_seed(seed);
    let key = || secret_key().with_kid(KID);
    let types = [TokenType::AccessToken, TokenType::AnyJwt];
    let remembering = types.map(|token_type| Bench::<Value>::new(key(), token_type));
    let forgetful = types.map(|token_type| Bench::<Value>::forgetful(key(), token_type));
    let (mut good, mut bad, mut pool) =
        (0, 0, vec![signed(header(&mut Rng::with_seed(0)), json!(claims()).to_string())]);
    for count in 0..tokens {
        let token = token(&mut rng, &pool);
        let which = rng.usize(..2);
        let expected = may_pass(&token, types[which]);
        let first = remembering[which].verify(&token);
        // It is cached when it is verified for the second time.
        let second = remembering[which].verify(&token);
        let again = remembering[which].verify(&token);
        let anew = forgetful[which].verify(&token);
        for (when, decision) in [("first", &first), ("second", &second), ("again", &again), ("anew", &anew)] {
            let claims = decision.as_ref().ok().map(|proof| &**proof);
            assert_eq!(claims, expected.as_ref(), "{when}, {:?}, of seed {seed}: {token}", types[which]);
        }
        let reason =
            |decision: &Result<_, Box<auth_runtime::AuthEvent>>| decision.as_ref().err().map(|event| event.reason);
        let first = reason(&first.map(drop));
        assert_eq!([&first; 2], [&reason(&second.map(drop)), &reason(&again.map(drop))], "{token}");
        if expected.is_some() {
            good += 1;
            let place = rng.usize(..64);
            if place < pool.len() { pool[place] = token } else { pool.push(token) }
        } else {
            bad += 1;
        }
        if seed.is_multiple_of(2) && count > 0 && count.is_multiple_of(50_000) {
            eprintln!("{} ..", count * 2);
        }
    }
    (good, bad)
}

/// The claims, if it may get in: RFC 7515 section 5.2, one step after the other.
fn may_pass(token: &str, token_type: TokenType) -> Option<Value> {
    let segments: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { return None };
    let [head, claims, signed] = [base64url(header)?, base64url(payload)?, base64url(signature)?];
    if token.len() > MAX_TOKEN_BYTES || head.is_empty() || claims.is_empty() || signed.is_empty() {
        return None;
    }
    let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), format!("{header}.{payload}").as_bytes());
    let head = strict::object(&head)?;
    let claims = strict::object(&claims)?;
    let passes = header_may_pass(&head, Some(KID), token_type)
        && expected.as_ref() == signed
        && claims_may_pass(&claims, token_type, states_access_token(&head));
    passes.then_some(Value::Object(claims))
}

/// RFC 4648 section 5, bit by bit: no padding, no other letters, and nothing left over but zeros.
fn base64url(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = Vec::new();
    for letter in text.chars() {
        let value = ALPHABET.find(letter)?;
        bits.extend((0..6).rev().map(|bit| value >> bit & 1 == 1));
    }
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
    let left = &bits[bytes.len() * 8..];
    (left.len() < 6 && !left.contains(&true)).then_some(bytes)
}

fn token(rng: &mut Rng, pool: &[String]) -> String {
    let from_pool = |rng: &mut Rng| rng.choice(pool).expect("never empty").clone();
    match rng.u8(..16) {
        // Seen before.
        0 => from_pool(rng),
        // Good, most of them.
        1..=4 => signed(header(rng), json!(some_claims(rng)).to_string()),
        5 => signed(odd_header(rng).to_string(), json!(claims()).to_string()),
        6..=8 => signed(header(rng), json!(odd_claims(rng)).to_string()),
        // Well signed, and whatever a JSON reader might take two ways.
        9 => signed(header(rng), odd_text(&json!(some_claims(rng)).to_string(), rng)),
        10 => signed(odd_text(&header(rng), rng), json!(some_claims(rng)).to_string()),
        11 => signed_with(STRANGERS_SECRET, header(rng), json!(some_claims(rng)).to_string()),
        12 => {
            let (front, back) = (from_pool(rng), from_pool(rng));
            let at = rng.usize(..front.len().min(back.len()));
            format!("{}{}", &front[..at], &back[at..])
        }
        13..=14 => bent(from_pool(rng), rng),
        _ => (0..rng.usize(..200)).map(|_| *rng.choice(b"eyJ.-_= ,abcZ09{}\"").expect("some") as char).collect(),
    }
}

fn header(rng: &mut Rng) -> String {
    let typ = *rng.choice(&["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "application/jwt"]).expect("some");
    let named = json!({"typ": typ, "alg": "HS256", "kid": KID});
    let bare = json!({"alg": "HS256", "typ": typ});
    if rng.u8(..4) == 0 { bare.to_string() } else { named.to_string() }
}

fn odd_header(rng: &mut Rng) -> Value {
    let mut header = json!({"typ": "at+jwt", "alg": "HS256", "kid": KID});
    let name = *rng
        .choice(&[
            "typ", "alg", "kid", "crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c", "x5t", "cty", "Alg", "",
        ])
        .expect("some");
    header[name] =
        value(rng, &["JWT", "jwt", "application/jwt", "id+jwt", "none", "hs256", "HS384", "RS256", KID, "a"]);
    header
}

/// Good for the time that the verifiers have, or nearly.
fn some_claims(rng: &mut Rng) -> Map<String, Value> {
    let mut some = claims();
    some.insert("sub".to_owned(), format!("user-{}", rng.u16(..)).into());
    some.insert("jti".to_owned(), rng.u64(..).to_string().into());
    let issued = NOW - rng.u64(..4000);
    some.insert("iat".to_owned(), issued.into());
    some.insert("exp".to_owned(), (NOW + rng.u64(..4000)).into());
    if rng.bool() {
        some.insert("nbf".to_owned(), json!(issued as f64 + 0.5));
    }
    for _ in 0..rng.usize(..4) {
        some.insert(word(rng), value(rng, &["x", "\u{0}", "\"\\\u{1f600}"]));
    }
    some
}

fn odd_claims(rng: &mut Rng) -> Map<String, Value> {
    let mut odd = some_claims(rng);
    let names = [
        "iss",
        "aud",
        "sub",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "sid",
        "scope",
        "cnf",
        "nonce",
        "at_hash",
        "events",
        "token_use",
        "token_type",
        "typ",
    ];
    for _ in 0..=rng.usize(..2) {
        let name = *rng.choice(&names).expect("some");
        if rng.u8(..5) == 0 {
            odd.remove(name);
        } else {
            odd.insert(
                name.to_owned(),
                value(
                    rng,
                    &[
                        ISSUER,
                        AUDIENCE,
                        "",
                        " ",
                        "access",
                        "access_token",
                        "Bearer",
                        "Refresh",
                        "id",
                        "alice",
                        "1900000300",
                    ],
                ),
            );
        }
    }
    odd
}

fn word(rng: &mut Rng) -> String {
    (0..rng.usize(1..12)).map(|_| rng.alphabetic()).collect()
}

fn value(rng: &mut Rng, texts: &[&str]) -> Value {
    match rng.u8(..12) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2 => (NOW + 300).into(),
        // At the edges.
        3 => json!(NOW as i64 + rng.i64(-40..40)),
        4 => json!(NOW as f64 + f64::from(rng.i32(-400..400)) / 4.0),
        5 => rng
            .choice(&[json!(-1), json!(0), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(NOW * 1000)])
            .expect("some")
            .clone(),
        6 => json!({word(rng): [1, {"a": null}]}),
        7 => json!([AUDIENCE]),
        8 => json!([rng.choice(texts), 1]),
        9 => json!([rng.choice(texts), AUDIENCE]),
        _ => json!(rng.choice(texts)),
    }
}

/// The same JSON, or nearly, in other words.
fn odd_text(json: &str, rng: &mut Rng) -> Vec<u8> {
    let inside = &json[1..json.len() - 1];
    let name = *rng.choice(&["exp", "alg", "kid", "sub", "x"]).expect("some");
    let deep = rng.usize(28..36);
    let many: Vec<_> = (0..rng.usize(20..40)).map(|number| format!("\"n{number}\":0")).collect();
    let many = many.join(",");
    let text = match rng.u8(..16) {
        0 => format!("{{\"{name}\":1,{inside}}}"),
        1 => format!("{{{inside},\"{name}\":null}}"),
        2 => format!(" \n{{\t{inside}\r}} "),
        3 => format!("{json}{json}"),
        4 => format!("{json}\u{0}"),
        5 => format!("[{json}]"),
        6 => json.replacen("\"exp\"", "\"e\\u0078p\"", 1).replacen("\"alg\"", "\"\\u0061lg\"", 1),
        7 => format!("{{\"e\\u0078p\":1,\"\\u0061lg\":1,{inside}}}"),
        8 => format!("{{\"deep\":{}{},{inside}}}", "[".repeat(deep), "]".repeat(deep)),
        9 => format!("{{{many},{inside}}}"),
        10 => format!("{{{many},{inside},\"n{}\":1}}", rng.usize(..50)),
        11 => format!("{{\"x\":{{\"y\":1,\"y\":2}},{inside}}}"),
        12 => format!("{{\"x\":{{\"$serde_json::private::Number\":\"1\"}},{inside}}}"),
        13 => format!("{{\"x\":[1e400],{inside}}}"),
        14 => format!("{{\"x\":\"\\ud800\",{inside}}}"),
        _ => json.to_owned(),
    };
    let mut bytes = text.into_bytes();
    if rng.u8(..8) == 0 {
        let at = rng.usize(..bytes.len());
        bytes[at] = rng.u8(..);
    }
    bytes
}

/// A token with something done to it.
fn bent(token: String, rng: &mut Rng) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ,";
    let mut bytes = token.into_bytes();
    let letter = *rng.choice(LETTERS).expect("some");
    let at = match rng.u8(..3) {
        // The last letter of a segment has bits that a lax reader ignores.
        0 => bytes.iter().position(|byte| *byte == b'.').unwrap_or(1) - 1,
        1 => bytes.len() - 1,
        _ => rng.usize(..bytes.len()),
    };
    match rng.u8(..5) {
        0 => bytes.insert(at, letter),
        1 => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        3 => bytes.extend_from_slice(&[b'A'; 3][..rng.usize(1..4)]),
        _ => bytes[at] = letter,
    }
    String::from_utf8(bytes).expect("ASCII")
}
