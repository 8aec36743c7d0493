//! Tests that a verifier with a cache decides as one without.
//!
//! The same tokens, in any order, at any time, revoked or not, tampered with or not, get the same
//! decision and reason. `claims` and `headers` compare both with a simple implementation of the
//! rules.

use super::for_all;
use crate::support::{AUDIENCE, Clock, ISSUER, KID, Mint, NOW, claims, header, with, without};
use auth_runtime::credentials::VerifierBuilder;
use auth_runtime::events::Collected;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{Claims, Events, KeySet, TokenType, Verifier};
use proptest::prelude::{Strategy, any, prop_oneof};
use std::time::Duration;

/// The next step of a run.
#[derive(Debug, Clone)]
enum Step {
    /// Presents a token of the pool.
    Token(usize),
    /// Presents a token that differs from one of the pool in one byte.
    Bent { token: usize, at: usize, byte: u8 },
    /// Presents the beginning of one token with the end of another.
    Spliced { front: usize, back: usize, at: usize },
    /// Sets the clock: from an hour before to two hours after.
    Clock(u64),
    /// Revokes the token of this number.
    Revoke(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => any::<usize>().prop_map(Step::Token),
        4 => (any::<usize>(), any::<usize>(), any::<u8>()).prop_map(|(token, at, byte)| Step::Bent { token, at, byte }),
        2 => (any::<usize>(), any::<usize>(), any::<usize>())
            .prop_map(|(front, back, at)| Step::Spliced { front, back, at }),
        2 => (0..10_800_u64).prop_map(Step::Clock),
        1 => any::<usize>().prop_map(Step::Revoke),
    ];
    proptest::collection::vec(step, 1..120)
}

/// Makes tokens that are good for some of the time, and tokens that are never good.
fn pool(mint: &Mint) -> Vec<String> {
    let numbered = |number: usize| with(claims(), "jti", format!("token-{number}"));
    let mut pool: Vec<String> = (0..8)
        .map(|number| {
            let from = NOW - 3600 + 900 * number as u64;
            mint.token(&with(with(with(numbered(number), "iat", from), "nbf", from), "exp", from + 1800))
        })
        .collect();
    pool.extend([
        mint.token(&with(numbered(8), "aud", "others")),
        mint.token(&with(numbered(9), "iss", "https://id.evil.example/")),
        mint.token(&without(numbered(10), "exp")),
        mint.token_with(&with(header(mint.algorithm), "typ", "JWT"), &numbered(11)),
        mint.token_of("another-key", &numbered(12)),
        Mint::untrusted(mint.algorithm).token(&numbered(0)),
    ]);
    pool
}

type Complete = VerifierBuilder<Claims, String, String, KeySet, Events>;

fn verifier(
    mint: &Mint,
    clock: &Clock,
    revoked: &RevocationList,
    configured: impl FnOnce(Complete) -> Complete,
) -> (Verifier<Claims>, Collected) {
    let ((events, collected), clock) = (Events::collect(), clock.clone());
    let builder = Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(mint.key().with_kid(KID)).events(events);
    let builder = builder.clock(move || clock.now()).revocations(revoked.clone()).token_type(TokenType::AccessToken);
    (configured(builder).build().expect("a verifier"), collected)
}

#[test]
fn t52_t53_a_verifier_with_a_cache_decides_as_one_without() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    for algorithm in [Algorithm::HS256, Algorithm::Ed25519] {
        let mint = Mint::of(algorithm);
        let pool = pool(mint);
        for_all(400, &steps(), |steps| {
            let clock = Clock::standing();
            let revoked = RevocationList::new(1000, Duration::from_secs(25 * 60 * 60));
            let (forgets, _one) = verifier(mint, &clock, &revoked, Complete::without_cache);
            // Also a verifier with room for a dozen tokens, so that some are evicted and presented
            // again.
            let (with_cache, _two) = verifier(mint, &clock, &revoked, |builder| builder.cache_bytes(64 * 1024));
            let decide = |verifier: &Verifier<Claims>, token: &str| {
                let decided = runtime.block_on(verifier.verify(token));
                decided.map(|proof| (proof.subject().to_owned(), proof.jti.clone(), proof.expires_at()))
            };
            let agree = |token: &str| {
                let once = decide(&forgets, token);
                for time in ["first", "second", "third"] {
                    assert_eq!(decide(&with_cache, token), once, "for the {time} time: {token}");
                }
            };
            for step in steps {
                match step {
                    Step::Token(token) => agree(&pool[token % pool.len()]),
                    Step::Bent { token, at, byte } => {
                        let mut modified = pool[token % pool.len()].clone().into_bytes();
                        let at = at % modified.len();
                        modified[at] = b' ' + byte % 95;
                        agree(&String::from_utf8(modified).expect("ASCII"));
                    }
                    Step::Spliced { front, back, at } => {
                        let (front, back) = (&pool[front % pool.len()], &pool[back % pool.len()]);
                        let at = at % front.len().min(back.len());
                        agree(&format!("{}{}", &front[..at], &back[at..]));
                    }
                    Step::Clock(seconds) => clock.set(NOW - 3600 + seconds),
                    Step::Revoke(number) => {
                        let token = Revocation::token(ISSUER, format!("token-{}", number % 8));
                        revoked.revoke(&token).expect("room");
                    }
                }
            }
        });
    }
}
