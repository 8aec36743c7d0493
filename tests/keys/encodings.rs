//! Tests key sets as identity providers encode them.

use super::{SHORT, eager, mint, server};
use crate::support::{KID, Mint, Publisher, Reply, Server, base64url, claims, header, with, without};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, VerifyingKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().expect("text")).expect("base64url")
}

/// A key whose `x` or `y` begins with a zero byte: two of 256 keys.
struct ShortPoint {
    pair: EcdsaKeyPair,
    point: Vec<u8>,
}

impl ShortPoint {
    fn with_short(coordinate: &str) -> Self {
        let (scheme, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let first = if coordinate == "x" { 1 } else { 33 };
        loop {
            let private = EcdsaKeyPair::generate_pkcs8(scheme, &random).expect("a key pair");
            let pair = EcdsaKeyPair::from_pkcs8(scheme, private.as_ref()).expect("the same key pair");
            let point = pair.public_key().as_ref().to_vec();
            if point[first] == 0 && point[first + 1] != 0 {
                return Self { pair, point };
            }
        }
    }

    /// The key as Go and Java libraries publish it that write a number without leading zeros.
    fn published(&self) -> Value {
        let number = |bytes: &[u8]| base64url(bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>());
        json!({"kty": "EC", "crv": "P-256", "kid": KID, "use": "sig", "alg": "ES256",
            "x": number(&self.point[1..33]), "y": number(&self.point[33..])})
    }

    fn token(&self) -> String {
        let message =
            format!("{}.{}", base64url(header(Algorithm::ES256).to_string()), base64url(claims().to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
        format!("{message}.{}", base64url(signature))
    }
}

#[tokio::test]
async fn ec_coordinates_without_their_leading_zero_are_padded_with_a_notice() {
    for coordinate in ["x", "y"] {
        let key = ShortPoint::with_short(coordinate);
        let publisher = Publisher::of(&[key.published()]);
        let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
        let notice = server.notice(NoticeKind::KeyRepaired).await;
        assert!(notice.detail.contains(&format!("`{KID}`")) && notice.detail.contains("padded"), "{notice:?}");
        server.accepts(&key.token()).await;
        server.refuses(&Mint::untrusted(Algorithm::ES256).token(&claims()), Reason::BadSignature).await;
        assert!(server.notices().is_empty(), "it is reported once");
        // A coordinate that is too long, or absent, has no such meaning.
        for bad in ["", "AAAA", &base64url([1; 33])] {
            VerifyingKey::from_jwk(&with(key.published(), coordinate, bad).to_string()).unwrap_err();
        }
    }
}

#[tokio::test]
async fn an_rsa_modulus_or_exponent_with_leading_zero_bytes_is_read() {
    let rsa = Mint::of(Algorithm::RS256);
    let zeros = |name: &str| base64url([&[0, 0], decoded(&rsa.jwk[name]).as_slice()].concat());
    for jwk in [
        with(rsa.published(KID), "n", zeros("n")),
        with(rsa.published(KID), "e", zeros("e")),
        with(with(rsa.published(KID), "n", zeros("n")), "e", zeros("e")),
    ] {
        let publisher = Publisher::of(&[jwk]);
        let server = Server::with(Algorithm::RS256).keys(eager(&publisher).await.unwrap()).start().await;
        server.accepts_the_good_token().await;
        server.refuses(&Mint::untrusted(Algorithm::RS256).token(&claims()), Reason::BadSignature).await;
    }
    // Zero bytes do not make a key longer.
    let short = [vec![0; 128], vec![0xa5; 128]].concat();
    VerifyingKey::from_jwk(&with(rsa.published(KID), "n", base64url(short)).to_string()).unwrap_err();
}

/// A key is often published twice: with and without `x5c`, or with and without `alg`.
#[tokio::test]
async fn the_same_key_twice_is_one_key() {
    let rsa = Mint::of(Algorithm::RS256);
    let twice = [rsa.published(KID), with(rsa.published(KID), "x5t", "AAAA"), without(rsa.published(KID), "alg")];
    let publisher = Publisher::of(&twice);
    let keys = eager(&publisher).algorithm(Algorithm::RS256).await.unwrap();
    let server = Server::with(Algorithm::RS256).keys(keys).start().await;
    server.accepts_the_good_token().await;
    assert!(server.notices().is_empty(), "{:?}", server.notices());
    let set = json!({"keys": [rsa.published(KID), rsa.published(KID)]}).to_string();
    assert_eq!(KeySet::from_jwks_json(&set).unwrap().to_string(), "one fixed key");
    KeySet::new([rsa.key(), rsa.key()]).unwrap();
}

/// RFC 7517 section 4.5 permits it, and some issuers name all of their keys alike.
#[tokio::test]
async fn one_kid_for_keys_of_two_algorithms_is_distinguished_by_alg() {
    let (rsa, ec) = (Mint::of(Algorithm::RS256), Mint::of(Algorithm::ES256));
    let set = [rsa.published(KID), ec.published(KID)];
    let publisher = Publisher::of(&set);
    let fixed = KeySet::from_jwks_json(&json!({"keys": set}).to_string()).unwrap();
    for keys in [eager(&publisher).await.unwrap(), fixed] {
        let server = server(keys).await;
        for mint in [rsa, ec] {
            for _ in 0..2 {
                server.accepts(&mint.token(&claims())).await;
            }
            server.refuses(&Mint::untrusted(mint.algorithm).token(&claims()), Reason::BadSignature).await;
        }
        // P6: each of the two keys keeps its algorithm.
        for (mint, posing) in [(rsa, Algorithm::PS256), (rsa, Algorithm::RS512)] {
            server.refuses(&mint.posing_as(posing).token(&claims()), Reason::AlgorithmNotAllowed).await;
        }
        server.refuses(&mint().token(&claims()), Reason::AlgorithmNotAllowed).await;
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_a_document_is_skipped() {
    let marked = |json: &Value| [b"\xef\xbb\xbf", json.to_string().as_bytes()].concat();
    let publisher = Publisher::start();
    let set = json!({"keys": [mint().published(KID)]});
    publisher.answer("/jwks", Reply::bytes(marked(&set)));
    let issuer = publisher.url("");
    let document = json!({"issuer": issuer, "jwks_uri": publisher.url("/jwks")});
    publisher.answer("/.well-known/openid-configuration", Reply::bytes(marked(&document)));
    server(eager(&publisher).await.unwrap()).await.accepts_the_good_token().await;
    KeySet::discover(issuer).await.unwrap();
    KeySet::from_jwks_json(&String::from_utf8(marked(&set)).unwrap()).unwrap();
    VerifyingKey::from_jwk(&String::from_utf8(marked(&mint().jwk)).unwrap()).unwrap();
    // Twice, or inside, it is not a mark.
    publisher.answer("/jwks", Reply::bytes(marked(&set).repeat(2)));
    eager(&publisher).await.unwrap_err();
}

/// SPIRE publishes the keys of JWT-SVIDs beside those of X.509-SVIDs.
#[tokio::test]
async fn keys_for_jwt_svids_are_for_signatures() {
    let svid = with(without(Mint::of(Algorithm::ES256).published("svid"), "alg"), "use", "jwt-svid");
    let x509 =
        json!({"use": "x509-svid", "kty": "EC", "crv": "P-256", "x": svid["x"], "y": svid["y"], "x5c": ["AAAA"]});
    let bundle = json!({"keys": [x509, svid], "spiffe_sequence": 1, "spiffe_refresh_hint": 600});
    let publisher = Publisher::start();
    publisher.answer("/jwks", Reply::json(&bundle));
    let server = server(eager(&publisher).await.unwrap()).await;
    server.accepts(&Mint::of(Algorithm::ES256).token_of("svid", &claims())).await;
    assert!(server.notices().is_empty());
    KeySet::from_jwks_json(&json!({"keys": [x509]}).to_string()).unwrap_err();
}

#[tokio::test]
async fn a_compressed_response_to_an_uncompressed_request_is_named() {
    let publisher = Publisher::start();
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0x56];
    for (reply, named) in [
        (Reply::bytes(gzip).header("content-encoding", "gzip"), "gzip"),
        (Reply::bytes([0x0b, 2]).header("content-encoding", "br"), "br"),
        (Reply::bytes(gzip), "gzip"),
    ] {
        publisher.answer("/jwks", reply);
        let error = eager(&publisher).await.expect_err(named).to_string();
        for part in [&format!("compressed ({named})"), "turn compression off", &publisher.url("/jwks")] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    let sent = publisher.headers(&http::header::ACCEPT_ENCODING);
    assert!(sent.iter().all(|encoding| encoding.as_deref() == Some("identity")), "{sent:?}");
    publisher
        .answer("/jwks", Reply::json(&json!({"keys": [mint().published(KID)]})).header("content-encoding", "identity"));
    eager(&publisher).await.unwrap();
}
