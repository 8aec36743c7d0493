//! Keys, tokens and a time that are the same in each run, so that a finding can be repeated.

use auth_runtime::VerifyingKey;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The time in seconds since 1970: in 2030, so that nothing passes by the machine's own clock.
pub const NOW: u64 = 1_900_000_000;
/// The issuer of the access tokens.
pub const ISSUER: &str = "https://id.example.com/";
/// A second issuer, with an Ed25519 key and tokens of any kind.
pub const PARTNERS: &str = "https://partners.example.com/";
/// A third, with a P-256 key, of which there is no good token.
pub const OTHERS: &str = "https://others.example.com/";
/// Whom the tokens are for.
pub const AUDIENCE: &str = "orders";
/// The name of each of the keys.
pub const KID: &str = "signing-key-of-november";
/// So short that a token can be too long.
pub const MAX_TOKEN_BYTES: usize = 2048;

/// Guards nothing but these targets.
pub const SECRET: &[u8; 32] = b"\x8e\x11\x5c\xf2\x90\x3b\xd7\x64\x2a\xe9\x07\x7d\xb5\x48\xc1\x9f\
      \x36\x6a\xfd\x83\x1e\xa2\x59\xcc\x74\x0d\xe8\x95\x4b\xb0\x27\xda";
/// An attacker's secret with the same name.
pub const STRANGERS_SECRET: &[u8; 32] = b"\x11\x8e\xf2\x5c\x3b\x90\x64\xd7\xe9\x2a\x7d\x07\x48\xb5\x9f\xc1\
      \x6a\x36\x83\xfd\xa2\x1e\xcc\x59\x0d\x74\x95\xe8\xb0\x4b\xda\x27";
/// RFC 7515 appendix A.3.
pub const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

static ED25519: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(SECRET).expect("a key pair"));

/// The key of [`ISSUER`], without a name.
pub fn secret_key() -> VerifyingKey {
    VerifyingKey::hs256(SECRET).expect("a strong key")
}

/// The key of [`PARTNERS`] as a JWK.
pub fn ed25519_jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(ED25519.public_key())})
}

/// The claims that RFC 9068 section 2.2 asks for, good for five minutes.
pub fn claims() -> Map<String, Value> {
    let Value::Object(claims) = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 300, "iat": NOW,
        "jti": "5f3b", "client_id": "storefront", "scope": "orders:read",
    }) else {
        unreachable!("an object")
    };
    claims
}

/// The header that goes with them.
pub fn header(algorithm: &str) -> Value {
    json!({"typ": "at+jwt", "alg": algorithm, "kid": KID})
}

/// What is written, with a member changed or added.
pub fn with(mut members: Map<String, Value>, name: &str, value: impl Into<Value>) -> Map<String, Value> {
    members.insert(name.to_owned(), value.into());
    members
}

/// A token of these bytes with a good signature of [`ISSUER`].
pub fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    signed_with(SECRET, header, payload)
}

/// A token of these bytes with an HS256 signature that uses this as the secret.
pub fn signed_with(secret: &[u8], header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    completed(header, payload, |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// A token of these bytes with a signature of one's own making.
pub fn completed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64url(signature))
}

/// A good token of [`ISSUER`].
pub fn token(claims: &Map<String, Value>) -> String {
    signed(header("HS256").to_string(), json!(claims).to_string())
}

/// A good token of [`PARTNERS`].
pub fn partners_token() -> String {
    let claims = json!({"iss": PARTNERS, "aud": AUDIENCE, "sub": "bob", "exp": NOW + 60});
    let header = json!({"alg": "EdDSA", "typ": "JWT"});
    completed(header.to_string(), claims.to_string(), |message| ED25519.sign(message).as_ref().to_vec())
}

/// The good tokens of [`ISSUER`] in the seeds. A fuzzer cannot know others.
pub static GOOD: LazyLock<[String; 3]> = LazyLock::new(|| {
    let bare = json!({"alg": "HS256", "typ": "application/at+jwt"});
    [
        token(&claims()),
        token(&with(claims(), "sub", "bob")),
        // Without a `kid`, and of a length that leaves other bits over at its end.
        signed(bare.to_string(), json!(with(claims(), "sub", "carol")).to_string()),
    ]
});

/// As it stands in a token.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The reverse, for canonical spellings.
pub fn from_base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
