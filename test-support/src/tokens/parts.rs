//! The parts of a token: claims, header, segments.

use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The time of the tests in seconds since 1970: in 2030, so that no check passes by the system
/// clock.
pub const NOW: u64 = 1_900_000_000;

/// The issuer that the services under test trust.
pub const ISSUER: &str = "https://id.example.com/";
/// The audience of the services under test.
pub const AUDIENCE: &str = "orders";
/// The id of the issuer's key.
pub const KID: &str = "signing-key-of-november";

/// Returns the claims that RFC 9068 section 2.2 requires, valid for five minutes from [`NOW`].
#[must_use]
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 300, "iat": NOW,
        "jti": "5f3b", "client_id": "storefront", "scope": "orders:read",
    })
}

/// Returns the header of an access token.
#[must_use]
pub fn header(algorithm: Algorithm) -> Value {
    json!({"typ": "at+jwt", "alg": algorithm.to_string(), "kid": KID})
}

/// Sets a member of an object.
#[must_use]
pub fn with(mut members: Value, name: &str, value: impl Into<Value>) -> Value {
    members[name] = value.into();
    members
}

/// Removes a member of an object.
///
/// # Panics
///
/// When the object does not have the member.
#[must_use]
pub fn without(mut members: Value, name: &str) -> Value {
    members.as_object_mut().expect("an object").remove(name).expect("a member to remove");
    members
}

/// Encodes bytes as base64url without padding.
#[must_use]
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Splits a token into header, payload and signature.
///
/// # Panics
///
/// When the token does not have three segments.
#[must_use]
pub fn segments(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("three segments")
}
