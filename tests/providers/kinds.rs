//! Row 1: what shows an access token, and what does not.

use super::people::keycloak;
use super::{Fixture, all};
use crate::support::{AUDIENCE, Bench, ISSUER, Mint, NOW, header, with};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};

fn fixture(name: &str) -> Fixture {
    all().into_iter().find(|fixture| fixture.name == name).expect("a fixture")
}

/// Keycloak before release 25 writes the `nonce` of the request into access tokens.
#[tokio::test]
async fn a_keycloak_access_token_with_a_nonce_is_accepted_and_an_id_token_is_not() {
    let keycloak = keycloak();
    let server = keycloak.server().await;
    server.accepts(&keycloak.good()).await;
    server.accepts(&keycloak.token(&keycloak.with(&json!({"nonce": null})))).await;
    for typ in ["ID", "id", "JWT", "Bearer ", ""] {
        server.refuses(&keycloak.token(&keycloak.with(&json!({"typ": typ}))), Reason::WrongTokenType).await;
    }
}

/// 401 for the first token and 200 for the refreshed one: authentik writes `nonce` into the first.
#[tokio::test]
async fn the_first_token_of_authentik_is_accepted_as_the_refreshed_one_is() {
    let authentik = fixture("authentik");
    let server = authentik.server().await;
    server.accepts(&authentik.good()).await;
    server.accepts(&authentik.token(&authentik.with(&json!({"nonce": null})))).await;
    server.refuses(&authentik.token(&authentik.with(&json!({"uid": null}))), Reason::WrongTokenType).await;
}

#[tokio::test]
async fn a_token_of_dex_has_an_at_hash() {
    let dex = fixture("Dex");
    let server = dex.server().await;
    server.accepts(&dex.good()).await;
    for (name, value) in [("typ", "Bearer"), ("token_use", "access"), ("typ", "Refresh")] {
        server.refuses(&dex.token(&dex.with(&json!({name: value}))), Reason::WrongTokenType).await;
    }
    // An access token is another kind.
    let typed = dex.mint.token_with(&with(dex.header.clone(), "typ", "at+jwt"), &dex.claims);
    server.refuses(&typed, Reason::WrongTokenType).await;
}

/// Without a profile: only `typ: Bearer` and `token_use: access` outvote the heuristic.
#[test]
fn a_positive_sign_outvotes_the_heuristic_against_id_tokens() {
    let mint = Mint::of(Algorithm::HS256);
    let (loose, strict) = (Bench::new(mint.key(), TokenType::AnyJwt), Bench::new(mint.key(), TokenType::AccessToken));
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 300, "iat": NOW});
    let plain = with(header(Algorithm::HS256), "typ", "JWT");
    let verify = |claims: &Value| loose.verify(&mint.token_with(&plain, claims)).map_err(|refused| refused.reason);
    for of_id_tokens in ["nonce", "at_hash", "c_hash", "s_hash"] {
        let like_an_id_token = with(claims.clone(), of_id_tokens, "x");
        assert_eq!(verify(&like_an_id_token), Err(Reason::WrongTokenType), "{of_id_tokens}");
        for (name, value) in
            [("typ", "Bearer"), ("typ", "bearer"), ("token_use", "access"), ("token_use", "access_token")]
        {
            let shown = with(like_an_id_token.clone(), name, value);
            assert_eq!(verify(&shown), Ok(()), "{shown}");
            // The strict rule does not change: the header decides.
            let refused = strict.verify(&mint.token_with(&plain, &shown)).unwrap_err();
            assert_eq!(refused.reason, Reason::WrongTokenType);
            // A logout token is not an ID token.
            assert_eq!(verify(&with(shown.clone(), "events", json!({}))), Err(Reason::WrongTokenType));
            // Another claim that states another kind.
            let other = if name == "typ" { "token_use" } else { "typ" };
            assert_eq!(verify(&with(shown, other, "id")), Err(Reason::WrongTokenType));
        }
        for (name, value) in [
            ("typ", json!("JWT")),
            ("typ", json!("at+jwt")),
            ("typ", json!("access")),
            ("token_type", json!("Bearer")),
            ("token_type", json!("access")),
            ("scope", json!("openid")),
            ("client_id", json!("storefront")),
            ("uid", json!("x")),
            ("typ", json!(["Bearer"])),
            ("typ", json!({"Bearer": "Bearer"})),
        ] {
            let not_shown = with(like_an_id_token.clone(), name, value);
            assert_eq!(verify(&not_shown), Err(Reason::WrongTokenType), "{not_shown}");
        }
    }
}

#[test]
fn the_event_of_a_nonce_leads_to_the_profile() {
    let mint = Mint::of(Algorithm::HS256);
    let plain = with(header(Algorithm::HS256), "typ", "JWT");
    let token = mint.token_with(&plain, &with(crate::support::claims(), "nonce", "n"));
    let refused = Bench::new(mint.key(), TokenType::AnyJwt).verify(&token).unwrap_err();
    assert!(refused.detail.contains("`nonce`") && refused.detail.contains("profile"), "{refused:?}");
}
