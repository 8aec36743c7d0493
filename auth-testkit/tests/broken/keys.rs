//! The token itself says how it is to be verified.

use crate::support::{Right, assert_caught, assert_only_caught, refused, token_of, unverified};
use auth_runtime::{Algorithm, Reason, Rejection};
use auth_testkit::Severity::GotThrough;
use auth_testkit::TestIssuer;
use aws_lc_rs::hmac;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[tokio::test]
async fn inc_46_alg_none_needs_no_signature() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if let Some((header, _)) = token_of(&parts).and_then(unverified)
            && header["alg"] == "none"
        {
            return Ok(());
        }
        right.check(&parts).await.map(drop)
    });
    assert_only_caught(&right.attack(app).await, GotThrough, &["T01"]);
}

#[tokio::test]
async fn inc_46_alg_none_is_refused_in_one_spelling_only() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if let Some((header, _)) = token_of(&parts).and_then(unverified)
            && header["alg"].as_str().is_some_and(|alg| alg != "none" && alg.eq_ignore_ascii_case("none"))
        {
            return Ok(());
        }
        right.check(&parts).await.map(drop)
    });
    assert_only_caught(&right.attack(app).await, GotThrough, &["T01"]);
}

/// Each of the forms in which somebody has the public key at hand.
#[tokio::test]
async fn inc_46_a_public_key_is_taken_for_a_shared_secret() {
    let right = Right::trusting(TestIssuer::signing_with(Algorithm::RS256));
    let pem = right.issuer.public_key_pem().unwrap();
    let forms = [pem.clone(), pem.trim_end().to_owned(), pem.replace('\n', "\r\n")];
    for secret in forms {
        // Not with a key of auth-runtime's: it refuses what was written down for others to read.
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let app = right.behind(move |right, parts| {
            let secret = secret.clone();
            async move {
                match token_of(&parts).map(|token| (unverified(token), token)) {
                    Some((Some((header, _)), token)) if header["alg"] == "HS256" => {
                        let (message, signature) = token.rsplit_once('.').unwrap();
                        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
                        hmac::verify(&secret, message.as_bytes(), &signature).map_err(|_| invalid())
                    }
                    _ => right.check(&parts).await.map(drop),
                }
            }
        });
        assert_only_caught(&right.attack(app).await, GotThrough, &["T03"]);
    }
}

fn invalid() -> Response {
    Rejection::InvalidToken(Reason::BadSignature).into_response()
}

/// A list of algorithms for one key, as libraries take it.
#[tokio::test]
async fn inc_46_the_token_chooses_among_several_algorithms_for_one_key() {
    let right = Right::trusting(TestIssuer::signing_with(Algorithm::HS256));
    let secret = {
        let set: serde_json::Value = serde_json::from_str(&right.issuer.jwks_json()).unwrap();
        URL_SAFE_NO_PAD.decode(set["keys"][0]["k"].as_str().unwrap()).unwrap()
    };
    let app = right.behind(move |right, parts| {
        let secret = secret.clone();
        async move {
            let Some(token) = token_of(&parts) else { return right.check(&parts).await.map(drop) };
            match (unverified(token), token.rsplit_once('.')) {
                (Some((header, _)), Some((message, signature))) if header["alg"] == "HS512" => {
                    let key = hmac::Key::new(hmac::HMAC_SHA512, &secret);
                    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
                    hmac::verify(&key, message.as_bytes(), &signature).map_err(|_| invalid())
                }
                _ => right.check(&parts).await.map(drop),
            }
        }
    });
    assert_only_caught(&right.attack(app).await, GotThrough, &["T04"]);
}

#[tokio::test]
async fn inc_48_the_key_is_taken_from_the_token() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let Some((header, _)) = token_of(&parts).and_then(unverified) else {
            return right.check(&parts).await.map(drop);
        };
        let (Some(_), Some(token)) = (header.get("jwk"), token_of(&parts)) else {
            return right.check(&parts).await.map(drop);
        };
        if signed_by_its_own_key(token) {
            return Ok(());
        }
        Err(refused())
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T12"]);
}

fn signed_by_its_own_key(token: &str) -> bool {
    let Some((header, _)) = unverified(token) else { return false };
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let key = decode(header["jwk"]["x"].as_str().unwrap_or_default());
    aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, key)
        .verify(message.as_bytes(), &decode(signature))
        .is_ok()
}

#[tokio::test]
async fn inc_59_what_does_not_verify_is_decoded_all_the_same() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        match right.check(&parts).await {
            Ok(_) => Ok(()),
            Err(refusal) => match token_of(&parts).and_then(unverified) {
                Some((_, claims)) if claims["sub"].is_string() => Ok(()),
                _ => Err(refusal),
            },
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T01", "T02", "T20", "T23"]);
}

#[tokio::test]
async fn a_signature_is_not_looked_at_when_there_is_none() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if token_of(&parts).is_some_and(|token| token.ends_with('.') && unverified(token).is_some()) {
            return Ok(());
        }
        right.check(&parts).await.map(drop)
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T01", "T02"]);
}

#[tokio::test]
async fn an_extension_that_is_critical_is_ignored() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        match token_of(&parts).map(str::to_owned) {
            Some(token) => {
                crate::support::but_for(&right, &token, |header, _| {
                    let header = header.as_object_mut().unwrap();
                    header.remove("crit");
                    header.remove("b64");
                    header.remove("urn:example:x");
                })
                .await
            }
            None => right.check(&parts).await.map(drop),
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T31"]);
}
