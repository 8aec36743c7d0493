//! Tokens that the service issues itself, and the ones that it had token before.

use crate::support::{Clock, Connection, Mint, NOW, get_with, serve};
use auth_runtime::credentials::{IssueError, SigningKey, TokenIssuerBuilder};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, ConfigError, Events, Rejection, TokenIssuer, TokenType, Verifier, VerifyingKey,
    authenticated,
};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &[u8] = b"one of the many secrets that no one shall know";
const OLD_SECRET: &[u8] = b"another of the many secrets, which was used before";
const NAME: &str = "https://shop.example/";
/// The day of `NOW`, and the next one.
const TODAY: &str = "2030-03-17";
const TOMORROW: &str = "2030-03-18";

type Complete = TokenIssuerBuilder<String, String, SigningKey>;

struct Bench {
    issuer: TokenIssuer,
    verifier: Verifier<Claims>,
    clock: Clock,
    collected: Collected,
}

fn key() -> SigningKey {
    SigningKey::hs256("new", SECRET).unwrap()
}

fn builder(key: SigningKey) -> Complete {
    TokenIssuer::builder().issuer(NAME).audience("shop").key(key)
}

fn bench(change: impl FnOnce(Complete) -> Complete) -> Bench {
    let (clock, (events, collected)) = (Clock::standing(), Events::collect());
    let time = clock.clone();
    let issuer = change(builder(key()).clock(move || time.now())).build().unwrap();
    let verifier = issuer.verifier(events).build().unwrap();
    Bench { issuer, verifier, clock, collected }
}

impl Bench {
    async fn accepts(&self, token: &str) -> Authenticated<Claims> {
        self.verifier.verify(token).await.unwrap_or_else(|why| panic!("{why}: {:?}", self.collected.take()))
    }

    async fn rejects(&self, token: &str, reason: Reason) {
        let outcome = self.verifier.verify(token).await.map(drop);
        assert_eq!(outcome, Err(Rejection::InvalidToken(reason)), "{:?}", self.collected.take());
        assert_eq!(self.collected.take().len(), 1);
    }
}

/// A token as services sign it that set neither `iss` nor `aud`.
fn legacy(secret: &[u8], more: &Value) -> String {
    let mut claims = json!({"sub": "alice", "exp": NOW + 3600});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Mint::from_secret(Algorithm::HS256, secret).token_with(&json!({"typ": "JWT", "alg": "HS256"}), &claims)
}

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[tokio::test]
async fn an_issued_token_is_accepted_over_a_socket() {
    let issuer = builder(key()).build().unwrap();
    let verifier = issuer.verifier::<Claims>(Events::discard("the test reads the answer")).build().unwrap();
    let address = serve(AuthRouter::new().route("/me", get(me)).with_state(verifier)).await;
    let token = issuer.issue("alice", &()).unwrap();
    let response = Connection::open(address).await.exchange(get_with("/me", &token.token)).await;
    assert_eq!((response.status, &*response.body), (200, b"alice".as_slice()));
}

#[test]
fn custom_claims_cannot_replace_those_of_the_issuer() {
    let bench = bench(|builder| builder);
    for name in ["iss", "aud", "sub", "exp", "iat", "jti", "client_id"] {
        let outcome = bench.issuer.issue("alice", &json!({ name: "evil" })).map(drop);
        assert_eq!(outcome, Err(IssueError::Registered(name)));
    }
    assert_eq!(bench.issuer.issue("alice", &7).map(drop), Err(IssueError::InvalidClaims));
    for (subject, claims) in [
        ("", json!({})),
        ("alice", json!({"cnf": {}})),
        ("alice", json!({"sid": 7})),
        ("alice", json!({"nbf": NOW + 60})),
        ("alice", json!({"token_type": "refresh"})),
    ] {
        let outcome = bench.issuer.issue(subject, &claims).map(drop);
        assert!(matches!(outcome, Err(IssueError::Rejected { .. })), "{claims}: {outcome:?}");
    }
}

#[tokio::test]
async fn tokens_of_the_previous_key_are_accepted_until_it_is_removed() {
    let old = bench(|builder| builder.key(SigningKey::hs256("old", OLD_SECRET).unwrap()));
    let token = old.issuer.issue("alice", &()).unwrap().token;
    let rotated = bench(|builder| builder.previous_key(SigningKey::hs256("old", OLD_SECRET).unwrap()));
    drop(rotated.accepts(&token).await);
    drop(rotated.accepts(&rotated.issuer.issue("alice", &()).unwrap().token).await);
    bench(|builder| builder).rejects(&token, Reason::UnknownKey).await;
}

#[derive(serde::Deserialize)]
struct RefreshClaims {
    family: String,
}

/// A service whose clients send the refresh token as a bearer token.
#[tokio::test]
async fn two_issuers_of_a_service_keep_their_tokens_apart() {
    let refresh = TokenIssuer::builder().issuer(NAME).audience("shop-refresh");
    let refresh = refresh.key(SigningKey::hs256("refresh", OLD_SECRET).unwrap()).build().unwrap();
    let access = builder(key()).build().unwrap();
    let events = || Events::discard("the test reads the answer");
    let of_access = access.verifier::<Claims>(events()).build().unwrap();
    let of_refresh = refresh.verifier::<RefreshClaims>(events()).build().unwrap();
    let family = json!({"family": "f1"});
    let (access, refresh) = (access.issue("alice", &family).unwrap(), refresh.issue("alice", &family).unwrap());
    assert_eq!(of_access.verify(&access.token).await.unwrap().sub, "alice");
    assert_eq!(of_refresh.verify(&refresh.token).await.unwrap().family, "f1");
    assert!(of_access.verify(&refresh.token).await.is_err());
    assert!(of_refresh.verify(&access.token).await.is_err());
}

#[tokio::test]
async fn legacy_tokens_are_rejected_unless_they_are_configured() {
    bench(|builder| builder).rejects(&legacy(SECRET, &json!({})), Reason::WrongTokenType).await;
}

#[tokio::test]
async fn legacy_tokens_are_accepted_until_the_end_of_the_day() {
    let bench = bench(|builder| builder.legacy_tokens_until(TOMORROW, "clients sign in once a month"));
    let token = legacy(SECRET, &json!({"exp": NOW + 80_000, "iat": NOW}));
    let auth = bench.accepts(&token).await;
    assert_eq!((&*auth.sub, &*auth.iss, &auth.aud), ("alice", NAME, &vec!["shop".to_owned()]));
    // Only missing claims are completed.
    for (claims, reason) in [
        (json!({"iss": "https://evil.example/"}), Reason::WrongIssuer),
        (json!({"aud": "another"}), Reason::WrongAudience),
        (json!({"exp": null}), Reason::MalformedClaims),
        (json!({"exp": NOW - 3600}), Reason::Expired),
        (json!({"typ": "refresh"}), Reason::WrongTokenType),
        (json!({"token_type": "Refresh"}), Reason::WrongTokenType),
        (json!({"token_use": "refresh_token"}), Reason::WrongTokenType),
    ] {
        bench.rejects(&legacy(SECRET, &claims), reason).await;
    }
    bench.rejects(&legacy(OLD_SECRET, &json!({})), Reason::BadSignature).await;
}

/// A service that numbers its kinds of tokens: 0 is access, 1 is refresh.
#[tokio::test]
async fn legacy_kinds_with_numbers_are_told_apart_by_the_named_claim() {
    let numbered = |kind: Value| legacy(SECRET, &json!({ "typ": kind }));
    let without = bench(|builder| builder.legacy_tokens_until(TOMORROW, "clients sign in once a month"));
    without.rejects(&numbered(json!(0)), Reason::WrongTokenType).await;
    let bench = bench(|builder| {
        builder.legacy_tokens_until(TOMORROW, "clients sign in once a month").legacy_access_claim("typ", 0)
    });
    let _ = bench.accepts(&numbered(json!(0))).await;
    for other in [json!(1), json!(-1), json!(0.5), json!("0"), json!(null), json!([0]), json!({}), json!(false)] {
        bench.rejects(&numbered(other), Reason::WrongTokenType).await;
    }
    bench.rejects(&legacy(SECRET, &json!({})), Reason::WrongTokenType).await;
    bench.rejects(&legacy(SECRET, &json!({ "typ": 0, "token_use": "refresh" })), Reason::WrongTokenType).await;
}

#[test]
fn legacy_access_claim_needs_legacy_tokens_and_a_plain_value() {
    let with = |value: Value| {
        builder(key())
            .legacy_tokens_until("9999-01-01", "clients sign in once a month")
            .legacy_access_claim("typ", value)
    };
    for built in [
        builder(key()).legacy_access_claim("typ", 0).build(),
        with(json!(-1)).build(),
        with(json!([])).build(),
        with(json!(null)).build(),
    ] {
        assert!(matches!(built, Err(ConfigError::OutOfBounds { name: "legacy_access_claim", .. })));
    }
    with(json!("access")).build().unwrap();
}

#[tokio::test]
async fn a_cached_legacy_token_is_rejected_after_the_day() {
    let bench = bench(|builder| builder.legacy_tokens_until(TODAY, "clients sign in once a month"));
    let token = legacy(SECRET, &json!({"exp": NOW + 86_400, "iat": NOW}));
    drop(bench.accepts(&token).await);
    // To the first second of the next day, when the token itself is still valid.
    bench.clock.set(NOW + 86_400 - NOW % 86_400);
    bench.rejects(&token, Reason::WrongTokenType).await;
    bench.rejects(&token, Reason::WrongTokenType).await;
}

#[tokio::test]
async fn legacy_tokens_survive_a_rotation() {
    let bench = bench(|builder| {
        builder
            .previous_key(SigningKey::hs256("old", OLD_SECRET).unwrap())
            .legacy_tokens_until(TOMORROW, "clients sign in once a month")
    });
    let token = legacy(OLD_SECRET, &json!({}));
    drop(bench.accepts(&token).await);
    drop(bench.accepts(&token).await);
    bench.rejects(&legacy(SECRET, &json!({})), Reason::BadSignature).await;
}

#[tokio::test]
async fn legacy_tokens_are_those_of_the_issuers_own_keys() {
    let issuer = builder(key()).legacy_tokens_until("9999-01-01", "clients sign in once a month").build().unwrap();
    let (events, _collected) = Events::collect();
    let verifier = issuer.verifier::<Claims>(events).keys(VerifyingKey::hs256(OLD_SECRET).unwrap()).build().unwrap();
    let token = Mint::from_secret(Algorithm::HS256, OLD_SECRET).token_with(
        &json!({"typ": "JWT", "alg": "HS256"}),
        &json!({"sub": "a", "exp": jsonwebtoken::get_current_timestamp() + 60}),
    );
    let outcome = verifier.verify(&token).await.map(drop);
    assert_eq!(outcome, Err(Rejection::InvalidToken(Reason::WrongTokenType)));
}

#[test]
fn the_posture_names_legacy_tokens_and_fails_after_the_day() {
    let issuer = builder(key()).legacy_tokens_until("2027-03-31", "clients sign in once a month").build().unwrap();
    let verifier = issuer.verifier::<Claims>(Events::discard("no request is sent")).build().unwrap();
    let posture = AuthRouter::new().route("/me", get(me)).with_state::<()>(verifier).posture();
    let shown = posture.to_string();
    assert!(
        shown.contains("LEGACY TOKENS of https://shop.example/ without iss and aud until 2027-03-31: clients"),
        "{shown}"
    );
    // The lock has a row for it.
    let weaknesses = posture.verifiers()[0].weaknesses();
    assert_eq!(weaknesses, ["accepts legacy tokens of https://shop.example/ until 2027-03-31"]);
    let day = |seconds| std::time::UNIX_EPOCH + Duration::from_secs(seconds);
    assert!(posture.check_on(day(1_806_537_600 - 1)).is_ok(), "2027-03-31, 23:59:59");
    let error = posture.check_on(day(1_806_537_600)).expect_err("the day is over").to_string();
    assert!(error.contains("2027-03-31") && error.contains("remove `.legacy_tokens_until(..)`"), "{error}");
}

#[test]
fn a_legacy_day_must_be_a_date() {
    for day in ["2027-3-31", "2027-02-30", "soon", "20270331ab", ""] {
        let built = builder(key()).legacy_tokens_until(day, "clients sign in once a month").build();
        assert!(matches!(built, Err(ConfigError::OutOfBounds { name: "legacy_tokens_until", .. })), "{day}");
    }
}

/// A token kind that is settled otherwise is not rejected for an odd `typ` claim.
#[tokio::test]
async fn t25_a_typ_claim_rejects_a_token_only_if_its_kind_is_not_settled() {
    let mint = Mint::from_secret(Algorithm::HS256, SECRET);
    let (events, collected) = Events::collect();
    let verifier = Verifier::<Claims>::builder()
        .issuer(NAME)
        .audience("shop")
        .keys(VerifyingKey::hs256(SECRET).unwrap())
        .token_type(TokenType::AnyJwt)
        .clock(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW))
        .events(events)
        .build()
        .unwrap();
    for (typ, more, accepted) in [
        ("JWT", json!({"typ": "access"}), true),
        ("JWT", json!({"typ": 0, "token_use": "access"}), true),
        ("at+jwt", json!({"typ": 0}), true),
        ("at+jwt", json!({"typ": "access"}), true),
        ("JWT", json!({"typ": 1}), false),
        ("JWT", json!({"typ": "refresh"}), false),
        ("at+jwt", json!({"typ": "refresh"}), false),
        ("at+jwt", json!({"token_type": "refresh"}), false),
        ("at+jwt", json!({"token_use": "Refresh"}), false),
    ] {
        let mut claims = json!({"iss": NAME, "aud": "shop", "sub": "alice", "exp": NOW + 60});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let token = mint.token_with(&json!({"typ": typ, "alg": "HS256"}), &claims);
        let outcome = verifier.verify(&token).await.map(drop);
        let expected = if accepted { Ok(()) } else { Err(Rejection::InvalidToken(Reason::WrongTokenType)) };
        assert_eq!(outcome, expected, "{typ} {more}: {:?}", collected.take());
    }
}
