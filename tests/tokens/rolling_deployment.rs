//! Tests tokens that old and new instances of a service accept at the same time.

use crate::support::{Clock, NOW};
use auth_runtime::credentials::{IssueError, SigningKey, TokenIssuerBuilder};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, ConfigError, Events, TokenIssuer, Verifier, authenticated};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

const SECRET: &[u8] = b"one of the many secrets that no one shall know";
const OTHER_SECRET: &[u8] = b"another of the many secrets, which was used before";
/// The day of `NOW`, the day after, and a day when all instances are new.
const TODAY: &str = "2030-03-17";
const TOMORROW: &str = "2030-03-18";
const LATER: &str = "2030-06-30";
const WHY: &str = "old instances run until the deployment is complete";

type Complete = TokenIssuerBuilder<String, String, SigningKey>;

fn builder(clock: &Clock) -> Complete {
    let time = clock.clone();
    let key = SigningKey::hs256("2030-03", SECRET).unwrap();
    TokenIssuer::builder().issuer("https://shop.example/").audience("shop").key(key).clock(move || time.now())
}

fn rolling(clock: &Clock) -> Complete {
    builder(clock).legacy_tokens_until(LATER, "clients keep their tokens").issue_legacy_form_until(TODAY, WHY)
}

fn verifier(issuer: &TokenIssuer) -> Verifier<Claims> {
    issuer.verifier(Events::discard("the test reads the answer")).build().unwrap()
}

/// Verifies as an old instance does: `jsonwebtoken` with its default rules.
fn old_instance(token: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    let decoded = jsonwebtoken::decode(token, &DecodingKey::from_secret(SECRET), &Validation::default());
    decoded.map(|token| token.claims)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_in_the_legacy_form_is_accepted_by_old_and_new_instances() {
    let clock = Clock::standing();
    let current = builder(&clock).build().unwrap().issue("alice", &()).unwrap();
    old_instance(&current.token).expect_err("an old instance does not expect `aud`");

    let issuer = rolling(&clock).build().unwrap();
    let token = issuer.issue("alice", &json!({"scope": "orders:read"})).unwrap();
    assert_eq!(part(&token.token, 0), json!({"typ": "JWT", "alg": "HS256"}));
    assert_eq!(
        part(&token.token, 1),
        json!({"sub": "alice", "iat": NOW, "exp": NOW + 900, "jti": token.id, "scope": "orders:read"})
    );
    assert_eq!(old_instance(&token.token).unwrap()["sub"], "alice");
    let auth = verifier(&issuer).verify(&token.token).await.unwrap();
    assert_eq!((&*auth.sub, &*auth.iss, auth.jti.as_deref()), ("alice", "https://shop.example/", Some(&*token.id)));
    // The tokens of other instances that do not issue the legacy form yet, or any more.
    let _ = verifier(&issuer).verify(&current.token).await.unwrap();
}

#[tokio::test]
async fn the_new_form_is_issued_after_the_day_and_the_last_legacy_token_stays_valid() {
    let clock = Clock::standing();
    let issuer = rolling(&clock).build().unwrap();
    let end_of_day = NOW + 86_400 - NOW % 86_400;
    clock.set(end_of_day - 1);
    let last = issuer.issue("alice", &()).unwrap();
    assert_eq!(part(&last.token, 0)["typ"], "JWT");
    clock.set(end_of_day);
    let first = issuer.issue("alice", &()).unwrap();
    assert_eq!(part(&first.token, 0), json!({"typ": "at+jwt", "alg": "HS256", "kid": "2030-03"}));
    assert_eq!((&part(&first.token, 1)["aud"], &part(&first.token, 1)["client_id"]), (&json!("shop"), &json!("shop")));
    let verifier = verifier(&issuer);
    for token in [&last, &first] {
        let _ = verifier.verify(&token.token).await.unwrap();
    }
}

/// A service that numbers its kinds of tokens: 0 is access, 1 is refresh.
#[tokio::test]
async fn the_legacy_form_states_the_kind_as_configured() {
    let clock = Clock::standing();
    let issuer = rolling(&clock).legacy_access_claim("typ", 0).build().unwrap();
    let token = issuer.issue("alice", &()).unwrap();
    assert_eq!(part(&token.token, 1)["typ"], 0);
    let _ = verifier(&issuer).verify(&token.token).await.unwrap();
    let _ = issuer.issue("alice", &json!({"typ": 0})).unwrap();
    let other = issuer.issue("alice", &json!({"typ": 1})).map(drop);
    assert!(matches!(other, Err(IssueError::Rejected { .. })), "{other:?}");
}

#[test]
fn custom_claims_cannot_replace_those_that_the_legacy_form_lacks() {
    let issuer = rolling(&Clock::standing()).build().unwrap();
    for name in ["iss", "aud", "client_id", "sub", "exp", "iat", "jti"] {
        assert_eq!(issuer.issue("alice", &json!({ name: "evil" })).map(drop), Err(IssueError::Registered(name)));
    }
    // The verifier of the same configuration rejects them in a legacy token.
    for claims in [json!({"token_type": "refresh"}), json!({"nonce": "a"}), json!({"typ": "ID"})] {
        let outcome = issuer.issue("alice", &claims).map(drop);
        assert!(matches!(outcome, Err(IssueError::Rejected { .. })), "{claims}: {outcome:?}");
    }
}

#[test]
fn the_legacy_form_needs_a_verifier_that_accepts_it_until_it_expires() {
    let clock = Clock::standing();
    let refused = |builder: Complete, expected: &str| {
        let error = builder.build().expect_err("must not be configurable");
        assert!(matches!(error, ConfigError::OutOfBounds { name: "issue_legacy_form_until", .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    };
    refused(builder(&clock).issue_legacy_form_until(TODAY, WHY), "add `.legacy_tokens_until(..)`");
    for accepted in [TODAY, "2030-03-16"] {
        refused(rolling(&clock).legacy_tokens_until(accepted, WHY), "end it a lifetime of a token before");
    }
    refused(
        rolling(&clock).legacy_tokens_until(TOMORROW, WHY).lifetime(Duration::from_secs(25 * 60 * 60)),
        "end it a lifetime",
    );
    let other = SigningKey::hs256("2030-02", OTHER_SECRET).unwrap();
    refused(rolling(&clock).previous_key(other), "old instances know one key");
    refused(rolling(&clock).issue_legacy_form_until("2030-3-17", WHY), "YYYY-MM-DD");
    rolling(&clock).legacy_tokens_until(TOMORROW, WHY).lifetime(Duration::from_secs(24 * 60 * 60)).build().unwrap();
}

#[test]
#[should_panic(expected = "the reason for issuing legacy tokens")]
fn the_legacy_form_needs_a_reason() {
    drop(rolling(&Clock::standing()).issue_legacy_form_until(TODAY, " ").build());
}

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[test]
fn the_posture_names_the_legacy_form_and_fails_after_the_day() {
    let posture = |issuer: Complete| {
        let verifier = verifier(&issuer.build().unwrap());
        AuthRouter::new().route("/me", get(me)).with_state::<()>(verifier).posture()
    };
    let clock = Clock::standing();
    let shown = posture(rolling(&clock)).to_string();
    let expected = format!("ISSUES LEGACY TOKENS as https://shop.example/ without iss and aud until {TODAY}: {WHY}");
    assert!(shown.contains(&expected), "{shown}");
    let end_of_day = UNIX_EPOCH + Duration::from_secs(NOW + 86_400 - NOW % 86_400);
    posture(rolling(&clock)).check_on(end_of_day - Duration::from_secs(1)).unwrap();
    let error = posture(rolling(&clock)).check_on(end_of_day).expect_err("the day is over").to_string();
    assert_eq!(
        error,
        format!(
            "legacy tokens of https://shop.example/ are not issued since the end of {TODAY}: {WHY}: remove \
             `.issue_legacy_form_until(..)`"
        )
    );
    // Both days, one line each.
    let error =
        posture(rolling(&clock)).check_on(end_of_day + Duration::from_secs(24 * 365 * 60 * 60)).expect_err("both");
    assert_eq!((error.to_string().lines().count(), error.legacy.len(), error.legacy_form.len()), (2, 1, 1));
}
