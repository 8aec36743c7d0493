//! The keys that signatures are verified with.

use super::SigningSecret;
use super::scheme::SecretForm;
use super::secret::SecretSource;
use crate::base::ConfigError;
use crate::credential::secret_strength;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The shortest secret, in bytes.
const LEAST: usize = 16;

/// Makes the key of a MAC from the secret that a sender shows.
///
/// P6: a weak secret is refused at start. An attacker who can guess it can sign any request.
pub(super) fn mac_key(form: SecretForm, secret: &SigningSecret) -> Result<hmac::Key, ConfigError> {
    mac_key_of(form, &secret.bytes).map_err(|why| secret.source.refused(why))
}

pub(super) fn mac_key_of(form: SecretForm, text: &[u8]) -> Result<hmac::Key, &'static str> {
    let decoded;
    let bytes = match form {
        SecretForm::Verbatim => text,
        SecretForm::Whsec => {
            decoded = whsec(text)?;
            &decoded
        }
    };
    if bytes.is_empty() {
        return Err("it is empty: copy the sender's secret");
    }
    if bytes.len() < LEAST {
        return Err("it is shorter than 16 bytes: create one with `openssl rand -hex 32`");
    }
    // Senders show their secrets as text, and a placeholder is one before it is decoded.
    for bytes in [text, bytes] {
        secret_strength::check(bytes).map_err(|weak| weak.of_a_sender())?;
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, bytes))
}

fn whsec(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let encoded = text.strip_prefix(b"whsec_").ok_or("it does not start with `whsec_`: copy the sender's secret")?;
    STANDARD.decode(encoded).map_err(|_| "the text behind `whsec_` is not base64: copy the sender's secret")
}

/// A key of a MAC, and where it was read.
pub(super) struct MacKey {
    pub(super) key: hmac::Key,
    pub(super) source: SecretSource,
}
