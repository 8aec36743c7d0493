//! Encrypted tokens (RFC 7516), made with a public key, as any client can.

use super::{PublicKey, base64url};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// The content encryption of each token (RFC 7518 section 5.3).
const ENC: &str = "A256GCM";

/// How the recipient gets the key of the content (RFC 7518 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyManagement {
    RsaOaep,
    RsaOaep256,
    EcdhEs,
}

impl KeyManagement {
    pub(crate) const ALL: [Self; 3] = [Self::RsaOaep, Self::RsaOaep256, Self::EcdhEs];

    /// Its name in `alg`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
        }
    }
}

impl PublicKey {
    /// Encrypts a text to this key; `None` where the key is of another kind.
    pub(crate) fn encrypt(&self, management: KeyManagement, text: &str) -> Option<String> {
        let mut header = Map::new();
        header.insert("alg".to_owned(), management.name().into());
        header.insert("enc".to_owned(), ENC.into());
        header.insert("cty".to_owned(), "JWT".into());
        if let Some(kid) = self.jwk.get("kid") {
            header.insert("kid".to_owned(), kid.clone());
        }
        let (key, wrapped) = match management {
            KeyManagement::RsaOaep | KeyManagement::RsaOaep256 => self.wrapped_by_rsa(management)?,
            KeyManagement::EcdhEs => self.agreed(&mut header)?,
        };
        let protected = base64url(Value::Object(header).to_string());
        let mut nonce = [0; NONCE_LEN];
        fill(&mut nonce).ok()?;
        let mut sealed = text.as_bytes().to_vec();
        let tag = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(protected.as_bytes()),
                &mut sealed,
            )
            .ok()?;
        let segments = [base64url(wrapped), base64url(nonce), base64url(sealed), base64url(tag)];
        Some(format!("{protected}.{}", segments.join(".")))
    }

    fn member(&self, name: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(self.jwk[name].as_str()?).ok()
    }

    /// RFC 7518 section 4.3: a random key, encrypted with RSA.
    fn wrapped_by_rsa(&self, management: KeyManagement) -> Option<(Vec<u8>, Vec<u8>)> {
        let components = PublicKeyComponents { n: self.member("n")?, e: self.member("e")? };
        let public: PublicEncryptingKey = components.try_into().ok()?;
        let public = OaepPublicEncryptingKey::new(public).ok()?;
        let hash = if management == KeyManagement::RsaOaep { &OAEP_SHA1_MGF1SHA1 } else { &OAEP_SHA256_MGF1SHA256 };
        let mut key = vec![0; 32];
        fill(&mut key).ok()?;
        let mut wrapped = vec![0; public.ciphertext_size()];
        let length = public.encrypt(hash, &key, &mut wrapped, None).ok()?.len();
        wrapped.truncate(length);
        Some((key, wrapped))
    }

    /// RFC 7518 section 4.6: the key follows from an ephemeral key, which the header has.
    fn agreed(&self, header: &mut Map<String, Value>) -> Option<(Vec<u8>, Vec<u8>)> {
        if self.jwk["crv"] != "P-256" {
            return None;
        }
        let point = [vec![4], self.member("x")?, self.member("y")?].concat();
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
        let public = own.compute_public_key().ok()?;
        let (x, y) = public.as_ref().get(1..)?.split_at_checked(32)?;
        header.insert("epk".to_owned(), json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}));
        let key = agree_ephemeral(own, UnparsedPublicKey::new(&ECDH_P256, point), Unspecified, |secret| {
            Ok(derived(secret, ENC, [""; 2], 256))
        });
        Some((key.ok()?, Vec::new()))
    }
}

/// Concat KDF with SHA-256, one round (RFC 7518 section 4.6.2).
fn derived(secret: &[u8], enc: &str, [apu, apv]: [&str; 2], bits: u32) -> Vec<u8> {
    let length = |text: &str| u32::try_from(text.len()).unwrap_or_default().to_be_bytes();
    let mut input = vec![0, 0, 0, 1];
    input.extend(secret);
    for text in [enc, apu, apv] {
        input.extend(length(text));
        input.extend(text.as_bytes());
    }
    input.extend(bits.to_be_bytes());
    let mut key = digest(&SHA256, &input).as_ref().to_vec();
    key.truncate(bits as usize / 8);
    key
}

#[cfg(test)]
mod tests {
    use super::derived;
    use crate::issuer::base64url;

    /// The example of RFC 7518 appendix C.
    #[test]
    fn a_key_is_derived_as_in_the_example_of_the_rfc() {
        let secret = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128,
            106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        assert_eq!(base64url(derived(&secret, "A128GCM", ["Alice", "Bob"], 128)), "VqqN6vgjbSBcIijNcacQGg");
    }
}
