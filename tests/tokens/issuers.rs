//! Tests several issuers with one verifier: keys and callers of one are not those of another.

use crate::support::{
    AUDIENCE, ISSUER, KID, Mint, Runs, Server, assert_no_part_of_token_in, claims, get_with, header, routes, with,
};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{Authenticated, Claims, ConfigError, Events, TokenType, Verifier, authenticated};
use axum::extract::State;
use serde_json::{Value, json};

const PARTNERS: &str = "https://partners.example.com/";

/// The same `kid` as the first issuer's key, because a `kid` is unique only within a set.
fn partner() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

fn partners_claims() -> Value {
    with(with(claims(), "iss", PARTNERS), "aud", "orders-for-partners")
}

#[authenticated]
async fn caller(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    serde_json::to_string(&auth.identity()).expect("JSON")
}

async fn server_with_two_issuers() -> Server {
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| {
            builder.also_trust(TrustedIssuer::new(PARTNERS, partner().key()).audience("orders-for-partners"))
        })
        .app(|service| routes().route("/caller", route_get(caller)).with_state(service))
        .start()
        .await
}

#[tokio::test]
async fn t22_inc_55_a_key_of_one_trusted_issuer_verifies_no_token_of_another() {
    let server = server_with_two_issuers().await;
    server.accepts(&partner().token(&partners_claims())).await;
    let own_claims_for_partner = with(claims(), "aud", "orders-for-partners");
    let partner_claims_for_own = with(partners_claims(), "aud", AUDIENCE);
    server
        .refuses_each([
            (partner().token(&claims()), Reason::BadSignature),
            (server.mint.token(&partners_claims()), Reason::BadSignature),
            // Each issuer uses its own audience for this service.
            (server.mint.token(&own_claims_for_partner), Reason::WrongAudience),
            (partner().token(&partner_claims_for_own), Reason::WrongAudience),
        ])
        .await;
}

#[tokio::test]
async fn t22_several_issuers_are_compared_byte_by_byte_too() {
    let server = server_with_two_issuers().await;
    for mint in [server.mint, partner()] {
        for issuer in [
            "https://partners.example.com",
            "https://partners.example.com//",
            "https://partners.example.com/evil",
            "https://PARTNERS.example.com/",
            "https://partners.example.com/ ",
            "https://id.example.com",
            "https://id.example.com/ https://partners.example.com/",
            "https://evil.example/",
            "",
        ] {
            server.refuses(&mint.token(&with(partners_claims(), "iss", issuer)), Reason::WrongIssuer).await;
        }
        for malformed in [json!(null), json!(5), json!([PARTNERS]), json!([ISSUER, PARTNERS]), json!({})] {
            server.refuses(&mint.token(&with(partners_claims(), "iss", malformed)), Reason::WrongIssuer).await;
        }
    }
    server.accepts_the_good_token().await;
}

/// The verifier reads the claims to choose the keys. It trusts and reports none of them before the
/// signature is verified.
#[tokio::test]
async fn t22_t32_claims_read_before_the_signature_are_parsed_strictly() {
    let server = server_with_two_issuers().await;
    let twice = claims().to_string().replacen('{', &format!("{{\"iss\":\"{PARTNERS}\","), 1);
    let header = header(Algorithm::Ed25519).to_string();
    let deep = format!(r#"{{"iss":"{ISSUER}","a":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    server
        .refuses_each([
            (server.mint.signed(&header, &twice), Reason::MalformedToken),
            (partner().signed(&header, &twice), Reason::MalformedToken),
            (server.mint.signed(&header, deep), Reason::MalformedToken),
            (server.mint.signed(&header, "[]"), Reason::MalformedToken),
        ])
        .await;
}

/// The token type of one issuer does not apply to another.
#[tokio::test]
async fn t24_each_issuer_has_its_own_token_type() {
    let looser = || TrustedIssuer::new(PARTNERS, partner().key()).token_type(TokenType::AnyJwt);
    let server = Server::with(Algorithm::Ed25519).verifier(move |builder| builder.also_trust(looser())).start().await;
    let plain = with(header(Algorithm::Ed25519), "typ", "JWT");
    let partners_own = with(claims(), "iss", PARTNERS);
    server.accepts(&partner().token_with(&plain, &partners_own)).await;
    server
        .refuses_each([
            (server.mint.token_with(&plain, &claims()), Reason::WrongTokenType),
            (server.mint.token_with(&plain, &partners_own), Reason::BadSignature),
            (partner().token_with(&plain, &claims()), Reason::WrongTokenType),
        ])
        .await;
}

#[test]
fn t22_inc_53_each_issuer_needs_a_unique_name_and_an_audience() {
    let build = |other: TrustedIssuer| {
        let builder = Verifier::<Claims>::builder().issuer(ISSUER).audience(AUDIENCE);
        builder.keys(Mint::of(Algorithm::Ed25519).key()).events(Events::collect().0).also_trust(other).build()
    };
    build(TrustedIssuer::new(PARTNERS, partner().key())).expect("a verifier");
    let twice = build(TrustedIssuer::new(ISSUER, partner().key())).unwrap_err();
    assert_eq!(twice, ConfigError::DuplicateIssuer(ISSUER.to_owned()));
    for blank in ["", " ", "\t\n"] {
        assert_eq!(build(TrustedIssuer::new(blank, partner().key())).unwrap_err(), ConfigError::Empty("issuer"));
        let without_audience = TrustedIssuer::new(PARTNERS, partner().key()).audience(blank);
        assert_eq!(build(without_audience).unwrap_err(), ConfigError::Empty("audience"));
    }
}

#[tokio::test]
async fn t28_the_same_subject_of_two_issuers_is_two_callers() {
    let server = server_with_two_issuers().await;
    let mut seen = Vec::new();
    for (issuer, token) in [(ISSUER, server.good()), (PARTNERS, partner().token(&partners_claims()))] {
        let response = server.exchange(get_with("/caller", &token)).await;
        let expected = json!({"issuer": issuer, "subject": "alice"});
        assert_eq!((response.status, serde_json::from_str::<Value>(response.text()).expect("JSON")), (200, expected));
        seen.push(response.text().to_owned());
    }
    assert_ne!(seen[0], seen[1]);
    // Subjects and issuers must not be concatenated into one name.
    let concatenated = server.mint.token(&with(claims(), "sub", format!("{PARTNERS}alice")));
    assert!(!seen.contains(&server.exchange(get_with("/caller", &concatenated)).await.text().to_owned()));
    assert_eq!(server.runs.so_far(), 3);
    assert!(server.events().is_empty());
}

/// The event of a denial names the subject together with its issuer.
#[tokio::test]
async fn t28_an_event_names_the_issuer_of_the_subject() {
    let server = server_with_two_issuers().await;
    for (issuer, audience, token) in
        [(ISSUER, AUDIENCE, server.good()), (PARTNERS, "orders-for-partners", partner().token(&partners_claims()))]
    {
        let response = server.exchange(get_with("/orders", &token).replacen("GET", "POST", 1)).await;
        assert_eq!(response.status, 403);
        let event = server.only_event();
        assert_eq!((&*event.issuer, &*event.audience, event.subject.as_deref()), (issuer, audience, Some("alice")));
        assert_no_part_of_token_in(&event, &token);
    }
}

#[tokio::test]
async fn t28_a_key_id_is_looked_up_among_the_keys_of_its_issuer() {
    let theirs = || partner().key_without_kid().with_kid("theirs");
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.also_trust(TrustedIssuer::new(PARTNERS, theirs())))
        .start()
        .await;
    let partners_own = with(claims(), "iss", PARTNERS);
    server.accepts(&partner().token_of("theirs", &partners_own)).await;
    server
        .refuses_each([
            (partner().token_of("theirs", &claims()), Reason::UnknownKey),
            (server.mint.token_of("theirs", &claims()), Reason::UnknownKey),
            (server.mint.token_of(KID, &partners_own), Reason::UnknownKey),
        ])
        .await;
}
