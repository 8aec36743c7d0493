//! The claims of an access token, for services that need no type of their own.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The registered claims of RFC 7519 section 4.1 and RFC 9068 section 2.2, and the rest as JSON.
///
/// On its own this is data, not a proof: anybody may make one. Only inside [`Authenticated`](crate::Authenticated) has
/// it been verified.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// Who issued the token.
    pub iss: String,
    /// Who the token speaks for. Unique only together with `iss`.
    pub sub: String,
    /// Whom the token is for; it contains the verifier's audience.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// When it expires, in seconds since 1970 (fractions dropped).
    #[serde(deserialize_with = "seconds")]
    pub exp: u64,
    /// From when on it is valid, in seconds since 1970 (fractions dropped).
    #[serde(default, deserialize_with = "optional_seconds")]
    pub nbf: Option<u64>,
    /// When it was issued, in seconds since 1970 (fractions dropped).
    #[serde(default, deserialize_with = "optional_seconds")]
    pub iat: Option<u64>,
    /// The token's own id.
    #[serde(default)]
    pub jti: Option<String>,
    /// The OAuth client that asked for the token.
    #[serde(default)]
    pub client_id: Option<String>,
    /// What the token is good for: words with spaces between them; see [`scopes`](Self::scopes).
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub scope: Option<String>,
    /// Every other claim.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Claims {
    /// The words of `scope`, and of `scp`, which some providers have instead.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scope = self.scope.as_deref().unwrap_or_default().split(' ').filter(|word| !word.is_empty());
        scope.chain(crate::permission::claim::scopes(&self.other))
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumericDate {
    Whole(u64),
    Fraction(f64),
}

impl NumericDate {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and the fraction is what shall go"
    )]
    fn seconds(&self) -> u64 {
        match self {
            Self::Whole(seconds) => *seconds,
            Self::Fraction(seconds) => *seconds as u64,
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    NumericDate::deserialize(deserializer).map(|date| date.seconds())
}

fn optional_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    NumericDate::deserialize(deserializer).map(|date| Some(date.seconds()))
}

/// A `scope` of another type grants nothing; it does not spoil the token.
fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}
