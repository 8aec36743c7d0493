//! Services where the token chooses how it is verified.

use crate::support::{
    CorrectService, are_good, assert_caught, assert_only_caught, is_signed_with, refused, token_of, unverified,
};
use auth_runtime::Rejection;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_testkit::Severity::GotThrough;
use auth_testkit::TestIssuer;
use aws_lc_rs::hmac;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

#[tokio::test]
async fn inc_46_alg_none_needs_no_signature() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if let Some((header, _)) = token_of(&parts).and_then(unverified)
            && header["alg"] == "none"
        {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T01"]);
}

#[tokio::test]
async fn inc_46_alg_none_is_rejected_in_one_spelling_only() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if let Some((header, _)) = token_of(&parts).and_then(unverified)
            && header["alg"].as_str().is_some_and(|alg| alg != "none" && alg.eq_ignore_ascii_case("none"))
        {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T01"]);
}

/// The service has the public key in one of these forms.
#[tokio::test]
async fn inc_46_a_public_key_is_used_as_a_shared_secret() {
    let service = CorrectService::trusting(TestIssuer::signing_with(Algorithm::RS256));
    let pem = service.issuer.public_key_pem().unwrap();
    let forms = [pem.clone(), pem.trim_end().to_owned(), pem.replace('\n', "\r\n")];
    for (place, secret) in forms.into_iter().enumerate() {
        // Not with a key of auth-runtime, because it rejects a public key as a secret.
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let app = service.behind(move |service, parts| {
            let secret = secret.clone();
            async move {
                match token_of(&parts).map(|token| (unverified(token), token)) {
                    Some((Some((header, _)), token)) if header["alg"] == "HS256" => {
                        let (message, signature) = token.rsplit_once('.').unwrap();
                        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
                        hmac::verify(&secret, message.as_bytes(), &signature).map_err(|_| invalid())
                    }
                    _ => service.check(&parts).await.map(drop),
                }
            }
        });
        // The first has all attacks, and shows that no other finds it.
        let attack = service.attack(app);
        let attack = if place == 0 { attack } else { attack.only_in_a_test_of_the_kit(&["T03"]) };
        assert_only_caught(&attack.await, GotThrough, &["T03"]);
    }
}

fn invalid() -> Response {
    Rejection::InvalidToken(Reason::BadSignature).into_response()
}

/// A list of algorithms for one key, which many libraries accept.
#[tokio::test]
async fn inc_46_the_token_chooses_among_several_algorithms_for_one_key() {
    let service = CorrectService::trusting(TestIssuer::signing_with(Algorithm::HS256));
    let secret = {
        let set: Value = serde_json::from_str(&service.issuer.jwks_json()).unwrap();
        URL_SAFE_NO_PAD.decode(set["keys"][0]["k"].as_str().unwrap()).unwrap()
    };
    let app = service.behind(move |service, parts| {
        let secret = secret.clone();
        async move {
            let Some(token) = token_of(&parts) else { return service.check(&parts).await.map(drop) };
            match (unverified(token), token.rsplit_once('.')) {
                (Some((header, _)), Some((message, signature))) if header["alg"] == "HS512" => {
                    let key = hmac::Key::new(hmac::HMAC_SHA512, &secret);
                    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
                    hmac::verify(&key, message.as_bytes(), &signature).map_err(|_| invalid())
                }
                _ => service.check(&parts).await.map(drop),
            }
        }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T04"]);
}

#[tokio::test]
async fn inc_48_the_key_is_taken_from_the_token() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let Some((header, _)) = token_of(&parts).and_then(unverified) else {
            return service.check(&parts).await.map(drop);
        };
        let (Some(_), Some(token)) = (header.get("jwk"), token_of(&parts)) else {
            return service.check(&parts).await.map(drop);
        };
        if signed_by_its_own_key(token) {
            return Ok(());
        }
        Err(refused())
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["T12"]).await, GotThrough, &["T12"]);
}

fn signed_by_its_own_key(token: &str) -> bool {
    unverified(token).is_some_and(|(header, _)| is_signed_by(token, &header["jwk"]))
}

/// Whether a token is signed by this Ed25519 key, whatever else it says.
pub(crate) fn is_signed_by(token: &str, jwk: &Value) -> bool {
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let key = decode(jwk["x"].as_str().unwrap_or_default());
    aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, key)
        .verify(message.as_bytes(), &decode(signature))
        .is_ok()
}

#[tokio::test]
async fn inc_59_claims_of_an_unverified_token_are_used() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        match service.check(&parts).await {
            Ok(_) => Ok(()),
            Err(refusal) => match token_of(&parts).and_then(unverified) {
                Some((_, claims)) if claims["sub"].is_string() => Ok(()),
                _ => Err(refusal),
            },
        }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["T01", "T02", "T20", "T23"]).await,
        GotThrough,
        &["T01", "T02", "T20", "T23"],
    );
}

#[tokio::test]
async fn an_empty_signature_skips_the_verification() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if token_of(&parts).is_some_and(|token| token.ends_with('.') && unverified(token).is_some()) {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["T01", "T02"]).await, GotThrough, &["T01", "T02"]);
}

#[tokio::test]
async fn a_critical_extension_is_ignored() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        match token_of(&parts).map(str::to_owned) {
            Some(token) => {
                crate::support::check_repaired(&service, &token, |header, _| {
                    let header = header.as_object_mut().unwrap();
                    header.remove("crit");
                    header.remove("b64");
                    header.remove("urn:example:x");
                })
                .await
            }
            None => service.check(&parts).await.map(drop),
        }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["T31"]).await, GotThrough, &["T31"]);
}

/// CVE-2025-20188: where the file with the secret is missing, the secret is a word of the code.
#[tokio::test]
async fn a_missing_secret_is_a_word_of_the_code() {
    for (secret, is_guessed) in [("notfound", true), ("changeit", true), ("Vt0sDq-3kP9wXz", false)] {
        let service = CorrectService::new();
        let app = service.behind(move |service, parts| async move {
            let token = token_of(&parts).unwrap_or_default();
            let (header, claims) = unverified(token).unwrap_or_default();
            if header["alg"] == "HS256" && is_signed_with(token, secret.as_bytes()) && are_good(&service, &claims) {
                return Ok(());
            }
            service.check(&parts).await.map(drop)
        });
        let report = service.attack(app).only_in_a_test_of_the_kit(&["T03"]).await;
        if is_guessed {
            assert_only_caught(&report, GotThrough, &["T03"]);
        } else {
            report.assert_nothing_got_through();
        }
    }
}
