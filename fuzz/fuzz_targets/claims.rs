//! Any bytes as the claims of a token whose header and signature are good.

#![no_main]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{KID, MAX_TOKEN_BYTES, NOW, header, secret_key, signed};
use auth_fuzz::policy::claims_may_pass;
use auth_fuzz::strict;
use auth_runtime::events::Reason;
use auth_runtime::{Claims, TokenType};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

/// For claims of any shape, so that what is refused is refused by the policy.
static ANY: LazyLock<[(TokenType, Bench<Value>); 2]> = LazyLock::new(|| {
    [TokenType::AccessToken, TokenType::AnyJwt]
        .map(|token_type| (token_type, Bench::new(secret_key().with_kid(KID), token_type)))
});

static TYPED: LazyLock<Bench<Claims>> =
    LazyLock::new(|| Bench::new(secret_key().with_kid(KID), TokenType::AccessToken));

static HEADER: LazyLock<String> = LazyLock::new(|| header("HS256").to_string());

fuzz_target!(|bytes: &[u8]| {
    let token = signed(&*HEADER, bytes);
    let claims = strict::object(bytes).filter(|_| token.len() <= MAX_TOKEN_BYTES);
    for (token_type, bench) in &*ANY {
        let may_pass = claims.as_ref().is_some_and(|claims| claims_may_pass(claims, *token_type, true));
        let outcome = bench.verify(&token);
        assert_eq!(outcome.is_ok(), may_pass, "{token_type:?}: {outcome:?}");
        if let (Ok(proof), Some(claims)) = (outcome, &claims) {
            // What the handler gets is what was signed, all of it.
            assert_eq!(*proof, Value::Object(claims.clone()));
            assert_eq!(Some(proof.subject()), claims["sub"].as_str());
            let latest = UNIX_EPOCH + Duration::from_secs(NOW + 25 * 3600);
            assert!(proof.expires_at() <= latest, "{:?}", proof.expires_at());
        }
    }
    let may_pass = claims.as_ref().is_some_and(|claims| claims_may_pass(claims, TokenType::AccessToken, true));
    match (TYPED.verify(&token), claims) {
        (Ok(proof), Some(claims)) if may_pass => {
            assert_eq!(Some(proof.sub.as_str()), claims["sub"].as_str());
            assert_eq!(Some(proof.iss.as_str()), claims["iss"].as_str());
            assert_eq!(proof.jti.as_deref(), claims["jti"].as_str());
            let whole = proof.expires_at().duration_since(UNIX_EPOCH).map(|since| since.as_secs());
            assert_eq!(Ok(proof.exp), whole.map_err(drop), "{:?}", claims["exp"]);
        }
        (Ok(proof), _) => panic!("{} got in", proof.subject()),
        // Claims of ours that can't be read into the type, for instance a `nbf` that is null.
        (Err(event), _) => assert!(!may_pass || event.reason == Reason::ClaimsMismatch, "{event:?}"),
    }
});
