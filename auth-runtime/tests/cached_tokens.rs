//! Measures that the cache keeps to its bound with tens of thousands of good tokens.
//!
//! It measures the memory of a process, so it has a process of its own.
#![cfg(target_os = "linux")]

use auth_runtime::{Claims, Events, Verifier, VerifyingKey};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

const SECRET: &[u8] = b"a secret for a test of memory, and for nothing else at all";

/// What this process holds in memory, in KiB (`VmRSS`).
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process of Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

/// The time at which all tokens are issued, so that the same number is the same token.
static STARTED: LazyLock<u64> = LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());

fn token(number: usize) -> String {
    let now = *STARTED;
    let claims = json!({
        "iss": "https://id.example.com/", "aud": "orders", "sub": format!("caller-{number}"), "exp": now + 3600, "iat": now,
        "jti": number.to_string(), "client_id": "storefront", "note": "x".repeat(200),
    });
    let header = Header { typ: Some("at+jwt".to_owned()), ..Header::default() };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

fn verifier(bytes: u64) -> Verifier<Claims> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(SECRET).unwrap())
        .events(Events::collect().0)
        .cache_bytes(bytes)
        .build()
        .unwrap()
}

/// By how many KiB it grows, when each token is used this often.
async fn growth(verifier: &Verifier<Claims>, tokens: usize, uses: usize) -> u64 {
    let before = resident();
    for number in 0..tokens {
        let token = token(number);
        for _ in 0..uses {
            assert!(verifier.verify(&token).await.is_ok());
        }
    }
    resident().saturating_sub(before)
}

#[tokio::test]
async fn what_is_remembered_of_many_tokens_keeps_to_its_bound() {
    const MIB: u64 = 1024;
    let (small, large) = (verifier(4 * 1024 * 1024), verifier(256 * 1024 * 1024));
    // What the first ones need: buffers, and the cache itself.
    let _ = growth(&small, 5_000, 2).await;
    let bounded = growth(&small, 10_000, 2).await;
    let once = growth(&large, 15_000, 1).await;
    // The same tokens for the second time.
    let unbounded = growth(&large, 15_000, 1).await;
    assert!(bounded < 8 * MIB, "{bounded} KiB more with a bound of 4 MiB");
    assert!(once < 8 * MIB, "{once} KiB more by tokens that are used once");
    // And what is not bounded shows that this can be seen at all.
    assert!(unbounded > 24 * MIB, "{unbounded} KiB more with room for all of them");
}
