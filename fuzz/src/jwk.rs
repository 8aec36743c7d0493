//! Keys as JSON, looked at without a library: what is in them that no key may have.

use crate::fixtures::from_base64url;
use crate::strict;
use auth_runtime::keys::Algorithm;
use serde_json::{Map, Value};

/// A key that shows no weakness; whether it is a point on its curve is not looked at.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub kid: Option<String>,
    /// What it is for.
    pub algorithm: Algorithm,
    /// `k`, of a shared secret.
    pub secret: Option<Vec<u8>>,
    /// Everything that an attacker could sign with who uses a public key as a secret.
    pub public: Vec<Vec<u8>>,
    /// The numbers of the key in one spelling. The same key may be in a set twice.
    pub material: Vec<u8>,
}

/// Looks at a set of keys that was taken as a whole.
///
/// # Errors
///
/// Why it should not have been.
pub fn set(json: &[u8], configured: Option<Algorithm>) -> Result<Vec<Key>, &'static str> {
    // RFC 8259 section 8.1: a reader may skip a byte order mark.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let document = strict::object(json).ok_or("it is not one JSON object with one meaning")?;
    let members = document.get("keys").and_then(Value::as_array).ok_or("no array of keys")?;
    let mut keys = Vec::new();
    for member in members {
        keys.extend(key(member, configured)?);
    }
    if keys.iter().any(|key| keys.iter().any(|other| key.is_ambiguous_with(other))) {
        return Err("two keys of one name and one algorithm");
    }
    if keys.iter().any(|key| key.kid.as_deref() == Some("")) {
        return Err("a name that is none");
    }
    let secrets = keys.iter().filter(|key| key.secret.is_some()).count();
    match keys.len() {
        0 => Err("no key"),
        all if secrets > 0 && secrets < all => Err("secrets beside public keys"),
        _ => Ok(keys),
    }
}

impl Key {
    /// Whether a token cannot tell this key from the other: RFC 7517 section 4.5.
    pub fn is_ambiguous_with(&self, other: &Self) -> bool {
        self.kid.is_some()
            && (&self.kid, self.algorithm) == (&other.kid, other.algorithm)
            && self.material != other.material
    }

    /// Whether both are one key under one name.
    pub fn is_same_as(&self, other: &Self) -> bool {
        (&self.kid, self.algorithm, &self.material) == (&other.kid, other.algorithm, &other.material)
    }
}

/// Looks at one key; `None` when it is not for signatures that we know.
///
/// # Errors
///
/// Why it may not be used.
pub fn key(member: &Value, configured: Option<Algorithm>) -> Result<Option<Key>, &'static str> {
    let jwk = member.as_object().ok_or("a key that is not an object")?;
    if text(jwk, "use")?.is_some_and(|purpose| purpose != "sig" && purpose != "jwt-svid") {
        return Ok(None);
    }
    match jwk.get("key_ops") {
        None => {}
        Some(Value::Array(ops)) if ops.contains(&"verify".into()) => {}
        Some(Value::Array(_)) => return Ok(None),
        Some(_) => return Err("key_ops that are not an array"),
    }
    let named = match text(jwk, "alg")? {
        None => None,
        Some(alg) => match by_name(alg) {
            None => return Ok(None),
            known => known,
        },
    };
    let kty = text(jwk, "kty")?.ok_or("no kty")?;
    let fitting: &[Algorithm] = match (kty, text(jwk, "crv")?) {
        ("oct", _) => &[Algorithm::HS256, Algorithm::HS384, Algorithm::HS512],
        ("RSA", _) => &[
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        ("EC", Some("P-256")) => &[Algorithm::ES256],
        ("EC", Some("P-384")) => &[Algorithm::ES384],
        ("OKP", Some("Ed25519")) => &[Algorithm::Ed25519],
        _ => return Ok(None),
    };
    if ["d", "p", "q", "dp", "dq", "qi", "oth"].iter().any(|name| jwk.contains_key(*name)) {
        return Err("a private key");
    }
    let algorithm = match (named, fitting) {
        (Some(named), _) => named,
        (None, [only]) => *only,
        (None, _) => configured.ok_or("a key that would leave the algorithm to the token")?,
    };
    if !fitting.contains(&algorithm) {
        return Err("a key of another kind than its algorithm's");
    }
    let kid = text(jwk, "kid")?.map(str::to_owned);
    let (secret, public) = match kty {
        "oct" => (Some(strong_secret(jwk, algorithm)?), Vec::new()),
        "RSA" => (None, strong_modulus(jwk)?),
        "EC" => (None, point(jwk, if algorithm == Algorithm::ES256 { 32 } else { 48 })?),
        _ => match bytes(jwk, "x")? {
            x if x.len() == 32 => (None, vec![x]),
            _ => return Err("an Ed25519 key of another length"),
        },
    };
    let material = match &secret {
        Some(secret) => secret.clone(),
        // Only RSA keys have an exponent. On others, `e` is a member without a meaning.
        None if kty == "RSA" => [public.last().map(Vec::as_slice).unwrap_or_default(), &exponent(jwk)].concat(),
        None => public.last().cloned().unwrap_or_default(),
    };
    Ok(Some(Key { kid, algorithm, secret, public, material }))
}

fn by_name(name: &str) -> Option<Algorithm> {
    Some(match name {
        "HS256" => Algorithm::HS256,
        "HS384" => Algorithm::HS384,
        "HS512" => Algorithm::HS512,
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "Ed25519" | "EdDSA" => Algorithm::Ed25519,
        _ => return None,
    })
}

/// RFC 7518 section 3.2.
fn strong_secret(jwk: &Map<String, Value>, algorithm: Algorithm) -> Result<Vec<u8>, &'static str> {
    let k = bytes(jwk, "k")?;
    let needed = match algorithm {
        Algorithm::HS256 => 32,
        Algorithm::HS384 => 48,
        _ => 64,
    };
    if k.len() < needed {
        return Err("a secret that is shorter than the hash");
    }
    if k.iter().all(|byte| *byte == k[0]) {
        return Err("a secret of one byte over and over");
    }
    if k.windows(8).any(|run| run.iter().all(|byte| *byte == run[0])) {
        return Err("a secret that is filled up");
    }
    Ok(k)
}

/// NIST SP 800-131A and SP 800-56B.
fn strong_modulus(jwk: &Map<String, Value>) -> Result<Vec<Vec<u8>>, &'static str> {
    let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    let unpadded = |bytes: &[u8]| bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len())..].to_vec();
    let (modulus, exponent) = (unpadded(&n), unpadded(&e));
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err("a modulus that is too short or too long");
    }
    let small = exponent.len() <= 4 && exponent.iter().fold(0_u32, |e, byte| e << 8 | u32::from(*byte)) < 65_537;
    if small || exponent.last().is_none_or(|last| last % 2 == 0) {
        return Err("an exponent that is small or even");
    }
    Ok(vec![n, modulus])
}

/// `e` without leading zeros, where there is one.
fn exponent(jwk: &Map<String, Value>) -> Vec<u8> {
    bytes(jwk, "e").unwrap_or_default().into_iter().skip_while(|byte| *byte == 0).collect()
}

/// SEC 1 section 2.3.3.
fn point(jwk: &Map<String, Value>, field: usize) -> Result<Vec<Vec<u8>>, &'static str> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if ![&x, &y].iter().all(|number| (1..=field).contains(&number.len())) {
        return Err("coordinates of another field");
    }
    // Some issuers leave leading zeros out, which does not change the number.
    let padded = |number: &[u8]| [&vec![0; field - number.len()][..], number].concat();
    let uncompressed = [&[4], &padded(&x)[..], &padded(&y)].concat();
    Ok(vec![x, uncompressed])
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, &'static str> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err("a member that is not text"),
    }
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, &'static str> {
    text(jwk, name)?.and_then(from_base64url).ok_or("a number that is not written in base64url")
}
