//! A verifier that remembers tokens decides as one that does not: the same tokens, in any order, at any time, revoked or
//! not, spoiled or not, and for the same reason.
//!
//! What both decide is held against a slow and obvious account of the rules in `claims` and `headers` beside this file.

use super::for_all;
use crate::support::{AUDIENCE, Clock, ISSUER, KID, Mint, NOW, claims, header, with, without};
use auth_runtime::credentials::VerifierBuilder;
use auth_runtime::events::Collected;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{Claims, Events, KeySet, TokenType, Verifier};
use proptest::prelude::{Strategy, any, prop_oneof};
use std::time::Duration;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// A token of the pool is presented.
    Token(usize),
    /// One that differs from a token of the pool in one byte.
    Bent { token: usize, at: usize, byte: u8 },
    /// The beginning of one, and the end of another.
    Spliced { front: usize, back: usize, at: usize },
    /// It is another time: an hour before, to two hours after.
    Clock(u64),
    /// The token of this number is taken back.
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

/// Good ones for some of the time, and such as never are.
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
        Mint::stranger(mint.algorithm).token(&numbered(0)),
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
fn t52_t53_a_verifier_that_remembers_decides_as_one_that_does_not() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    for algorithm in [Algorithm::HS256, Algorithm::Ed25519] {
        let mint = Mint::of(algorithm);
        let pool = pool(mint);
        for_all(400, &steps(), |steps| {
            let clock = Clock::standing();
            let revoked = RevocationList::new(1000, Duration::from_hours(25));
            let (forgets, _one) = verifier(mint, &clock, &revoked, Complete::without_cache);
            // Also one that has room for a dozen, so that some are forgotten and come again.
            let (remembers, _two) = verifier(mint, &clock, &revoked, |builder| builder.cache_bytes(64 * 1024));
            let decide = |verifier: &Verifier<Claims>, token: &str| {
                let decided = runtime.block_on(verifier.verify(token));
                decided.map(|proof| (proof.subject().to_owned(), proof.jti.clone(), proof.expires_at()))
            };
            let agree = |token: &str| {
                let once = decide(&forgets, token);
                for time in ["first", "second"] {
                    assert_eq!(decide(&remembers, token), once, "for the {time} time: {token}");
                }
            };
            for step in steps {
                match step {
                    Step::Token(token) => agree(&pool[token % pool.len()]),
                    Step::Bent { token, at, byte } => {
                        let mut bent = pool[token % pool.len()].clone().into_bytes();
                        let at = at % bent.len();
                        bent[at] = b' ' + byte % 95;
                        agree(&String::from_utf8(bent).expect("ASCII"));
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
