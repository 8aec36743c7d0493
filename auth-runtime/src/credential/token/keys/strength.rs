//! Rejects weak keys (RFC 8725 section 3.5).

use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::secret_strength;
use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::RsaPublicKeyComponents;

/// The prefixes of public keys in text form.
const PUBLIC_KEY_PREFIXES: [&str; 4] = ["-----BEGIN", "ssh-", "ecdsa-sha2-", "{"];

/// Checks a shared secret. It must be at least as long as the hash (RFC 7518 section 3.2).
pub(super) fn secret(algorithm: Algorithm, secret: &[u8]) -> Result<(), ConfigError> {
    let needed = match algorithm {
        Algorithm::HS384 => 48,
        Algorithm::HS512 => 64,
        _ => 32,
    };
    let refused = |why| Err(ConfigError::key(algorithm, why));
    if secret.len() < needed {
        return refused("the secret is shorter than the hash: create one with `openssl rand -hex 64`");
    }
    // With a public key as the secret, an attacker could sign tokens (CVE-2022-23541 and similar).
    // Checked for text only, because random bytes may begin with any of these prefixes.
    let text = std::str::from_utf8(secret).unwrap_or_default().trim_start();
    if PUBLIC_KEY_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) || is_der(secret) {
        return refused("it is a public key, and not a random secret: create one with `openssl rand -hex 64`");
    }
    secret_strength::check(secret).map_err(|weak| ConfigError::key(algorithm, weak.of_a_key()))
}

/// Whether the bytes are a DER sequence of the stated length: any public key (RFC 5280 section
/// 4.1).
///
/// One in 65,536 random secrets matches. It is rejected at start, where creating another one is
/// easy.
fn is_der(bytes: &[u8]) -> bool {
    let (length, rest) = match bytes {
        [0x30, 0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0x30, 0x81, length, rest @ ..] | [0x30, length, rest @ ..] => (usize::from(*length), rest),
        _ => return false,
    };
    length == rest.len()
}

/// Checks an RSA key. NIST SP 800-131A requires 2048 bits; more than 8192 are too slow.
pub(super) fn rsa(algorithm: Algorithm, der: &[u8]) -> Result<(), ConfigError> {
    let key = PublicKey::from_der(der)
        .map_err(|_| ConfigError::key(algorithm, "not an RSA public key, or fewer than 2048 bits"))?;
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(&key);
    rsa_components(algorithm, &n, &e)
}

/// Checks the modulus and the exponent, both big-endian.
pub(super) fn rsa_components(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<(), ConfigError> {
    let significant = |bytes: &[u8]| bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<_>>();
    let (n, e) = (significant(n), significant(e));
    let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(ConfigError::key(algorithm, "use an RSA key of 2048 to 8192 bits"));
    }
    // With e = 1 a message is its own signature, and 3 and even exponents had attacks. NIST SP
    // 800-56B requires at least 65537.
    let small = e.len() < 3 || (e.len() == 3 && e.as_slice() < [1, 0, 1].as_slice());
    if small || e.last().is_none_or(|last| last % 2 == 0) {
        return Err(ConfigError::key(
            algorithm,
            "the public exponent of an RSA key must be 65537 or a greater odd number",
        ));
    }
    not_roca(algorithm, &n)
}

/// Rejects moduli of a vulnerable smart-card library, which can be factored (CVE-2017-15361, ROCA).
///
/// Their remainders for small primes are powers of 65537. One in a hundred million other moduli
/// matches.
fn not_roca(algorithm: Algorithm, n: &[u8]) -> Result<(), ConfigError> {
    let primes = (3_u32..=167).step_by(2).filter(|p| (3..*p).step_by(2).all(|q| p % q != 0));
    for p in primes {
        let left = n.iter().fold(0, |left, byte| (left * 256 + u32::from(*byte)) % p);
        let powers = std::iter::successors(Some(1), |power| Some(power * (65_537 % p) % p).filter(|power| *power != 1));
        if powers.into_iter().all(|power| power != left) {
            return Ok(());
        }
    }
    Err(ConfigError::key(algorithm, "this RSA key can be factored (CVE-2017-15361, ROCA): create another one"))
}

/// The y coordinates of the points whose order divides eight, in every encoding that decoders
/// accept.
///
/// For such a key, some signatures are valid for any message.
const SMALL_ORDER: [[u8; 32]; 7] = [
    with_ends(0x00, 0x00, 0x00),
    with_ends(0x01, 0x00, 0x00),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    with_ends(0xec, 0xff, 0x7f),
    with_ends(0xed, 0xff, 0x7f),
    with_ends(0xee, 0xff, 0x7f),
];

const fn with_ends(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut bytes = [between; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// The length of a raw key, and of its SPKI.
const RAW: usize = 32;
const SPKI: usize = 44;

/// Checks a raw key, or the SPKI that ends with it (RFC 8410 section 4).
pub(super) fn ed25519(algorithm: Algorithm, der: &[u8]) -> Result<(), ConfigError> {
    // P6: no byte may follow the key, because implementations differ about which bytes are the key.
    let raw = der.last_chunk::<32>().filter(|_| [RAW, SPKI].contains(&der.len()));
    let Some(raw) = raw else {
        return Err(ConfigError::key(algorithm, "an Ed25519 public key has 32 bytes, or 44 as DER"));
    };
    let mut y = *raw;
    // The top bit is the sign of x.
    y[31] &= 0x7f;
    if SMALL_ORDER.contains(&y) {
        return Err(ConfigError::key(algorithm, "the key is a point of small order: create another one"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_secret_may_begin_with_any_byte() {
        let mut bytes: [u8; 64] = std::array::from_fn(|i| 0x80 + u8::try_from(i).unwrap());
        for first in 0..=u8::MAX {
            bytes[0] = first;
            secret(Algorithm::HS512, &bytes).unwrap();
        }
        secret(Algorithm::HS256, br#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZpt","e":"AQAB"}"#).unwrap_err();
    }
}
