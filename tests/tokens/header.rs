//! Tests that a header with unsupported members is rejected.

use crate::support::{ALGORITHMS, Mint, Server, base64url, claims, header, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};

fn extended(server: &Server, members: &[(&str, Value)]) -> String {
    let header =
        members.iter().fold(header(server.mint.algorithm), |header, (name, value)| with(header, name, value.clone()));
    server.mint.token_with(&header, &claims())
}

#[tokio::test]
async fn t31_every_critical_member_is_rejected() {
    let server = Server::start().await;
    let cases: [&[(&str, Value)]; 11] = [
        &[("crit", json!(["x"])), ("x", json!(1))],
        &[("crit", json!([]))],
        &[("crit", json!("x"))],
        &[("crit", json!(null))],
        &[("crit", json!(["exp"])), ("exp", json!(1))],
        &[("crit", json!(["alg"]))],
        &[("crit", json!(["x", "x"])), ("x", json!(1))],
        &[("crit", json!(["absent"]))],
        &[("crit", json!(["b64"])), ("b64", json!(false))],
        &[("b64", json!(false))],
        &[("b64", json!(true))],
    ];
    server.refuses_each(cases.map(|members| (extended(&server, members), Reason::HeaderNotAllowed))).await;
    // RFC 7515 section 4: a member that is neither critical nor known is ignored.
    server.accepts(&extended(&server, &[("x", json!(1)), ("cty", json!("JWT"))])).await;
}

#[tokio::test]
async fn t31_an_unencoded_payload_is_refused() {
    let server = Server::start().await;
    let detached = with(with(header(Algorithm::Ed25519), "b64", false), "crit", json!(["b64"]));
    // RFC 7797: the signature covers the bytes themselves. Without a dot in them it is still not a
    // JWT.
    let token = server.mint.completed(&format!("{}.eyJ9", base64url(detached.to_string())));
    server.refuses_each([(token, Reason::HeaderNotAllowed)]).await;
}

#[tokio::test]
async fn t43_a_compressed_or_encrypted_payload_is_refused() {
    let server = Server::start().await;
    let cases: [&[(&str, Value)]; 5] = [
        &[("zip", json!("DEF"))],
        &[("zip", json!(null))],
        &[("enc", json!("A256GCM"))],
        &[("zip", json!("DEF")), ("enc", json!("A256GCM"))],
        &[("zip", json!("GZIP"))],
    ];
    server.refuses_each(cases.map(|members| (extended(&server, members), Reason::HeaderNotAllowed))).await;
    let compressed = with(header(Algorithm::Ed25519), "zip", "DEF").to_string();
    let bomb = server.mint.signed(compressed, [0xed, 0xc0, 0x31, 0x01]);
    server.refuses_each([(bomb, Reason::HeaderNotAllowed)]).await;
}

/// A fault of an earlier check hides those of the later ones, as the manual lists them.
#[tokio::test]
async fn a_token_is_refused_for_the_first_fault_in_the_order_of_the_checks() {
    let server = Server::start().await;
    let (forger, expired) = (Mint::untrusted(Algorithm::Ed25519), with(claims(), "exp", 1_899_999_000));
    let id_token = with(header(Algorithm::Ed25519), "typ", "JWT");
    let twice = id_token.to_string().replacen('{', r#"{"typ":"JWT","#, 1);
    server
        .refuses_each([
            (forger.signed(twice, expired.to_string()), Reason::MalformedToken),
            (forger.token_with(&id_token, &expired), Reason::WrongTokenType),
            (forger.token(&expired), Reason::BadSignature),
            (server.mint.token(&expired), Reason::Expired),
        ])
        .await;
}

/// [`Server::refuses`] compares every 401 of this binary with the first (T54).
///
/// Here several different failures meet in one test.
#[tokio::test]
async fn t54_all_failures_have_the_same_response() {
    for algorithm in ALGORITHMS {
        let server = Server::with(algorithm).start().await;
        server
            .refuses_each([
                (Mint::untrusted(algorithm).token(&claims()), Reason::BadSignature),
                (server.mint.token(&with(claims(), "exp", 1_899_999_000)), Reason::Expired),
                (server.mint.token(&with(claims(), "aud", "payments")), Reason::WrongAudience),
                (extended(&server, &[("kid", json!("another"))]), Reason::UnknownKey),
                ("garbage".to_owned(), Reason::MalformedToken),
                ("x".repeat(20_000), Reason::TokenTooLong),
            ])
            .await;
    }
}
