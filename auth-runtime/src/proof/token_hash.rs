//! Distinguishes refused credentials in events, without telling them: [`token_hash`].

use aws_lc_rs::{digest, rand};
use std::sync::OnceLock;

/// The salt of this process. It is never written anywhere.
static SALT: OnceLock<Option<[u8; 32]>> = OnceLock::new();

/// Hashes a credential for its event. `None` if the system has no random numbers.
///
/// P7: with a salt that only this process knows, a hash cannot be compared with those of guessed
/// credentials, not even of short ones. It is truncated, so that it identifies no credential
/// elsewhere.
pub(super) fn token_hash(credential: &[u8]) -> Option<u64> {
    /// An unauthenticated client must not choose how much is hashed.
    const MOST: usize = 16 * 1024;
    let salt = SALT.get_or_init(|| {
        let mut salt = [0; 32];
        rand::fill(&mut salt).ok().map(|()| salt)
    });
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(salt.as_ref()?);
    context.update(&credential.len().to_le_bytes());
    context.update(&credential[..credential.len().min(MOST)]);
    context.finish().as_ref().first_chunk().copied().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::token_hash;

    #[test]
    fn a_hash_is_the_same_for_the_same_credential_and_salted() {
        let hash = token_hash(b"a token").unwrap();
        assert_eq!(token_hash(b"a token"), Some(hash));
        assert_ne!(token_hash(b"another token"), Some(hash));
        let unsalted =
            super::digest::digest(&super::digest::SHA256, &[&7_usize.to_le_bytes()[..], b"a token"].concat());
        assert_ne!(unsalted.as_ref().first_chunk().copied().map(u64::from_be_bytes), Some(hash));
    }
}
