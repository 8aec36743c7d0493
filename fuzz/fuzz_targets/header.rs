//! Any bytes as the header of a token whose signature and claims are good.

#![no_main]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{KID, MAX_TOKEN_BYTES, claims, secret_key, signed};
use auth_fuzz::policy::header_may_pass;
use auth_fuzz::strict;
use auth_runtime::{Claims, TokenType};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

struct Case {
    key: Option<&'static str>,
    token_type: TokenType,
    bench: Bench<Claims>,
}

static CASES: LazyLock<[Case; 3]> = LazyLock::new(|| {
    let unnamed = |token_type| Case { key: None, token_type, bench: Bench::new(secret_key(), token_type) };
    let named = Bench::new(secret_key().with_kid(KID), TokenType::AccessToken);
    [
        Case { key: Some(KID), token_type: TokenType::AccessToken, bench: named },
        unnamed(TokenType::AccessToken),
        unnamed(TokenType::AnyJwt),
    ]
});

static CLAIMS: LazyLock<String> = LazyLock::new(|| serde_json::Value::Object(claims()).to_string());

fuzz_target!(|bytes: &[u8]| {
    let token = signed(bytes, &*CLAIMS);
    let header = strict::object(bytes).filter(|_| token.len() <= MAX_TOKEN_BYTES);
    for Case { key, token_type, bench } in &*CASES {
        let may_pass = header.as_ref().is_some_and(|header| header_may_pass(header, *key, *token_type));
        let outcome = bench.verify(&token);
        assert_eq!(outcome.is_ok(), may_pass, "{key:?}, {token_type:?}: {outcome:?}");
        // The event repeats a short hash only of the `kid` that an attacker sends.
        if let (Err(event), Some(kid)) = (&outcome, header.as_ref().and_then(|header| header.get("kid")?.as_str())) {
            let said = event.key_id_hash.as_deref().unwrap_or_default();
            assert!(said.is_empty() || said.len() == 8, "{said}");
            assert!(kid.len() < 16 || !format!("{event:?}").contains(kid), "the kid is in the event: {event:?}");
        }
    }
});
