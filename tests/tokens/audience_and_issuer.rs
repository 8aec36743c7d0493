//! Tests the issuer, audience, subject and kind of a token.

use crate::support::{AUDIENCE, ISSUER, Mint, Server, claims, header, with, without};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, TokenType, Verifier};
use serde_json::{Value, json};

fn claiming(server: &Server, name: &str, cases: Vec<(Value, Reason)>) -> Vec<(String, Reason)> {
    let token = |value| server.mint.token(&with(claims(), name, value));
    let absent = (server.mint.token(&without(claims(), name)), Reason::MalformedClaims);
    cases.into_iter().map(|(value, reason)| (token(value), reason)).chain([absent]).collect()
}

#[tokio::test]
async fn t22_an_issuer_is_compared_byte_by_byte() {
    let server = Server::start().await;
    let wrong = [
        "https://id.example.com",
        "https://id.example.com//",
        "https://ID.example.com/",
        "https://id.example.com/evil",
        "https://id.example.com.evil.example/",
        "https://id.example.com@evil.example/",
        "http://id.example.com/",
        " https://id.example.com/",
        "https://id.example.com/ ",
        "https://id.example.com:443/",
        "https://evil.example/",
        "",
    ];
    let mut cases: Vec<_> = wrong.map(|issuer| (json!(issuer), Reason::WrongIssuer)).into();
    for malformed in
        [json!(null), json!(5), json!([ISSUER]), json!(["https://evil.example/", ISSUER]), json!({}), json!(true)]
    {
        cases.push((malformed, Reason::MalformedClaims));
    }
    server.refuses_each(claiming(&server, "iss", cases)).await;
}

#[tokio::test]
async fn t22_a_key_of_another_issuer_is_rejected() {
    let server = Server::start().await;
    let other_issuer = Mint::untrusted(Algorithm::Ed25519);
    let named = with(header(Algorithm::Ed25519), "kid", "their-key");
    let other_issuers_claims = with(claims(), "iss", "https://other.example.com/");
    server
        .refuses_each([
            (other_issuer.token_with(&named, &other_issuers_claims), Reason::UnknownKey),
            (other_issuer.token_with(&named, &claims()), Reason::UnknownKey),
            (other_issuer.token(&claims()), Reason::BadSignature),
            (server.mint.token(&other_issuers_claims), Reason::WrongIssuer),
        ])
        .await;
}

/// A second entry for an issuer would leave it unclear which keys count.
#[test]
fn t22_a_repeated_issuer_is_a_build_error() {
    let key = || Mint::of(Algorithm::Ed25519).key();
    let trusting = |others: &[&str]| {
        let builder = Verifier::<Claims>::builder().issuer(ISSUER).audience(AUDIENCE).keys(key());
        let builder = builder.events(Events::collect().0);
        others.iter().fold(builder, |builder, other| builder.also_trust(TrustedIssuer::new(*other, key()))).build()
    };
    trusting(&["https://partners.example/"]).unwrap();
    for twice in [&[ISSUER][..], &["https://partners.example/"; 2]] {
        let error = trusting(twice).map(drop);
        assert!(matches!(error, Err(ConfigError::DuplicateIssuer(_))), "{error:?}");
    }
}

#[tokio::test]
async fn t23_inc_54_the_audience_must_be_present_and_contain_this_service() {
    let server = Server::start().await;
    let cases = vec![
        (json!(5), Reason::MalformedClaims),
        (json!({}), Reason::MalformedClaims),
        (json!({"orders": true}), Reason::MalformedClaims),
        (json!(null), Reason::MalformedClaims),
        (json!(true), Reason::MalformedClaims),
        (json!([5]), Reason::MalformedClaims),
        (json!([AUDIENCE, 5]), Reason::MalformedClaims),
        (json!([AUDIENCE, null]), Reason::MalformedClaims),
        (json!([[AUDIENCE]]), Reason::MalformedClaims),
        (json!([]), Reason::WrongAudience),
        (json!(""), Reason::WrongAudience),
        (json!("Orders"), Reason::WrongAudience),
        (json!("orders "), Reason::WrongAudience),
        (json!("orders payments"), Reason::WrongAudience),
        (json!("order"), Reason::WrongAudience),
        (json!("orders2"), Reason::WrongAudience),
        (json!("*"), Reason::WrongAudience),
        (json!(["payments"]), Reason::WrongAudience),
    ];
    server.refuses_each(claiming(&server, "aud", cases)).await;
    for audience in [json!([AUDIENCE]), json!(["payments", AUDIENCE]), json!([AUDIENCE, AUDIENCE])] {
        server.accepts(&server.mint.token(&with(claims(), "aud", audience))).await;
    }
}

#[tokio::test]
async fn t27_a_token_needs_a_subject() {
    let server = Server::start().await;
    let malformed = [json!(""), json!(" "), json!("\t\n"), json!(5), json!(null), json!(["alice"]), json!({"id": 1})];
    let cases = malformed.map(|subject| (subject, Reason::MalformedClaims)).into();
    server.refuses_each(claiming(&server, "sub", cases)).await;
}

#[tokio::test]
async fn t27_claims_required_by_rfc_9068_must_be_present_and_have_their_type() {
    let server = Server::start().await;
    for name in ["client_id", "iat", "jti"] {
        let malformed = [json!(null), json!([]), json!({}), json!(true), json!(["5f3b"])];
        let cases = malformed.map(|value| (value, Reason::MalformedClaims)).into();
        server.refuses_each(claiming(&server, name, cases)).await;
    }
}

/// An optional claim must have its type: a value that cannot be read is not treated as missing.
#[tokio::test]
async fn t27_inc_51_an_optional_claim_must_have_its_type() {
    let server =
        Server::with(Algorithm::Ed25519).verifier(|builder| builder.token_type(TokenType::AnyJwt)).start().await;
    for name in ["client_id", "jti", "sid"] {
        for malformed in [json!(null), json!([]), json!({}), json!(true), json!(5), json!(["5f3b"])] {
            server.refuses(&server.mint.token(&with(claims(), name, malformed)), Reason::MalformedClaims).await;
        }
        server.accepts(&server.mint.token(&with(claims(), name, "5f3b"))).await;
    }
}

fn typed(server: &Server, typ: &Value) -> String {
    server.mint.token_with(&with(header(Algorithm::Ed25519), "typ", typ.clone()), &claims())
}

#[tokio::test]
async fn t24_only_an_access_token_is_accepted() {
    let server = Server::start().await;
    let others = [
        json!("JWT"),
        json!("jwt"),
        json!("id+jwt"),
        json!("dpop+jwt"),
        json!("logout+jwt"),
        json!("at+jwt "),
        json!("at"),
        json!("xat+jwt"),
        json!("application/application/at+jwt"),
        json!("text/at+jwt"),
        json!(""),
        json!(null),
        json!(5),
        json!(["at+jwt"]),
    ];
    server.refuses_each(others.iter().map(|typ| (typed(&server, typ), Reason::WrongTokenType))).await;
    let absent = server.mint.token_with(&without(header(Algorithm::Ed25519), "typ"), &claims());
    server.refuses_each([(absent, Reason::WrongTokenType)]).await;
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        server.accepts(&typed(&server, &json!(typ))).await;
    }
}

#[tokio::test]
async fn t24_the_looser_profile_rejects_other_declared_types() {
    let server =
        Server::with(Algorithm::Ed25519).verifier(|builder| builder.token_type(TokenType::AnyJwt)).start().await;
    let others = [json!("id+jwt"), json!("dpop+jwt"), json!("logout+jwt"), json!("JOSE"), json!(""), json!(5)];
    server.refuses_each(others.iter().map(|typ| (typed(&server, typ), Reason::WrongTokenType))).await;
    for typ in ["at+jwt", "JWT", "jwt", "application/JWT"] {
        server.accepts(&typed(&server, &json!(typ))).await;
    }
    let bare = without(without(without(claims(), "client_id"), "jti"), "iat");
    server.accepts(&server.mint.token_with(&without(header(Algorithm::Ed25519), "typ"), &bare)).await;
    for required in ["iss", "aud", "sub", "exp"] {
        server.refuses(&server.mint.token(&without(claims(), required)), Reason::MalformedClaims).await;
    }
}

#[tokio::test]
async fn t25_id_tokens_and_refresh_tokens_are_rejected() {
    let server = Server::start().await;
    let id_token = json!({
        "iss": ISSUER, "aud": "storefront", "sub": "alice", "exp": claims()["exp"], "iat": claims()["iat"], "nonce": "n-0S6",
        "auth_time": claims()["iat"],
    });
    let for_us = with(with(with(id_token.clone(), "aud", AUDIENCE), "jti", "x"), "client_id", "storefront");
    let plain = with(header(Algorithm::Ed25519), "typ", "JWT");
    let refresh = with(header(Algorithm::Ed25519), "typ", "rt+jwt");
    server
        .refuses_each([
            (server.mint.token_with(&plain, &id_token), Reason::WrongTokenType),
            (server.mint.token_with(&plain, &for_us), Reason::WrongTokenType),
            (server.mint.token_with(&refresh, &claims()), Reason::WrongTokenType),
            (server.mint.token(&id_token), Reason::WrongAudience),
        ])
        .await;
}

/// RFC 8725 section 3.12: without a `typ`, the claims distinguish the kinds.
#[tokio::test]
async fn t25_the_looser_profile_rejects_other_kinds_by_their_claims() {
    let server =
        Server::with(Algorithm::Ed25519).verifier(|builder| builder.token_type(TokenType::AnyJwt)).start().await;
    let of_other_kinds = [
        ("nonce", json!("n-0S6")),
        ("nonce", json!(null)),
        ("at_hash", json!("MTIzNDU2Nzg5MDEyMzQ1Ng")),
        ("c_hash", json!("LDktKdoQak3Pk0cnXxCltA")),
        ("s_hash", json!("")),
        ("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}})),
        ("token_use", json!("id")),
        ("token_use", json!("refresh")),
        ("token_use", json!("")),
        ("token_use", json!(["access"])),
        ("token_use", json!(null)),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Offline")),
        ("typ", json!("Logout")),
        ("typ", json!("Bearer ")),
        ("typ", json!(5)),
    ];
    let plain = with(header(Algorithm::Ed25519), "typ", "JWT");
    let claiming = |name: &str, value: &Value| server.mint.token_with(&plain, &with(claims(), name, value.clone()));
    server
        .refuses_each(of_other_kinds.iter().map(|(name, value)| (claiming(name, value), Reason::WrongTokenType)))
        .await;
    for (name, value) in
        [("token_use", "access"), ("typ", "Bearer"), ("typ", "bearer"), ("typ", "JWT"), ("typ", "at+jwt")]
    {
        server.accepts(&claiming(name, &json!(value))).await;
    }
}

#[tokio::test]
async fn a_sender_constrained_token_is_rejected_as_a_bearer_token() {
    let server = Server::start().await;
    for confirmation in [json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}), json!({}), json!(null)] {
        let bound = server.mint.token(&with(claims(), "cnf", confirmation));
        server.refuses_each([(bound, Reason::SenderConstrained)]).await;
    }
}
