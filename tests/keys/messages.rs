//! Tests that errors and notices about keys lead to the remedy.

use super::{SHORT, eager, mint, server};
use crate::support::{KID, Mint, Publisher, Reply, claims, with, without};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier};
use serde_json::{Value, json};

const OPENID: &str = "/.well-known/openid-configuration";

/// Entra ID publishes RSA keys without `alg`.
fn rsa_without_alg(kid: &str) -> Value {
    without(Mint::of(Algorithm::RS256).published(kid), "alg")
}

fn unusable() -> (Vec<Value>, Vec<[&'static str; 2]>) {
    let weak = json!({"kty": "RSA", "kid": "w1", "alg": "RS256", "n": "AQAB", "e": "AQAB"});
    let keys = vec![
        rsa_without_alg("a1"),
        with(mint().published("e1"), "use", "enc"),
        weak,
        with(mint().published("p1"), "alg", "ML-DSA-65"),
    ];
    let faults = vec![
        ["`a1`", ".algorithm(Algorithm::RS256)"],
        ["`e1`", "`use` is not `sig`"],
        ["`w1`", "2048"],
        ["`p1`", "`alg` is not supported"],
    ];
    (keys, faults)
}

#[tokio::test]
async fn each_unusable_key_of_a_set_is_named_with_its_fault() {
    let (keys, faults) = unusable();
    let publisher = Publisher::of(&keys);
    let error = eager(&publisher).await.expect_err("no key").to_string();
    let fixed = KeySet::from_jwks_json(&json!({"keys": [keys[1], keys[3]]}).to_string()).unwrap_err().to_string();
    for (index, fault) in faults.iter().enumerate() {
        for part in fault {
            assert!(error.contains(part), "{part}: {error}");
            assert!(index % 2 == 0 || fixed.contains(part), "{part}: {fixed}");
        }
    }
    assert!(fixed.contains("no key for signatures"), "{fixed}");
    let one = KeySet::from_jwks_json(&json!({"keys": [keys[0]]}).to_string()).unwrap_err().to_string();
    assert!(one.contains("`a1`") && one.contains("from_jwks_json_with_algorithm"), "{one}");
}

#[tokio::test]
async fn the_notices_of_skipped_keys_and_of_an_emptied_set_name_each_key() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    let (mut keys, faults) = unusable();
    keys.push(mint().published(KID));
    publisher.publish(&keys);
    let mut skipped = String::new();
    super::until("two notices", || {
        let skips = server.notices().into_iter().filter(|notice| notice.notice == NoticeKind::KeySkipped);
        skipped.extend(skips.map(|notice| notice.detail));
        ["`a1`", "`w1`"].iter().all(|kid| skipped.contains(kid))
    })
    .await;
    for fault in [faults[0], faults[2]] {
        assert!(fault.iter().all(|part| skipped.contains(part)), "{fault:?}: {skipped}");
    }
    publisher.publish(&keys[..2]);
    let emptied = server.notice(NoticeKind::KeySetEmptied).await.detail;
    for part in ["`a1`", ".algorithm(Algorithm::RS256)", "`e1`"] {
        assert!(emptied.contains(part), "{part}: {emptied}");
    }
}

/// A `kid` is a text of the issuer.
#[test]
fn a_kid_in_a_message_is_bounded_and_escaped() {
    let kid = format!("\n\u{1b}[31m{}", "k".repeat(10_000));
    let error = KeySet::from_jwks_json(&json!({"keys": [rsa_without_alg(&kid)]}).to_string()).unwrap_err().to_string();
    assert!(error.len() < 600 && !error.contains(['\n', '\u{1b}']), "{error}");
}

#[tokio::test]
async fn a_document_of_another_issuer_leads_to_the_right_call() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let (configured, jwks) = (publisher.url(""), publisher.url("/jwks"));
    let named = "https://sts.example.com/11111111/";
    publisher.answer(OPENID, Reply::json(&json!({"issuer": named, "jwks_uri": jwks})));
    let error = KeySet::discover(&configured).await.unwrap_err().to_string();
    for part in [
        format!("KeySet::discover_at(\"{configured}/\", \"{named}\")"),
        format!("KeySet::remote(\"{jwks}\")"),
        "`iss` in a token".to_owned(),
    ] {
        assert!(error.contains(&part), "{part}: {error}");
    }
    // Both ways work.
    KeySet::discover_at(format!("{configured}/"), named).await.unwrap();
    server(KeySet::remote(jwks).await.unwrap()).await.accepts_the_good_token().await;
}

/// Entra ID v1 tokens have another issuer than the document of v2. Writing both alike would give
/// 401 for every token.
#[tokio::test]
async fn tokens_with_another_issuer_than_the_document_lead_to_a_key_set_at_its_url() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = publisher.url("");
    publisher.answer(OPENID, Reply::json(&json!({"issuer": issuer, "jwks_uri": publisher.url("/jwks")})));
    let keys = KeySet::discover(&issuer).await.unwrap();
    let built = Verifier::<Claims>::builder().issuer("https://sts.example.com/11111111/").audience("orders");
    let error = built.keys(keys).events(Events::collect().0).build().unwrap_err();
    assert!(matches!(error, ConfigError::OtherIssuer { .. }));
    let error = error.to_string();
    for part in ["`iss` in a token", "KeySet::remote(..)", "`jwks_uri`", "https://sts.example.com/11111111/"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

/// In docker compose the identity provider is often ready after the services.
#[tokio::test]
async fn an_issuer_that_starts_later_leads_to_a_degraded_start() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    publisher.answer("/jwks", Reply::status(503));
    let error = eager(&publisher).await.unwrap_err().to_string();
    assert!(error.contains(".start_degraded()"), "{error}");
    // Waiting does not help with these.
    for wrong in [Reply::status(403), Reply::bytes("<html>")] {
        publisher.answer("/jwks", wrong);
        let error = eager(&publisher).await.unwrap_err().to_string();
        assert!(!error.contains(".start_degraded()"), "{error}");
    }
    publisher.publish(&[mint().published(KID)]);
    publisher.kill();
    let error = eager(&publisher).await.unwrap_err().to_string();
    assert!(error.contains(".start_degraded()"), "{error}");
    let server = server(eager(&publisher).start_degraded().unwrap()).await;
    let notice = server.notice(NoticeKind::KeySetMissing).await;
    assert!(notice.detail.contains("no keys yet") && notice.detail.contains("503"), "{notice:?}");
    server.answers_503(&server.good()).await;
    publisher.restart();
    server.notice(NoticeKind::KeySetRestored).await;
    server.accepts_the_good_token().await;
    // From here on the last good keys hold.
    publisher.kill();
    tokio::time::sleep(SHORT * 2).await;
    server.answers_503(&mint().token_of("next", &claims())).await;
    server.notice(NoticeKind::KeySetUnavailable).await;
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t10_rsa_keys_without_alg_take_the_one_rsa_algorithm_of_the_document() {
    let publisher = Publisher::of(&[rsa_without_alg(KID)]);
    let issuer = publisher.url("");
    let publish = |algorithms: &[&str]| {
        let document = json!({"issuer": issuer, "jwks_uri": publisher.url("/jwks"),
            "id_token_signing_alg_values_supported": algorithms});
        publisher.answer(OPENID, Reply::json(&document));
    };
    publish(&["RS256", "PS256"]);
    let error = KeySet::discover(&issuer).await.unwrap_err().to_string();
    assert!(error.contains(".algorithm(Algorithm::RS256)"), "{error}");
    publish(&["RS256"]);
    let keys = KeySet::discover(&issuer).cooldown(SHORT).refresh_between(SHORT, SHORT).await.unwrap();
    let given = issuer.clone();
    let server = crate::support::Server::with(Algorithm::RS256).keys(keys);
    let server = server.verifier(move |builder| builder.issuer(given)).start().await;
    let (rsa, claims) = (Mint::of(Algorithm::RS256), with(claims(), "iss", issuer.clone()));
    server.accepts(&rsa.token(&claims)).await;
    server.refuses(&rsa.posing_as(Algorithm::PS256).token(&claims), Reason::AlgorithmNotAllowed).await;
    // Pinned: a later document does not change the algorithm of a key.
    publish(&["PS256"]);
    let read = publisher.requests(OPENID);
    super::until("the document is read again", || publisher.requests(OPENID) > read + 1).await;
    server.accepts(&rsa.token(&claims)).await;
    server.refuses(&rsa.posing_as(Algorithm::PS256).token(&claims), Reason::AlgorithmNotAllowed).await;
    // The configuration has the last word.
    KeySet::discover(&issuer).algorithm(Algorithm::PS512).await.unwrap();
}
