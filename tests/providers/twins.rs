//! Tests for every profile: the good token is accepted, and its bad twins are not.

use super::{Fixture, all};
use crate::support::{Mint, base64url, with};
use auth_runtime::events::Reason;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn tokens_of_each_provider_are_accepted_by_its_profile() {
    for fixture in all() {
        fixture.server().await.accepts(&fixture.good()).await;
    }
}

/// ID tokens, refresh tokens, API keys, and tokens of others with the same keys.
#[tokio::test]
async fn other_kinds_of_tokens_of_each_provider_are_rejected() {
    for fixture in all() {
        let server = fixture.server().await;
        for (what, claims, reason) in &fixture.others {
            println!("{}: {what}", fixture.name);
            server.refuses(&fixture.token(claims), *reason).await;
        }
        server.accepts(&fixture.good()).await;
    }
}

/// What no profile weakens: the signature, the header, the issuer, the audience, the times, and
/// duplicate members.
#[tokio::test]
async fn no_profile_weakens_a_check() {
    for fixture in all() {
        let server = fixture.server().await;
        for (what, token, reason) in bad_twins(&fixture) {
            println!("{}: {what}", fixture.name);
            server.refuses(&token, reason).await;
        }
        server.accepts(&fixture.good()).await;
    }
}

fn bad_twins(fixture: &Fixture) -> Vec<(String, String, Reason)> {
    let Fixture { mint, header, claims, audience_claim, .. } = fixture;
    let mut twins = Vec::new();
    let mut twin = |what: String, token: String, reason: Reason| twins.push((what, token, reason));

    let untrusted = Mint::untrusted(mint.algorithm).token_with(header, claims);
    twin("another key".to_owned(), untrusted, Reason::BadSignature);
    let unsigned = with(header.clone(), "alg", "none");
    let unsigned = format!("{}.{}.", base64url(unsigned.to_string()), base64url(claims.to_string()));
    twin("not signed".to_owned(), unsigned, Reason::MalformedToken);
    let good = fixture.good();
    twin("padded".to_owned(), format!("{good}="), Reason::MalformedToken);
    for member in ["jku", "jwk", "x5u", "x5c", "crit", "zip"] {
        let token = mint.token_with(&with(header.clone(), member, "https://evil.example/"), claims);
        twin(format!("{member} in the header"), token, Reason::HeaderNotAllowed);
    }
    twin("an empty kid".to_owned(), mint.token_with(&with(header.clone(), "kid", ""), claims), Reason::MalformedToken);
    for typ in ["id_token+jwt", "logout+jwt", "rt+jwt"] {
        let token = mint.token_with(&with(header.clone(), "typ", typ), claims);
        twin(format!("typ is {typ}"), token, Reason::WrongTokenType);
    }

    let mut claim = |what: &str, changes: Value, reason| {
        twin(format!("{what}: {changes}"), fixture.token(&fixture.with(&changes)), reason);
    };
    let issuer = claims["iss"].as_str().expect("an issuer");
    for other in [format!("{issuer}/"), issuer.to_uppercase(), "https://evil.example".to_owned(), String::new()] {
        claim("the issuer", json!({"iss": other}), Reason::WrongIssuer);
    }
    claim("the issuer", json!({"iss": [issuer]}), Reason::MalformedClaims);
    claim("the issuer", json!({"iss": null}), Reason::MalformedClaims);
    claim("the audience", json!({*audience_claim: "another-service"}), Reason::WrongAudience);
    claim("the audience", json!({*audience_claim: null}), Reason::MalformedClaims);
    claim("an aud decides", json!({"aud": "another-service"}), Reason::WrongAudience);
    claim("an empty aud", json!({"aud": []}), Reason::WrongAudience);
    claim("the subject", json!({"sub": null}), Reason::MalformedClaims);
    claim("the subject", json!({"sub": 7}), Reason::MalformedClaims);
    claim("the subject", json!({"sub": " "}), Reason::MalformedClaims);
    claim("expired", json!({"iat": 1, "exp": 2, "nbf": 1}), Reason::Expired);
    claim("expiry", json!({"exp": null}), Reason::MalformedClaims);
    claim("a hundred years", json!({"exp": 5_000_000_000_u64}), Reason::LifetimeTooLong);
    // RFC 8725 section 3.11: `typ: at+jwt` settles the kind.
    if header["typ"] != "at+jwt" {
        claim("a logout token", json!({"events": {}, "typ": "Logout"}), Reason::WrongTokenType);
    }
    claim("a refresh token", json!({"token_type": "refresh"}), Reason::WrongTokenType);
    claim("bound to a key of the sender", json!({"cnf": {"jkt": "x"}}), Reason::SenderConstrained);

    for (name, again) in [("iss", "\"https://evil.example\""), ("exp", "1"), ("sub", "\"mallory\""), ("made-up", "1")] {
        let mut text = without_last_brace(claims);
        if name == "made-up" {
            text.push_str(",\"made-up\":1");
        }
        let twice = format!("{text},\"{name}\":{again}}}");
        twin(format!("{name} twice"), mint.signed(header.to_string(), twice), Reason::MalformedToken);
    }
    twins
}

fn without_last_brace(claims: &Value) -> String {
    let text = claims.to_string();
    text[..text.len() - 1].to_owned()
}

#[test]
fn each_profile_has_a_fixture_and_its_own_issuer() {
    let all = all();
    let issuers: BTreeSet<_> = all.iter().map(|fixture| (fixture.name, fixture.provider.issuer())).collect();
    assert_eq!(issuers.len(), 19);
    for fixture in &all {
        assert_eq!(fixture.provider.issuer(), fixture.claims["iss"], "{}", fixture.name);
        assert_eq!(fixture.document("")["issuer"], fixture.claims["iss"], "{}", fixture.name);
    }
}
