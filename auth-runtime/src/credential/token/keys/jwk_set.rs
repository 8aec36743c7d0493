//! Reads the members of a JWK set (RFC 7517 section 5).

use super::VerifyingKey;
use super::jwk::{Jwk, Purpose};
use crate::base::{Algorithm, ConfigError};
use crate::credential::token::json::{Document, Json};

/// A member of a JWK set.
pub(super) struct Member {
    pub(super) index: usize,
    pub(super) kid: Option<String>,
    pub(super) content: Content,
}

pub(super) enum Content {
    Key {
        key: VerifyingKey,
        /// What is not as the RFC requires.
        #[cfg_attr(not(feature = "remote-keys"), expect(dead_code, reason = "for the notices of published keys"))]
        deviation: Option<&'static str>,
    },
    /// A key that is not for signatures. RFC 7517 section 5: readers of a set ignore it.
    Ignored(&'static str),
    Refused(ConfigError),
}

impl Member {
    /// Names this member in an error.
    pub(super) fn error(&self, error: ConfigError) -> ConfigError {
        ConfigError::KeyOfSet { index: self.index, kid: self.kid.clone(), error: Box::new(error) }
    }
}

/// Reads the members of a set. `algorithm` is for keys that have none.
pub(super) fn members(
    document: &Document,
    algorithm: Option<Algorithm>,
) -> Result<impl ExactSizeIterator<Item = Member>, ConfigError> {
    let Some(Json::Array(members)) = document.root().get("keys") else {
        return Err(ConfigError::JwkSet("it has no array `keys`".to_owned()));
    };
    let members: Vec<_> = members.elements().collect();
    Ok(members.into_iter().enumerate().map(move |(index, member)| {
        let Json::Object(member) = member else {
            let content = Content::Refused(ConfigError::Jwk("not a JSON object"));
            return Member { index, kid: None, content };
        };
        let jwk = Jwk::new(member);
        let content = read(&jwk, algorithm).unwrap_or_else(Content::Refused);
        Member { index, kid: jwk.kid().map(str::to_owned), content }
    }))
}

fn read(jwk: &Jwk<'_>, algorithm: Option<Algorithm>) -> Result<Content, ConfigError> {
    if let Purpose::Other(why) = jwk.purpose()? {
        return Ok(Content::Ignored(why));
    }
    // Only for a key without an algorithm, because a set may have keys of several algorithms.
    let configured = if jwk.own_algorithm()?.is_none() { algorithm } else { None };
    Ok(Content::Key { key: jwk.key(configured)?, deviation: jwk.deviation() })
}
