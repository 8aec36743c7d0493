//! Tests that an unusable key is an error at start, not at a request.

use crate::support::{AUDIENCE, ISSUER, KID, Mint, base64url, with, without};
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier, VerifyingKey};
use pem::Pem;
use serde_json::{Value, json};

fn jwk(value: &Value) -> Result<VerifyingKey, ConfigError> {
    VerifyingKey::from_jwk(&value.to_string())
}

fn named(algorithm: Algorithm) -> Value {
    with(with(Mint::of(algorithm).jwk.clone(), "kid", KID), "alg", algorithm.to_string())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ConfigError>) {
    let error = result.expect_err("must not be configurable");
    assert!(!error.to_string().is_empty());
}

#[test]
fn t10_inc_47_a_jwk_without_alg_takes_it_from_the_configuration_and_never_from_a_token() {
    for algorithm in [Algorithm::RS256, Algorithm::PS512, Algorithm::HS256] {
        let without_alg = without(named(algorithm), "alg");
        refused(jwk(&without_alg));
        let set = json!({ "keys": [without_alg] }).to_string();
        refused(KeySet::from_jwks_json(&set));
        KeySet::from_jwks_json_with_algorithm(&set, algorithm).expect("the algorithm is configured");
        refused(KeySet::from_jwks_json_with_algorithm(&set, Algorithm::ES256));
        let contradicting = json!({ "keys": [named(algorithm)] }).to_string();
        // A key that names its algorithm keeps it.
        KeySet::from_jwks_json_with_algorithm(&contradicting, Algorithm::RS384).expect("its own");
    }
    // A curve determines the algorithm.
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::Ed25519] {
        assert_eq!(jwk(&without(named(algorithm), "alg")).expect("a key").algorithm(), algorithm);
    }
}

#[test]
fn t11_inc_61_a_secret_is_long_and_not_a_placeholder() {
    for secret in [
        "",
        " ",
        "secret",
        "sixteen-bytes-ok",
        "thirty-one-bytes-are-one-short!",
        "                                                ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "secretsecretsecretsecretsecretsecretsecret",
        "changeme-changeme-changeme-changeme!",
        "change-me-change-me-change-me-change-me!",
        "password1password2password3password4",
    ] {
        refused(VerifyingKey::hs256(secret.as_bytes()));
        refused(jwk(&json!({"kty": "oct", "alg": "HS256", "k": base64url(secret)})));
    }
    refused(VerifyingKey::hs256(&[0; 32]));
    let secret = Mint::of(Algorithm::HS512).public.as_slice();
    refused(VerifyingKey::hs256(&secret[..31]));
    refused(VerifyingKey::hs384(&secret[..47]));
    refused(VerifyingKey::hs512(&secret[..63]));
    VerifyingKey::hs256(&secret[..32]).expect("as long as the hash");
    VerifyingKey::hs384(&secret[..48]).expect("as long as the hash");
    VerifyingKey::hs512(&secret[..64]).expect("as long as the hash");
}

/// The default secrets of jwt.io and of common tutorials, which password crackers try first.
#[test]
fn t11_inc_61_a_well_known_secret_is_rejected() {
    let taken: Vec<_> = [
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        "your-256-bit-secret-your-256-bit-secret!",
        "your-384-bit-secret-your-384-bit-secret!",
        "your-512-bit-secret-your-512-bit-secret!",
    ]
    .into_iter()
    .filter(|secret| VerifyingKey::hs256(secret.as_bytes()).is_ok())
    .collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

/// T03: with a public key as the secret, everyone could sign tokens (CVE-2022-23541).
#[test]
fn t03_t11_a_public_key_is_rejected_as_a_secret() {
    let mint = Mint::of(Algorithm::RS256);
    let certificate = mint.pem().replace("PUBLIC KEY", "CERTIFICATE");
    let ssh = format!("ssh-rsa {} alice@example.com", base64url(&mint.public));
    let public = [
        ("PEM", mint.pem().into_bytes()),
        ("PEM after a line feed", format!("\n{}", mint.pem()).into_bytes()),
        ("a certificate", certificate.into_bytes()),
        ("SPKI", mint.public.clone()),
        ("SSH", ssh.into_bytes()),
        ("a public JWK", named(Algorithm::RS256).to_string().into_bytes()),
    ];
    let taken: Vec<_> =
        public.into_iter().filter(|(_, secret)| VerifyingKey::hs256(secret).is_ok()).map(|(what, _)| what).collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

/// Encodes an `RSAPublicKey` of PKCS #1 as PEM.
fn rsa_pem(modulus: &[u8], exponent: &[u8]) -> String {
    let tagged = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    };
    let integer = |number: &[u8]| {
        let content = if number[0] & 0x80 == 0 { number.to_vec() } else { [&[0], number].concat() };
        match content.len() {
            short @ ..128 => [&[0x02, u8::try_from(short).expect("short")], content.as_slice()].concat(),
            short @ ..256 => [&[0x02, 0x81, u8::try_from(short).expect("short")], content.as_slice()].concat(),
            _ => tagged(0x02, &content),
        }
    };
    pem::encode(&Pem::new("RSA PUBLIC KEY", tagged(0x30, &[integer(modulus), integer(exponent)].concat())))
}

#[test]
fn t11_an_rsa_key_that_is_short_or_has_a_weak_exponent_is_rejected() {
    let modulus = |bytes: usize| [vec![0xc5; bytes - 1], vec![0x0d]].concat();
    let real = base64::Engine::decode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        Mint::of(Algorithm::RS256).jwk["n"].as_str().expect("n"),
    )
    .expect("base64url");
    VerifyingKey::rs256_pem(rsa_pem(&real, &[1, 0, 1]).as_bytes()).expect("a PKCS #1 key");

    let weak: [(Vec<u8>, &[u8]); 10] = [
        (modulus(128), &[1, 0, 1]),
        (modulus(255), &[1, 0, 1]),
        (modulus(2048), &[1, 0, 1]),
        (real.clone(), &[1]),
        (real.clone(), &[3]),
        (real.clone(), &[2]),
        (real.clone(), &[17]),
        (real.clone(), &[1, 0, 0]),
        (real.clone(), &[1, 0, 2]),
        (real, &[0]),
    ];
    for (n, e) in weak {
        let pem = rsa_pem(&n, e);
        refused(VerifyingKey::rs256_pem(pem.as_bytes()));
        refused(VerifyingKey::ps512_pem(pem.as_bytes()));
        refused(jwk(&json!({"kty": "RSA", "alg": "RS256", "n": base64url(&n), "e": base64url(e)})));
    }
}

#[test]
fn t11_a_key_must_be_public_and_match_its_algorithm() {
    let [rsa, p256, p384, ed25519] =
        [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::Ed25519].map(|a| Mint::of(a).pem());
    for pem in [&p256, &p384, &ed25519] {
        refused(VerifyingKey::rs256_pem(pem.as_bytes()));
    }
    for pem in [&rsa, &p384, &ed25519] {
        refused(VerifyingKey::es256_pem(pem.as_bytes()));
    }
    for pem in [&rsa, &p256, &ed25519] {
        refused(VerifyingKey::es384_pem(pem.as_bytes()));
    }
    for pem in [&rsa, &p256, &p384] {
        refused(VerifyingKey::ed25519_pem(pem.as_bytes()));
    }
    // X25519 differs by one byte of its object identifier (RFC 8410 section 3).
    let mut x25519 = Mint::of(Algorithm::Ed25519).public.clone();
    x25519[8] = 0x6e;
    refused(VerifyingKey::ed25519_pem(pem::encode(&Pem::new("PUBLIC KEY", x25519)).as_bytes()));
    for tag in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE", "OPENSSH PRIVATE KEY"] {
        let pem = pem::encode(&Pem::new(tag, Mint::of(Algorithm::RS256).public.clone()));
        refused(VerifyingKey::rs256_pem(pem.as_bytes()));
    }
    for no_pem in ["", "not a key", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"] {
        refused(VerifyingKey::rs256_pem(no_pem.as_bytes()));
        refused(VerifyingKey::es256_pem(no_pem.as_bytes()));
        refused(VerifyingKey::ed25519_pem(no_pem.as_bytes()));
    }
}

#[test]
fn t11_a_jwk_must_be_complete_and_for_signatures() {
    let (ec, rsa, ed25519) = (named(Algorithm::ES256), named(Algorithm::RS256), named(Algorithm::Ed25519));
    for bad in [
        with(ec.clone(), "use", "enc"),
        with(rsa.clone(), "use", "enc"),
        with(ec.clone(), "key_ops", json!(["encrypt"])),
        with(ec.clone(), "key_ops", json!(["sign"])),
        with(ec.clone(), "key_ops", json!([])),
        with(ec.clone(), "key_ops", "verify"),
        with(ec.clone(), "alg", "HS256"),
        with(ec.clone(), "alg", "ES384"),
        with(ec.clone(), "alg", "none"),
        with(ec.clone(), "alg", "es256"),
        with(ec.clone(), "crv", "P-384"),
        with(ec.clone(), "crv", "secp256k1"),
        with(ec.clone(), "kid", 5),
        with(ec.clone(), "d", "AAAA"),
        with(ec.clone(), "x", ec["y"].clone()),
        with(ec.clone(), "x", base64url([1; 31])),
        with(ec.clone(), "y", base64url([0; 32])),
        without(ec.clone(), "y"),
        with(rsa.clone(), "kty", "oct"),
        with(rsa.clone(), "alg", "ES256"),
        without(rsa.clone(), "e"),
        with(ed25519.clone(), "crv", "X25519"),
        with(ed25519.clone(), "x", base64url([2; 31])),
        with(ed25519, "d", base64url([2; 32])),
        with(rsa, "kty", "EC"),
        json!([ec]),
    ] {
        refused(jwk(&bad));
    }
    // RFC 7518 section 6.2.1.2: a coordinate has a fixed length. Here the same point is split at
    // another place.
    let [x, y] = ["x", "y"].map(|name| {
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, ec[name].as_str().expect("text"))
            .expect("base64url")
    });
    for cut in [0, 1, 31, 33, 63, 64] {
        let point = [x.as_slice(), &y].concat();
        let (x, y) = point.split_at(cut);
        refused(jwk(&with(with(ec.clone(), "x", base64url(x)), "y", base64url(y))));
    }
    let text = ec.to_string();
    refused(VerifyingKey::from_jwk(&text.replacen('{', "{\"kty\":\"oct\",", 1)));
}

#[test]
fn t17_a_point_of_small_order_is_rejected_as_a_key() {
    for point in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        let raw: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(&point[at..at + 2], 16).expect("hex")).collect();
        refused(jwk(&json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&raw)})));
        let prefix = &Mint::of(Algorithm::Ed25519).public[..12];
        let pem = pem::encode(&Pem::new("PUBLIC KEY", [prefix, &raw].concat()));
        refused(VerifyingKey::ed25519_pem(pem.as_bytes()));
    }
}

#[test]
fn t11_a_set_must_have_unique_kids_and_one_kind_of_key() {
    let key = |algorithm| Mint::of(algorithm).key_without_kid();
    assert_eq!(KeySet::new([]).unwrap_err(), ConfigError::NoKeys);
    let other = Mint::untrusted(Algorithm::ES256).key_without_kid();
    let twice = [key(Algorithm::ES256).with_kid("a"), other.with_kid("a")];
    assert_eq!(KeySet::new(twice).unwrap_err(), ConfigError::DuplicateKeyId);
    let mixed = [key(Algorithm::ES256).with_kid("a"), key(Algorithm::HS256).with_kid("b")];
    assert_eq!(KeySet::new(mixed).unwrap_err(), ConfigError::MixedKeys);
    refused(KeySet::new([key(Algorithm::ES256).with_kid("")]));

    let set = |keys: Value| KeySet::from_jwks_json(&json!({ "keys": keys }).to_string());
    let (ec, oct) = (named(Algorithm::ES256), named(Algorithm::HS256));
    set(json!([ec])).expect("a good one");
    assert_eq!(set(json!([])).unwrap_err(), ConfigError::NoKeys);
    let encrypts = set(json!([with(ec.clone(), "use", "enc")])).unwrap_err();
    assert!(matches!(encrypts, ConfigError::NoUsableKey(_)), "{encrypts:?}");
    let other = with(with(Mint::untrusted(Algorithm::ES256).jwk.clone(), "kid", KID), "alg", "ES256");
    assert_eq!(set(json!([ec, other])).unwrap_err(), ConfigError::DuplicateKeyId);
    assert_eq!(set(json!([ec, with(oct, "kid", "b")])).unwrap_err(), ConfigError::MixedKeys);
    refused(set(json!([ec, "text"])));
    refused(set(json!({"a": ec})));
    refused(KeySet::from_jwks_json("{}"));
    refused(KeySet::from_jwks_json(""));
    refused(KeySet::from_jwks_json(&format!("{{\"keys\":[{ec}],\"keys\":[{ec}]}}")));
}

#[test]
fn inc_53_a_verifier_needs_an_issuer_and_an_audience() {
    let build = |issuer: &str, audience: &str| {
        let key = Mint::of(Algorithm::Ed25519).key();
        Verifier::<Claims>::builder().issuer(issuer).audience(audience).keys(key).events(Events::collect().0).build()
    };
    build(ISSUER, AUDIENCE).expect("a verifier");
    for blank in ["", " ", "\t\n"] {
        refused(build(blank, AUDIENCE));
        refused(build(ISSUER, blank));
    }
}
