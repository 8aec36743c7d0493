//! Tests the dates of a token against the verifier's clock.

use crate::support::{NOW, Server, claims, header, with, without};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};
use std::time::Duration;

fn dated(server: &Server, name: &str, value: impl Into<Value>) -> String {
    server.mint.token(&with(claims(), name, value))
}

#[tokio::test]
async fn t20_a_token_is_accepted_until_its_expiry_and_the_leeway() {
    let server = Server::start().await;
    let expiring = |exp: u64| server.mint.token(&with(with(claims(), "iat", NOW - 600), "exp", exp));
    server
        .refuses_each([
            (expiring(NOW - 31), Reason::Expired),
            (expiring(NOW - 30), Reason::Expired),
            (expiring(NOW - 500), Reason::Expired),
        ])
        .await;
    server.accepts(&expiring(NOW - 29)).await;
    server.accepts(&expiring(NOW - 1)).await;
    server.accepts(&expiring(NOW)).await;

    let strict = Server::with(Algorithm::Ed25519).verifier(|builder| builder.leeway(Duration::ZERO)).start().await;
    strict.refuses_each([(expiring(NOW - 1), Reason::Expired), (expiring(NOW), Reason::Expired)]).await;
    strict.accepts(&expiring(NOW + 1)).await;
}

#[tokio::test]
async fn t21_inc_51_a_date_of_another_type_is_not_a_missing_date() {
    let server = Server::start().await;
    let no_dates: [Value; 13] = [
        json!("never"),
        json!("1900000300"),
        json!(""),
        json!(true),
        json!(false),
        json!(null),
        json!(-1),
        json!(-1_900_000_000_i64),
        json!(-0.5),
        json!([]),
        json!([NOW + 300]),
        json!({}),
        json!({"seconds": NOW + 300}),
    ];
    let cases = ["exp", "nbf", "iat"].into_iter().flat_map(|name| no_dates.iter().map(move |value| (name, value)));
    server
        .refuses_each(cases.map(|(name, value)| (dated(&server, name, value.clone()), Reason::MalformedClaims)))
        .await;
}

#[tokio::test]
async fn t21_a_date_far_away_overflows_nothing() {
    let server = Server::start().await;
    let cases = [
        ("1000000000000000000", [Reason::LifetimeTooLong, Reason::NotYetValid, Reason::IssuedInFuture]),
        ("1e18", [Reason::LifetimeTooLong, Reason::NotYetValid, Reason::IssuedInFuture]),
        ("1900000300000", [Reason::LifetimeTooLong, Reason::NotYetValid, Reason::IssuedInFuture]),
        ("9223372036854775808", [Reason::LifetimeTooLong, Reason::NotYetValid, Reason::IssuedInFuture]),
        ("18446744073709551615", [Reason::LifetimeTooLong, Reason::NotYetValid, Reason::IssuedInFuture]),
        ("18446744073709551616", [Reason::MalformedClaims; 3]),
        ("1e20", [Reason::MalformedClaims; 3]),
        ("1e308", [Reason::MalformedClaims; 3]),
        ("1e400", [Reason::MalformedToken; 3]),
        ("-1e400", [Reason::MalformedToken; 3]),
        ("NaN", [Reason::MalformedToken; 3]),
        ("Infinity", [Reason::MalformedToken; 3]),
        ("0x7143a72c", [Reason::MalformedToken; 3]),
        ("01900000300", [Reason::MalformedToken; 3]),
        ("+1900000300", [Reason::MalformedToken; 3]),
    ];
    let written = |name: &str, number: &str| {
        let claims = with(claims(), name, "HERE").to_string().replace("\"HERE\"", number);
        server.mint.signed(header(Algorithm::Ed25519).to_string(), claims)
    };
    let each = cases.into_iter().flat_map(|(number, reasons)| {
        ["exp", "nbf", "iat"].into_iter().zip(reasons).map(move |(name, reason)| (name, number, reason))
    });
    server.refuses_each(each.map(|(name, number, reason)| (written(name, number), reason))).await;

    server
        .refuses_each([(written("exp", "-0.0"), Reason::Expired), (written("iat", "0"), Reason::LifetimeTooLong)])
        .await;
    // RFC 7519 section 2: seconds may have a fraction.
    server.accepts(&written("exp", "1900000300.5")).await;
    server.accepts(&written("nbf", "1899999999.5")).await;
    server.accepts(&written("iat", "1.9e9")).await;
}

#[tokio::test]
async fn t26_a_token_from_the_future_is_rejected() {
    let server = Server::start().await;
    server
        .refuses_each([
            (dated(&server, "nbf", NOW + 31), Reason::NotYetValid),
            (dated(&server, "iat", NOW + 31), Reason::IssuedInFuture),
            (server.mint.token(&with(with(claims(), "iat", NOW + 20), "exp", NOW + 10)), Reason::MalformedClaims),
        ])
        .await;
    // Within the leeway the difference may come from the clocks.
    server.accepts(&dated(&server, "nbf", NOW + 30)).await;
    server.accepts(&dated(&server, "iat", NOW + 30)).await;
}

#[tokio::test]
async fn t27_a_token_without_an_expiry_is_rejected() {
    let server = Server::start().await;
    server.refuses_each([(server.mint.token(&without(claims(), "exp")), Reason::MalformedClaims)]).await;
}

#[tokio::test]
async fn a_token_with_a_longer_lifetime_than_allowed_is_rejected() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.max_lifetime(Duration::from_secs(10 * 60)).leeway(Duration::ZERO))
        .start()
        .await;
    server.accepts(&dated(&server, "exp", NOW + 600)).await;
    let backdated = with(with(claims(), "iat", NOW - 400), "exp", NOW + 300);
    server
        .refuses_each([
            (dated(&server, "exp", NOW + 601), Reason::LifetimeTooLong),
            (server.mint.token(&backdated), Reason::LifetimeTooLong),
        ])
        .await;
}

#[tokio::test]
async fn the_lifetime_of_a_token_without_iat_is_measured_from_now() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.token_type(TokenType::AnyJwt).max_lifetime(Duration::from_secs(10 * 60)))
        .start()
        .await;
    let undated = |exp: u64| server.mint.token(&with(without(claims(), "iat"), "exp", exp));
    server.refuses_each([(undated(NOW + 601), Reason::LifetimeTooLong)]).await;
    server.accepts(&undated(NOW + 600)).await;
}

#[tokio::test]
async fn t53_a_token_is_decided_by_the_time_of_its_request() {
    let server = Server::start().await;
    let token = server.good();
    server.accepts(&token).await;
    server.clock.set(NOW + 400);
    server.refuses(&token, Reason::Expired).await;
    // The cache keeps neither decision, because the dates are checked on every request.
    server.clock.set(NOW + 100);
    server.accepts(&token).await;
    server.clock.set(NOW - 3600);
    server.refuses(&token, Reason::IssuedInFuture).await;
    server.clock.set(NOW + 4000);
    server.refuses(&token, Reason::Expired).await;
}
