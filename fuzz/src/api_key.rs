//! A fixed API key, and a reader of keys that follows auth-runtime/manual/api-keys.md.

use auth_runtime::api_keys::{ApiKeyRecord, ApiKeys, MemoryApiKeys, SecretHash};
use auth_runtime::credentials::Carrier;
use aws_lc_rs::digest::{SHA256, digest};
use std::sync::LazyLock;

/// The issuer of the keys.
pub const KEY_ISSUER: &str = "https://orders.example.com/keys";
/// The owner of the key.
pub const OWNER: &str = "customer-7";
/// The prefix of the accepted keys.
pub const PREFIX: &str = "acme_live";
/// The id of the key.
pub const ID: &str = "0123456789abcdeF";
/// The header that has keys, beside `Authorization`.
pub const KEY_HEADER: &str = "x-api-key";

const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The good key. A fuzzer cannot know others.
pub static GOOD_KEY: LazyLock<String> = LazyLock::new(|| with_checksum(&format!("{PREFIX}_{ID}_{SECRET}")));

/// Accepts the good key in `Authorization: Bearer` and in [`KEY_HEADER`].
pub fn api_keys() -> ApiKeys {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, SECRET.as_bytes()).as_ref());
    let store = MemoryApiKeys::new();
    store.insert(ApiKeyRecord::new(ID, SecretHash::from_bytes(hash), OWNER));
    ApiKeys::of(KEY_ISSUER, PREFIX, store).carriers([Carrier::bearer(), Carrier::header(KEY_HEADER)])
}

/// Adds the checksum: the first 32 bits of the SHA-256, in six digits of base 62.
pub fn with_checksum(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let mut number = hash.as_ref()[..4].iter().fold(0_usize, |number, byte| number * 256 + usize::from(*byte));
    let mut checksum = [0; 6];
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[number % 62];
        number /= 62;
    }
    format!("{text}_{}", String::from_utf8_lossy(&checksum))
}

/// Whether a text has the form `prefix_id_secret_checksum`, whatever the checksum is.
pub fn has_key_form(text: &str) -> bool {
    let parts: Vec<&str> = text.split('_').collect();
    let lengths: Vec<usize> = parts.iter().rev().take(3).map(|part| part.len()).collect();
    let plain = parts.iter().rev().take(3).all(|part| part.bytes().all(|byte| DIGITS.contains(&byte)));
    parts.len() >= 4 && lengths == [6, 43, 16] && plain && text.len() <= 100
}

/// What a text is, as an API key.
#[derive(Debug, PartialEq, Eq)]
pub enum Read<'a> {
    /// Not a key, or a key with a wrong checksum.
    Malformed,
    /// A key with this prefix and this id.
    Key(&'a str, &'a str),
}

/// Reads a key.
pub fn read(text: &str) -> Read<'_> {
    match text.rsplit_once('_') {
        Some((checked, _)) if has_key_form(text) && with_checksum(checked) == text => {
            let (start, _) = checked.rsplit_once('_').expect("a secret");
            let (prefix, id) = start.rsplit_once('_').expect("an id");
            Read::Key(prefix, id)
        }
        _ => Read::Malformed,
    }
}
