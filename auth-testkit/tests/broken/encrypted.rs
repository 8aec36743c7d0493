//! Services that decrypt tokens. The twin verifies the signature of what it has decrypted.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, token_of, unverified};
use auth_testkit::Severity::GotThrough;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The service's own key, which the kit knows by its JWK set.
static KEY: LazyLock<PrivateDecryptingKey> =
    LazyLock::new(|| PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap());

fn published() -> String {
    let public: PublicEncryptingKey = KEY.public_key();
    let der: PublicKeyX509Der<'_> = public.as_der().unwrap();
    // The modulus has 256 bytes and stands before the exponent 65537: 02 03 01 00 01.
    let der = der.as_ref();
    let n = &der[der.len() - 5 - 256..der.len() - 5];
    let key = json!({"kty": "RSA", "use": "enc", "kid": "enc-1", "n": URL_SAFE_NO_PAD.encode(n), "e": "AQAB"});
    json!({ "keys": [key] }).to_string()
}

fn decrypted(token: &str) -> Option<String> {
    let segments: Vec<&str> = token.split('.').collect();
    let [protected, wrapped, nonce, sealed, tag] = segments.try_into().ok()?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let header: Value = serde_json::from_slice(&decode(protected)?).ok()?;
    if header["alg"] != "RSA-OAEP-256" || header["enc"] != "A256GCM" {
        return None;
    }
    let private = OaepPrivateDecryptingKey::new(KEY.clone()).ok()?;
    let mut key = vec![0; private.min_output_size()];
    let key = private.decrypt(&OAEP_SHA256_MGF1SHA256, &decode(wrapped)?, &mut key, None).ok()?;
    let mut text = [decode(sealed)?, decode(tag)?].concat();
    let nonce = Nonce::try_assume_unique_for_key(&decode(nonce)?).ok()?;
    let text = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?)
        .open_in_place(nonce, Aad::from(protected.as_bytes()), &mut text)
        .ok()?;
    String::from_utf8(text.to_vec()).ok()
}

/// A service that decrypts tokens of five segments. Which content does it accept without a check?
fn decrypting(service: &CorrectService, accepts: fn(&str) -> bool) -> Router {
    service.behind(move |service, parts| async move {
        let Some(content) = token_of(&parts).and_then(decrypted) else { return service.check(&parts).await.map(drop) };
        if accepts(&content) { Ok(()) } else { service.check_token(&content).await }
    })
}

/// pac4j, CVE-2026-29000: the signature is verified only where the content has one.
#[tokio::test]
async fn cve_2026_29000_the_content_of_an_encrypted_token_is_not_signed() {
    let service = CorrectService::new();
    let is_unsigned: fn(&str) -> bool = |content| {
        unverified(content).is_some_and(|(header, claims)| header["alg"] == "none" && claims["sub"].is_string())
    };
    let report = service.attack(decrypting(&service, is_unsigned)).published_keys(&published()).unwrap().await;
    assert_only_caught(&report, GotThrough, &["T41"]);
    let text = report.to_string();
    assert!(text.contains("encrypted to the public key (RSA-OAEP-256), with an unsigned token inside"), "{text}");
    // Without the key, the report says what it needs.
    let unknown = service.attack(decrypting(&service, is_unsigned)).only_in_a_test_of_the_kit(&["T41"]).await;
    assert!(unknown.not_sent.keys().any(|name| name.starts_with("T41 encrypted to the public key")), "{unknown}");
    let twin = service.attack(decrypting(&service, |_| false)).published_keys(&published()).unwrap();
    assert_twin_passes(&twin.await);
}

/// Encryption is taken for the authentication of its sender.
#[tokio::test]
async fn the_claims_of_an_encrypted_token_are_believed() {
    let service = CorrectService::new();
    let app = decrypting(&service, |content| {
        let claims = serde_json::from_str::<Value>(content).ok().or_else(|| Some(unverified(content)?.1));
        claims.is_some_and(|claims| claims["sub"].is_string())
    });
    let attack = service.attack(app).published_keys(&published()).unwrap();
    let report = attack.only_in_a_test_of_the_kit(&["T01", "T02", "T40", "T41", "T42"]).await;
    assert_only_caught(&report, GotThrough, &["T41"]);
    assert!(report.causes()[0].attacks.len() == 4, "{report}");
}
