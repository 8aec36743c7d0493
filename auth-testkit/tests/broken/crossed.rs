//! Services whose mistake is in the branch that a second oddity opens.
//!
//! Each has its exploit, and a twin without the mistake, which passes.

use crate::support::{
    CorrectService, are_good, assert_exploited, assert_only_caught, assert_twin_passes, is_signed_with, orders_with,
    token_of, unverified,
};
use auth_runtime::keys::Algorithm;
use auth_testkit::Severity::GotThrough;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::http::Request;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Decides about a token that the correct check has not seen yet: `true` accepts it.
type Extra = fn(&CorrectService, &str, &Value, &Value) -> bool;

fn app(service: &CorrectService, extra: Extra) -> Router {
    service.behind(move |service, parts| async move {
        let token = token_of(&parts).map(str::to_owned);
        let read = token.as_deref().and_then(|token| Some((token, unverified(token)?)));
        if let Some((token, (header, claims))) = read
            && extra(&service, token, &header, &claims)
        {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    })
}

/// Asserts that the exploit works, that only these attacks find it, and that the twin passes. The
/// service with a twin of its own has all attacks, and the others those of tokens.
async fn assert_found(broken: Extra, twin: Option<Extra>, exploit: fn(&TestIssuer) -> String, ids: &[&str]) {
    let service = CorrectService::new();
    let app_with_mistake = app(&service, broken);
    assert_exploited(&app_with_mistake, orders_with(&exploit(&service.issuer))).await;
    let attack = service.attack(app_with_mistake);
    let of_tokens = ["H01", "T01", "T02", "T03", "T20", "T22", "T25", "T60", "T61", "T62"];
    let attack = if twin.is_some() { attack } else { attack.only_in_a_test_of_the_kit(&of_tokens) };
    assert_only_caught(&attack.await, GotThrough, ids);
    if let Some(twin) = twin {
        service.attack(app(&service, twin)).await.assert_nothing_got_through();
    }
}

/// The twin of all that differ by one branch only: `None` in [`assert_found`].
#[tokio::test]
async fn the_service_without_the_branch_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&service.attack(app(&service, |_, _, _, _| false)).await);
}

/// A row that is not found has an empty secret.
#[tokio::test]
async fn an_unknown_kid_has_an_empty_secret() {
    assert_found(
        |service, token, header, claims| {
            let secret = if header["kid"] == "a-key-of-a-partner" { "the secret of the partner" } else { "" };
            header["alg"] == "HS256"
                && header["kid"] == "no-such-key"
                && is_signed_with(token, secret.as_bytes())
                && are_good(service, claims)
        },
        Some(|service, token, header, claims| {
            let secret = (header["kid"] == "a-key-of-a-partner").then_some("the secret of the partner, long enough");
            header["alg"] == "HS256"
                && secret.is_some_and(|secret| is_signed_with(token, secret.as_bytes()))
                && are_good(service, claims)
        }),
        |issuer| issuer.token().header("kid", "no-such-key").signed_with_secret(Algorithm::HS256, b""),
        &["T61"],
    )
    .await;
}

/// The `kid` goes into a query, which selects another column.
#[tokio::test]
async fn a_kid_that_is_sql_selects_the_id_of_the_key() {
    assert_found(
        |service, token, header, claims| {
            let selects = header["kid"].as_str().is_some_and(|kid| kid.contains("UNION SELECT kid"));
            header["alg"] == "HS256"
                && selects
                && is_signed_with(token, b"key-of-the-test-issuer")
                && are_good(service, claims)
        },
        None,
        |issuer| {
            let token = issuer.token().header("kid", "x' UNION SELECT kid FROM keys--");
            token.signed_with_secret(Algorithm::HS256, b"key-of-the-test-issuer")
        },
        &["T61"],
    )
    .await;
}

/// Old tokens have no `kid`, and the branch for them verifies nothing.
#[tokio::test]
async fn a_token_without_kid_and_with_alg_none_is_legacy() {
    assert_found(
        |service, _, header, claims| {
            header.get("kid").is_none() && header["alg"] == "none" && are_good(service, claims)
        },
        None,
        |issuer| issuer.token().without_header("kid").header("alg", "none").unsigned(),
        &["T60"],
    )
    .await;
}

/// The check of the algorithm is in the branch of access tokens.
#[tokio::test]
async fn alg_none_is_rejected_for_one_typ_only() {
    assert_found(
        |service, _, header, claims| header["typ"] == "JWT" && header["alg"] == "none" && are_good(service, claims),
        None,
        |issuer| issuer.token().header("typ", "JWT").header("alg", "none").unsigned(),
        &["T60"],
    )
    .await;
}

/// The key by `kid` has its algorithm. Without it, the one of the token is taken.
#[tokio::test]
async fn the_public_key_is_a_secret_where_the_kid_is_unknown() {
    assert_found(
        |service, token, header, claims| {
            let pem = service.issuer.public_key_pem().unwrap();
            header["alg"] == "HS256"
                && header["kid"] != "key-of-the-test-issuer"
                && is_signed_with(token, pem.as_bytes())
                && are_good(service, claims)
        },
        None,
        |issuer| {
            let pem = issuer.public_key_pem().unwrap();
            issuer.token().header("kid", "no-such-key").signed_with_secret(Algorithm::HS256, pem.as_bytes())
        },
        &["T60"],
    )
    .await;
}

/// The expiry is not checked for a token that refreshes another one.
#[tokio::test]
async fn an_expired_refresh_token_is_accepted() {
    assert_found(
        |service, token, header, claims| {
            let again = service.issuer.token().header_text(header.to_string()).claims_text(claims.to_string());
            claims["typ"] == "refresh"
                && claims["token_type"] == "refresh"
                && again.signed() == token
                && claims["aud"] == service.issuer.audience()
                && claims["iss"] == service.issuer.name()
                && claims["exp"].as_u64() < claims["iat"].as_u64().map(|iat| iat + 301)
                && claims["nbf"].is_null()
                && is_past(claims)
        },
        None,
        |issuer| issuer.token().expired().claim("typ", "refresh").claim("token_type", "refresh").signed(),
        &["T62"],
    )
    .await;
}

fn is_past(claims: &Value) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    claims["exp"].as_u64().is_some_and(|exp| exp < now)
}

/// A privileged caller skips the signature.
#[tokio::test]
async fn the_signature_of_the_admin_is_not_checked() {
    assert_found(
        |service, _, header, claims| header["alg"] != "none" && claims["sub"] == "admin" && are_good(service, claims),
        None,
        |issuer| issuer.token().subject("admin").signed_with_untrusted_key(),
        &["T60", "T62"],
    )
    .await;
}

/// A service that accepts the scheme in any case, and verifies it in one.
#[tokio::test]
async fn a_scheme_in_lower_case_is_not_verified() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let read = header.strip_prefix("bearer ").and_then(unverified);
        match read {
            Some((header, claims)) if header["alg"] != "none" && are_good(&service, &claims) => Ok(()),
            _ => service.check(&parts).await.map(drop),
        }
    });
    let forged = format!("bearer {}", service.issuer.token().signed_with_untrusted_key());
    assert_exploited(&app, Request::get("/orders").header("authorization", forged)).await;
    assert_only_caught(&service.attack(app).await, GotThrough, &["T60"]);
}

/// Tokens without a `kid` are older than the key ids. Their secret is the PEM of a variable.
#[tokio::test]
async fn a_trimmed_public_key_is_the_secret_of_tokens_without_a_kid() {
    assert_found(
        |service, token, header, claims| {
            let key = service.issuer.public_key_pem().unwrap();
            header["alg"] == "HS256"
                && header.get("kid").is_none()
                && is_signed_with(token, key.trim().as_bytes())
                && are_good(service, claims)
        },
        None,
        |issuer| {
            let key = issuer.public_key_pem().unwrap();
            issuer.token().without_header("kid").signed_with_secret(Algorithm::HS256, key.trim().as_bytes())
        },
        &["T60"],
    )
    .await;
}

/// CVE-2024-51744: the library returns all its errors, and the service asks for the expired one.
#[tokio::test]
async fn a_token_that_has_just_expired_has_no_other_error() {
    fn late(claims: &Value) -> Option<u64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        now.checked_sub(claims.get("exp")?.as_u64()?).filter(|late| (1..60).contains(late))
    }
    fn is_good_for_other_clocks(service: &CorrectService, claims: &Value) -> bool {
        let mut repaired = claims.clone();
        repaired.as_object_mut().and_then(|claims| claims.insert("exp".to_owned(), json!(u32::MAX)));
        late(claims).is_some() && are_good(service, &repaired)
    }
    assert_found(
        |service, _, _, claims| is_good_for_other_clocks(service, claims),
        Some(|service, token, header, claims| {
            // The signatures of this issuer are deterministic.
            let signed = service.issuer.token().header_text(header.to_string()).claims_text(claims.to_string());
            token == signed.signed() && is_good_for_other_clocks(service, claims)
        }),
        |issuer| issuer.token().expires_in(-10).signed_with_untrusted_key(),
        &["T60"],
    )
    .await;
}
