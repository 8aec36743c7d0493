//! JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037).

use super::{VerifyingKey, strength};
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::token::json::{Document, Json, Object};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A JWK that was read strictly, so that it has exactly one meaning.
pub(super) struct Jwk<'a>(Object<'a>);

/// The purpose of a JWK.
pub(super) enum Purpose {
    Signatures,
    /// For encryption, or of an unsupported kind. RFC 7517 section 5: readers of a set ignore it.
    Other(&'static str),
}

/// Reads a JWK that is not part of a set.
pub(super) fn document(json: &str) -> Result<Document, ConfigError> {
    Document::parse(without_mark(json)).map_err(|_| ConfigError::Jwk("not a JSON object without duplicate members"))
}

/// Skips a UTF-8 byte order mark, which editors write into files (RFC 8259 section 8.1).
pub(super) fn without_mark(json: &str) -> &str {
    json.strip_prefix('\u{feff}').unwrap_or(json)
}

impl<'a> Jwk<'a> {
    pub(super) fn new(members: Object<'a>) -> Self {
        Self(members)
    }

    pub(super) fn purpose(&self) -> Result<Purpose, ConfigError> {
        // SPIFFE has a word of its own for the keys of its JWTs (SPIFFE Trust Domain and Bundle,
        // section 4.2.2).
        if let Some(use_) = self.optional("use")?
            && !["sig", "jwt-svid"].contains(&use_)
        {
            return Ok(Purpose::Other("`use` is not `sig`"));
        }
        match self.0.get("key_ops") {
            None => {}
            Some(Json::Array(ops)) if ops.elements().any(|op| op.text() == Some("verify")) => {}
            Some(Json::Array(_)) => return Ok(Purpose::Other("`key_ops` does not contain `verify`")),
            Some(_) => return Err(ConfigError::Jwk("`key_ops` is not an array")),
        }
        if let Some(alg) = self.optional("alg")?
            && Algorithm::from_name(alg).is_none()
        {
            return Ok(Purpose::Other("`alg` is not supported"));
        }
        Ok(match (self.required("kty")?, self.optional("crv")?) {
            ("RSA" | "oct", _) | ("EC", Some("P-256" | "P-384")) | ("OKP", Some("Ed25519")) => Purpose::Signatures,
            _ => Purpose::Other("`kty` and `crv` are not supported"),
        })
    }

    /// P6: the key and the configuration determine the algorithm, never the token (CVE-2026-22817).
    pub(super) fn key(&self, configured: Option<Algorithm>) -> Result<VerifyingKey, ConfigError> {
        if let Purpose::Other(why) = self.purpose()? {
            return Err(ConfigError::Jwk(why));
        }
        // RFC 7518 sections 6.2.2 and 6.3.2.
        if ["d", "p", "q", "dp", "dq", "qi", "oth"].iter().any(|private| self.0.contains(private)) {
            return Err(ConfigError::Jwk("it is a private key: configure the public key only"));
        }
        let algorithm = self.algorithm(configured)?;
        let key = match (self.required("kty")?, algorithm) {
            ("oct", Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) => {
                VerifyingKey::from_secret(algorithm, &self.bytes("k")?)
            }
            (
                "RSA",
                Algorithm::RS256
                | Algorithm::RS384
                | Algorithm::RS512
                | Algorithm::PS256
                | Algorithm::PS384
                | Algorithm::PS512,
            ) => self.rsa(algorithm),
            ("EC", Algorithm::ES256) => self.ec(algorithm, "P-256", 32),
            ("EC", Algorithm::ES384) => self.ec(algorithm, "P-384", 48),
            ("OKP", Algorithm::Ed25519) => match self.bytes("x")? {
                x if x.len() == 32 => VerifyingKey::from_der(algorithm, &x),
                _ => Err(ConfigError::key(algorithm, "an Ed25519 public key has 32 bytes")),
            },
            _ => Err(ConfigError::Jwk("`alg` does not match `kty`")),
        }?;
        // A value of another type is not an issuer, so the key is for none.
        let issuer = self.0.get("issuer").map(|issuer| issuer.text().unwrap_or_default().into());
        let key = VerifyingKey { issuer, ..key };
        Ok(match self.optional("kid")? {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    }

    /// The algorithm that the key determines, by its `alg` or its curve.
    ///
    /// Each curve has one algorithm (RFC 7518 section 3.4, RFC 8037 section 3.1). RSA keys and
    /// shared secrets without `alg` have several.
    pub(super) fn own_algorithm(&self) -> Result<Option<Algorithm>, ConfigError> {
        if let Some(alg) = self.optional("alg")? {
            return Ok(Algorithm::from_name(alg));
        }
        Ok(match self.optional("crv")? {
            Some("P-256") => Some(Algorithm::ES256),
            Some("P-384") => Some(Algorithm::ES384),
            Some("Ed25519") => Some(Algorithm::Ed25519),
            _ => None,
        })
    }

    fn algorithm(&self, configured: Option<Algorithm>) -> Result<Algorithm, ConfigError> {
        match (self.own_algorithm()?, configured) {
            (Some(own), Some(configured)) if own != configured => {
                Err(ConfigError::key(configured, "the JWK is for another algorithm"))
            }
            (Some(algorithm), _) | (None, Some(algorithm)) => Ok(algorithm),
            (None, None) => Err(match self.required("kty")? {
                "oct" => ConfigError::JwkWithoutAlgorithm { kty: "oct", example: "HS256" },
                _ => ConfigError::JwkWithoutAlgorithm { kty: "RSA", example: "RS256" },
            }),
        }
    }

    fn rsa(&self, algorithm: Algorithm) -> Result<VerifyingKey, ConfigError> {
        // RFC 7518 section 6.3.1.1 warns of implementations that prefix a zero byte. The number is
        // the same.
        let (n, e) = (without_zeros(&self.bytes("n")?), without_zeros(&self.bytes("e")?));
        strength::rsa_components(algorithm, &n, &e)?;
        let der: PublicKeyX509Der<'_> = RsaPublicKeyComponents { n, e }
            .as_der()
            .map_err(|_| ConfigError::key(algorithm, "not an RSA public key"))?;
        VerifyingKey::from_der(algorithm, der.as_ref())
    }

    /// Reads an EC key, whose coordinates have the full length of the field (RFC 7518 section
    /// 6.2.1.2).
    ///
    /// Some issuers omit leading zero bytes. The number is the same, so it is padded.
    fn ec(&self, algorithm: Algorithm, curve: &'static str, field: usize) -> Result<VerifyingKey, ConfigError> {
        if self.required("crv")? != curve {
            return Err(ConfigError::key(algorithm, "`crv` is not the curve of this algorithm"));
        }
        let (x, y) = (self.bytes("x")?, self.bytes("y")?);
        let [Some(x), Some(y)] = [x, y].map(|coordinate| padded(coordinate, field)) else {
            return Err(ConfigError::key(algorithm, "`x` and `y` must have the length of the curve's field"));
        };
        // SEC 1 section 2.3.3: an uncompressed point. Parsing checks that it is on the curve.
        VerifyingKey::from_der(algorithm, &[&[0x04], x.as_slice(), y.as_slice()].concat())
    }

    /// Describes what is not as the RFC requires, for a key that is used anyway.
    pub(super) fn deviation(&self) -> Option<&'static str> {
        let field = match self.optional("crv") {
            Ok(Some("P-256")) => 32,
            Ok(Some("P-384")) => 48,
            _ => return None,
        };
        let is_short = |name| self.bytes(name).is_ok_and(|coordinate| coordinate.len() < field);
        (is_short("x") || is_short("y"))
            .then_some("`x` or `y` lacks its leading zero bytes (RFC 7518 section 6.2.1.2): it was padded")
    }

    /// The `kid`, for messages.
    pub(super) fn kid(&self) -> Option<&'a str> {
        self.optional("kid").ok().flatten()
    }

    fn required(&self, name: &'static str) -> Result<&'a str, ConfigError> {
        self.optional(name)?.ok_or(ConfigError::JwkMember(name))
    }

    fn optional(&self, name: &'static str) -> Result<Option<&'a str>, ConfigError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(ConfigError::JwkMember(name)),
        }
    }

    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, ConfigError> {
        URL_SAFE_NO_PAD.decode(self.required(name)?).map_err(|_| ConfigError::JwkMember(name))
    }
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().skip_while(|byte| **byte == 0).copied().collect()
}

/// Pads a number with leading zero bytes, unless it is empty or longer.
fn padded(mut number: Vec<u8>, length: usize) -> Option<Vec<u8>> {
    if number.is_empty() || number.len() > length {
        return None;
    }
    number.splice(0..0, std::iter::repeat_n(0, length - number.len()));
    Some(number)
}
