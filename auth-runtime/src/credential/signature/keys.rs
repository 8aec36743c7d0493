//! The keys that signatures are verified with.

use super::SigningSecret;
use super::scheme::SecretForm;
use super::secret::SecretSource;
use crate::base::{Algorithm, ConfigError};
use crate::credential::secret_strength;
use crate::credential::token::keys::VerifyingKey;
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The shortest secret, in bytes. Standard Webhooks recommends 24 to 64, GitHub a random text.
const LEAST: usize = 16;

/// The key of a MAC, which a file may replace.
pub(super) struct MacKey {
    pub(super) source: SecretSource,
    form: SecretForm,
    current: RwLock<CurrentKey>,
    /// Why the file was refused the last time, so that it is reported once.
    refused: Mutex<Option<String>>,
}

struct CurrentKey {
    key: Arc<hmac::Key>,
    /// SHA-256 of the secret's text.
    text: [u8; 32],
}

/// What reading a file again has changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadAgain {
    SameSecret,
    OtherSecret,
}

impl MacKey {
    /// P6: a weak secret is refused at start, because an attacker who guesses it can sign requests.
    pub(super) fn new(form: SecretForm, secret: SigningSecret) -> Result<Self, ConfigError> {
        let SigningSecret { bytes, source } = secret;
        let current = RwLock::new(CurrentKey::of(form, &bytes).map_err(|why| source.refused(why))?);
        Ok(Self { source, form, current, refused: Mutex::default() })
    }

    pub(super) fn current(&self) -> Arc<hmac::Key> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).key)
    }

    /// Replaces the secret, unless the new one is weak.
    pub(super) fn replace(&self, text: &[u8]) -> Result<ReadAgain, String> {
        if self.current.read().unwrap_or_else(PoisonError::into_inner).text == sha256(text) {
            return Ok(ReadAgain::SameSecret);
        }
        let new = CurrentKey::of(self.form, text)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(ReadAgain::OtherSecret)
    }

    /// Stores why the file is refused now, and returns it if it was another reason before.
    pub(super) fn news(&self, why: Option<String>) -> Option<String> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let news = why.clone().filter(|why| refused.as_ref() != Some(why));
        *refused = why;
        news
    }
}

impl CurrentKey {
    fn of(form: SecretForm, text: &[u8]) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err("it is empty: copy the sender's secret");
        }
        let decoded;
        let bytes = match form {
            SecretForm::Verbatim => text,
            SecretForm::Whsec => {
                decoded = whsec(text)?;
                &decoded
            }
        };
        if bytes.len() < LEAST {
            return Err("it is shorter than 16 bytes: create one with `openssl rand -hex 32`");
        }
        // Also as text, because a placeholder is one before it is decoded.
        for bytes in [text, bytes] {
            secret_strength::check(bytes).map_err(secret_strength::WeakSecret::of_a_sender)?;
        }
        Ok(Self { key: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, bytes)), text: sha256(text) })
    }
}

fn whsec(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let encoded = text.strip_prefix(b"whsec_").ok_or("it does not start with `whsec_`: copy the sender's secret")?;
    STANDARD.decode(encoded).map_err(|_| "the text behind `whsec_` is not base64: copy the sender's secret")
}

fn sha256(text: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text).as_ref());
    hash
}

/// Reads an Ed25519 public key as Standard Webhooks writes it: `whpk_` and base64.
pub(super) fn whpk(text: &str) -> Result<VerifyingKey, ConfigError> {
    let refused = |why| ConfigError::key(Algorithm::Ed25519, why);
    let encoded = text
        .strip_prefix("whpk_")
        .ok_or_else(|| refused("it does not start with `whpk_`: copy the sender's public key"))?;
    let raw = STANDARD
        .decode(encoded)
        .map_err(|_| refused("the text behind `whpk_` is not base64: copy the sender's public key"))?;
    // The DER of a key would be accepted too, and no sender writes it.
    if raw.len() != 32 {
        return Err(refused("an Ed25519 public key has 32 bytes: copy the sender's public key"));
    }
    VerifyingKey::from_der(Algorithm::Ed25519, &raw)
}
