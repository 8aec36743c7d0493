//! Tests the keys that sign the service's own tokens.

use crate::support::{ALGORITHMS, KID, Mint};
use auth_runtime::credentials::SigningKey;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, TokenIssuer, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pem::Pem;
use serde_json::json;

/// PKCS #1 of 1024 bits.
const RSA_1024: &str = "\
    MIICXAIBAAKBgQDUavcYLNYv/ZTRVw3JNX0s/885lEvz0VEukufk1vK2H5MlJPj1oKeP8KiE/Z/mE7IWdrFHV+amJJ3xTAB8\
    AHKBGqbDdImngcTgpE3kYEsFvRwdF5ah0NTgg19Itu0XLNWVH/E4DcJKWplqTj7MoXeo+YzeWgidtvfPU09k/l4EdwIDAQAB\
    AoGAFKB+dh6EfgyF0v49HHjROvlsSg8YgQimdXtWgWZOE1lllInOkyuSmeuosaFfUZxAAuZruJ3Ui/WqULAsq93vQGTcwBhU\
    G1HpTjKOXtj5HHWnF0D4WuGMTlOZZ+5kDEfsa8uvML7BxlR5GnBG5xw+X4pDfyNFrKnxtsoup4MddeECQQDzu4qP++T0RhyH\
    S2t6tZSrC4wpFzjydQkWWtuNDfIXlGpEJhOua5mFWcMVYC2Q+abv89T0IfdBrtYMN+NSQHq7AkEA3xvwHssUNhk7BxqNMn+A\
    PtB9THtkm8rZMxoq4PuEgDprsvbkF8ugAin5jM7glk46VCK3EG19w7YJsba8Ant3dQJBAJAHm3JKoJnZdLJe1zzEYP5S7Ji7\
    qGNe1efn+SX5v74/biync6n229n5mVbgZwzs+sGBja5XBA5EiyjdPfA1OlECQGt/kZW0sZtTUs6ca3XuWwNo/0ZPme06sqZd\
    sFVQusnx3ByRutsAQKtqQBQpRasGLDKHu37N0q/u0QLwkev8Q1UCQGiU1huabWwTQwrWFTV3RQaOLFgELP1WgdachCLWbfxp\
    KufNYfRFhW5t1Lbsz0PShHZNYx08UDu6R9PzD1dL8NI=";

/// PKCS #1 of 2048 bits, with the public exponent 3.
const RSA_EXPONENT_3: &str = "\
    MIIEogIBAAKCAQEAvObDbF356koMi+L4cjTolQroMksIcvvfx26/CL5BMti4UgKAXf4NTDpRNlZCIF68xOJeAK6ypO6R8u+7\
    b89XPR9m4cWfBI64tlODVda4V7qPezjfzHRNZUT85nadm41a6MwUDLrbzmSwZ/SJZdXocaY7FaOm0dq/fKGFAFwVbG2d+iNt\
    Guk5ujbSmhqS8pLpEpBRTVApL/VmaFa5B7vJ9ZmqV8Ad/pJWsmoPmHUpmeut8vHlonaaSzxSFCNmjfIPZk495ACGoVseRWd3\
    VkeApIUMx5rFTt8PHJxrmd+Au74PKTf3AgOpFDeHDumcBoP1QbxGOChUrbQe15WN/Y0JswIBAwKCAQB97yzy6VFG3AhdQfr2\
    zfBjXJrMMgWh/T/aSdSwftYh5dA2rFWT/rOIJuDO5CwVlH3YlulVycxt9GFMn9JKijoov5nr2RSttHskN6zj5HrlJwpSJeqI\
    TYjuLf3u+b5ns5HwiA1d0efe7crv+FuZOUWhGXy5F8SL5ypTFliq6A5IR+65yAZnZt/b0alVqZ/LZccBbGJBNJIiJ6G+iQMX\
    Ckt68l/8Xx7m9TXhff+yfxY56/ulJ9X7s55J30N81Wn3q+H0tek3qQpyVz6xHE2HcWgT0bsiJz3CAik8QIPDV4iaBgmKj/jm\
    WFLjujFKG44d00YLr0yc9bw96XW+3xvbkCRbAoGBAOAIeh6JcEVGKJRH4i4/gB3q0NwzfrqXg2LZhi8YTfPOUpf0Qig3RaZz\
    3aPebvlZiiLBGz9pxJw4pD/EIJ1cqjLZE/JxAIt8f+qLAupdWe9dq/3pB9J3BBWQK/mCY65f/vddyqxLqYsoAdTx7aBSS9Rk\
    dKNuTPPfOLC98xvfDJSdAoGBANfa/UT2XqSqU8BRufUB+iClnOG4ApNlNpDxAwVM3mTu24Jo70ds3N9sT2wuR47pf5G6GuU/\
    JJCjyS0Uwqo9xgmeKW2fgmt5WFWwuhitw3UpHnYrWBY017uyD6xyeIV0tgl7lVVc1aGWnmgt0qaHezfLwK/easZxnT17U8hV\
    KD6PAoGBAJVa/BRboC4uxbgv7B7VABPx4JLM/ycPrOyRBB9liU00Nw/4LBrPg8RNPm0+9KY7sWyAvNTxLb17GCqCwGjocXc7\
    YqGgqweoVUcHV0bo5p+Tx/6bWoxPWA5gHVEBl8mVVKTpMcgycQdwATihSRWMMo2YTcJJiKKU0HXT92fqCGMTAoGBAI/nU4NO\
    6cMcN9WL0U4BUWsZE0ElVwzuJGCgrK4zPu30klbwn4TzPepINPLJhQnw/7Z8Ee4qGGBtMMi4gcbT2Vu+xkkVAZz7kDkgfBBz\
    16NwvvlyOrl4j9J2tR2hpa5NzrD9Djjojmu5vvAejG8E/M/dKx/pnIRLvij84oWOGtRfAoGAMrAZzLFvjT0VKZRmmeV8Y9wF\
    IfL1pvbsKsJfVyu9j0xobLvnkI5CqigkafvNluy8d7vp0OKqUeK8xPViShZjZPF4qsbd6Lp3jeBdhH6DfVEdk3SMVv/Vq33l\
    HVc/K1GkRwHme+CyjpeeBbsaZB6cWWi+KVWSzf541W9lQvVweog=";

/// A secret for the HMAC algorithms, PEM for the others.
fn signing_key(algorithm: Algorithm, key: &[u8]) -> Result<SigningKey, ConfigError> {
    let new = match algorithm {
        Algorithm::HS256 => SigningKey::hs256,
        Algorithm::HS384 => SigningKey::hs384,
        Algorithm::HS512 => SigningKey::hs512,
        Algorithm::RS256 => SigningKey::rs256_pem,
        Algorithm::RS384 => SigningKey::rs384_pem,
        Algorithm::RS512 => SigningKey::rs512_pem,
        Algorithm::PS256 => SigningKey::ps256_pem,
        Algorithm::PS384 => SigningKey::ps384_pem,
        Algorithm::PS512 => SigningKey::ps512_pem,
        Algorithm::ES256 => SigningKey::es256_pem,
        Algorithm::ES384 => SigningKey::es384_pem,
        Algorithm::Ed25519 => SigningKey::ed25519_pem,
        other => panic!("{other} has no signing key"),
    };
    new("2026-11", key)
}

fn is_secret(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

fn private_pem(algorithm: Algorithm) -> String {
    Mint::of(algorithm).signing(KID, None)["pem"].as_str().expect("PEM").to_owned()
}

fn usable(algorithm: Algorithm) -> SigningKey {
    let secret = Mint::of(algorithm).public.clone();
    let key = if is_secret(algorithm) { secret } else { private_pem(algorithm).into_bytes() };
    signing_key(algorithm, &key).unwrap_or_else(|why| panic!("{algorithm}: {why}"))
}

#[track_caller]
fn refused(algorithm: Algorithm, key: &[u8], expected: &str) {
    let error = signing_key(algorithm, key).expect_err("must not be configurable").to_string();
    assert!(error.contains(expected), "{algorithm}: {error}");
    assert!(error.contains(&algorithm.to_string()), "{algorithm}: {error}");
}

#[tokio::test]
async fn each_algorithm_signs_what_its_verifier_accepts() {
    assert_eq!(ALGORITHMS, Algorithm::ALL);
    for algorithm in ALGORITHMS {
        let key = usable(algorithm);
        assert_eq!(VerifyingKey::from(key.clone()).algorithm(), algorithm);
        let issuer = TokenIssuer::builder().issuer("https://shop.example/").audience("shop").key(key).build().unwrap();
        let verifier = issuer.verifier::<Claims>(Events::discard("the test reads the answer")).build().unwrap();
        let token = issuer.issue("alice", &json!({"scope": "orders:read"})).unwrap();
        let header = jsonwebtoken::decode_header(&token.token).unwrap();
        let signed_as = if algorithm == Algorithm::Ed25519 { "EdDSA".to_owned() } else { algorithm.to_string() };
        assert_eq!((format!("{:?}", header.alg), header.kid.as_deref()), (signed_as, Some("2026-11")));
        let auth = verifier.verify(&token.token).await.unwrap_or_else(|why| panic!("{algorithm}: {why}"));
        assert_eq!((&*auth.sub, auth.jti.as_deref()), ("alice", Some(&*token.id)));
        assert_eq!((auth.scopes().collect::<Vec<_>>(), auth.expires_at()), (vec!["orders:read"], token.expires_at));
    }
}

#[test]
fn t11_a_weak_key_cannot_sign() {
    let pkcs1 = |body: &str| pem::encode(&Pem::new("RSA PRIVATE KEY", STANDARD.decode(body).unwrap()));
    for algorithm in ALGORITHMS {
        match algorithm {
            _ if is_secret(algorithm) => {
                refused(algorithm, b"secret", "the secret is shorter than the hash");
                refused(algorithm, &[7; 64], "the secret repeats itself");
                // HMAC fills a key up with zero bytes itself, so this one is `secret`.
                for filler in [0, b' ', b'0'] {
                    refused(
                        algorithm,
                        &[b"my secret".as_slice(), &[filler; 55]].concat(),
                        "filled up with equal bytes",
                    );
                }
            }
            Algorithm::ES256 | Algorithm::ES384 | Algorithm::Ed25519 => {}
            _ => {
                refused(algorithm, pkcs1(RSA_1024).as_bytes(), "2048 to 8192 bits");
                refused(algorithm, pkcs1(RSA_EXPONENT_3).as_bytes(), "the public exponent of an RSA key must be 65537");
            }
        }
    }
}

#[test]
fn t11_a_key_of_another_kind_cannot_sign() {
    for algorithm in ALGORITHMS.into_iter().filter(|algorithm| !is_secret(*algorithm)) {
        refused(algorithm, b"secret", "not PEM");
        refused(algorithm, Mint::of(algorithm).pem().as_bytes(), "it is a public key");
        let other = if algorithm == Algorithm::ES256 { Algorithm::ES384 } else { Algorithm::ES256 };
        refused(algorithm, private_pem(other).as_bytes(), "create one with `openssl genpkey");
        let tagged = |tag: &str| pem::encode(&Pem::new(tag, b"bytes".to_vec()));
        refused(algorithm, tagged("ENCRYPTED PRIVATE KEY").as_bytes(), "decrypt it with `openssl pkcs8`");
        refused(algorithm, tagged("EC PRIVATE KEY").as_bytes(), "convert it with `openssl pkcs8");
        refused(algorithm, tagged("CERTIFICATE").as_bytes(), "not a private key");
    }
}

/// `openssl genrsa -traditional` writes PKCS #1.
#[test]
fn a_private_rsa_key_in_pkcs1_can_sign() {
    // RFC 5208 section 5: the PKCS #1 key is the octet string at the end.
    let pkcs8 = pem::parse(private_pem(Algorithm::RS256)).unwrap().into_contents();
    let start = 1 + pkcs8.windows(2).skip(1).position(|bytes| bytes == [0x30, 0x82]).unwrap();
    let pkcs1 = pem::encode(&Pem::new("RSA PRIVATE KEY", &pkcs8[start..]));
    let key = signing_key(Algorithm::PS256, pkcs1.as_bytes()).unwrap();
    let issuer = TokenIssuer::builder().issuer("https://shop.example/").audience("shop").key(key).build().unwrap();
    drop(issuer.issue("alice", &()).expect("a token"));
}

#[test]
fn t11_two_keys_with_one_name_are_refused() {
    let another = SigningKey::hs256("2026-11", b"another secret of thirty-two bytes or more").expect("a key");
    let built = |previous| {
        TokenIssuer::builder().issuer("a").audience("b").key(usable(Algorithm::HS256)).previous_key(previous).build()
    };
    let same = built(another);
    assert!(matches!(same, Err(ConfigError::DuplicateKeyId)), "{same:?}");
    // The algorithm tells them apart.
    let other = built(usable(Algorithm::HS512));
    assert!(other.is_ok(), "{other:?}");
}
