//! Tests that an attacker without the key cannot make a token, whatever it contains.

use super::for_all;
use super::json::json;
use crate::support::{ALGORITHMS, Bench, ISSUER, KID, Mint, claims, header, with};
use auth_runtime::TokenType;
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

#[test]
fn a_token_of_another_key_of_the_same_algorithm_is_rejected() {
    let benches = ALGORITHMS.map(|algorithm| Bench::new(Mint::of(algorithm).key(), TokenType::AccessToken));
    let kid = prop_oneof![3 => Just(Some(KID.to_owned())), 1 => Just(None)];
    let case = (0..ALGORITHMS.len(), kid, any::<String>(), json());
    for_all(600, &case, |(which, kid, sub, other)| {
        let (algorithm, bench) = (ALGORITHMS[which], &benches[which]);
        let mut header = header(algorithm);
        match kid {
            Some(kid) => header["kid"] = kid.into(),
            None => drop(header.as_object_mut().expect("an object").remove("kid")),
        }
        let claims = with(with(claims(), "sub", format!("a{sub}")), "other", other);
        assert_eq!(
            bench.verify(&Mint::of(algorithm).token_with(&header, &claims)),
            Ok(()),
            "{algorithm}: the trusted key"
        );
        let refused =
            bench.verify(&Mint::untrusted(algorithm).token_with(&header, &claims)).expect_err("it was accepted");
        assert_eq!(refused.reason, Reason::BadSignature, "{algorithm}");
    });
}

/// A key of one trusted issuer does not verify tokens of another.
#[test]
fn a_token_of_another_trusted_issuers_key_is_rejected() {
    const PARTNERS: &str = "https://partners.example.com/";
    let benches = ALGORITHMS.map(|algorithm| {
        let partners = TrustedIssuer::new(PARTNERS, Mint::untrusted(algorithm).key());
        Bench::beside(Mint::of(algorithm).key(), partners)
    });
    for_all(600, &(0..ALGORITHMS.len(), any::<bool>(), any::<String>(), json()), |(which, is_own, sub, other)| {
        let (algorithm, bench) = (ALGORITHMS[which], &benches[which]);
        let mints = [Mint::of(algorithm), Mint::untrusted(algorithm)];
        let [own, others] = if is_own { mints } else { [mints[1], mints[0]] };
        let claims = with(with(claims(), "iss", if is_own { ISSUER } else { PARTNERS }), "sub", format!("a{sub}"));
        let claims = with(claims, "other", other);
        assert_eq!(bench.verify(&own.token(&claims)), Ok(()), "{algorithm}");
        let refused = bench.verify(&others.token(&claims)).expect_err("it was accepted");
        assert_eq!(refused.reason, Reason::BadSignature, "{algorithm}");
        // A trusted key does not verify tokens of an untrusted issuer either.
        let of_an_untrusted_issuer = with(claims, "iss", format!("{ISSUER}{PARTNERS}"));
        for mint in mints {
            let refused = bench.verify(&mint.token(&of_an_untrusted_issuer)).expect_err("it was accepted");
            assert_eq!(refused.reason, Reason::WrongIssuer, "{algorithm}");
        }
    });
}

/// Removes trailing zeros, because HMAC pads keys with zeros (RFC 2104 section 2).
fn significant(secret: &[u8]) -> &[u8] {
    &secret[..secret.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)]
}

/// Thousands of secrets, which cost little to make.
#[test]
fn a_token_of_any_other_secret_is_rejected() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let mint = Mint::of(algorithm);
        let bench = Bench::new(mint.key(), TokenType::AccessToken);
        let near = (0..mint.public.len(), 0..8u8).prop_map(move |(at, bit)| {
            let mut secret = mint.public.clone();
            secret[at] ^= 1 << bit;
            secret
        });
        let cut = (1..mint.public.len()).prop_map(move |length| mint.public[..length].to_vec());
        for_all(500, &prop_oneof![vec(any::<u8>(), 0..100), near, cut], |secret| {
            if significant(&secret) == significant(&mint.public) {
                return;
            }
            let refused = bench.verify(&Mint::from_secret(algorithm, &secret).token(&claims()));
            assert_eq!(refused.map_err(|refused| refused.reason), Err(Reason::BadSignature));
        });
    }
}
