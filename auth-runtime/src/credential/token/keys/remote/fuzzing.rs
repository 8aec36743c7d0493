//! What reads an issuer's answers, for the fuzz targets: there is no other way to it than a network. It tells what was
//! read, and hands out nothing that could verify a token.

use super::discovery;
use super::freshness::Freshness;
use super::published::Published;
use crate::base::Algorithm;
use crate::base::ConfigError;
use http::HeaderMap;
use std::sync::Arc;
use std::time::Duration;

/// A set of keys, as it would be used.
#[derive(Debug)]
pub struct Keys {
    /// The name and the algorithm of each.
    pub keys: Vec<(Option<Arc<str>>, Algorithm)>,
    /// How many are not used since something is wrong with them.
    pub skipped: usize,
}

/// Reads a set of keys.
///
/// # Errors
///
/// When there is no usable key in it.
pub fn published(json: &[u8]) -> Result<Keys, ConfigError> {
    let Published { keys, skipped } = Published::parse(json, None)?;
    if keys.is_empty() {
        return Err(ConfigError::NoKeys);
    }
    let keys = keys.all().map(|key| (key.kid.clone(), key.algorithm)).collect();
    Ok(Keys { keys, skipped: skipped.len() })
}

/// Where the keys of this issuer are, if its document may say so.
#[must_use]
pub fn jwks_uri(document: &[u8], issuer: &str) -> Option<String> {
    let base = discovery::checked(issuer).ok()?;
    discovery::jwks_uri(document, issuer, &base).map(|url| url.as_str().to_owned()).ok()
}

/// How long an answer with these headers is fresh.
#[must_use]
pub fn fresh_for(headers: &HeaderMap) -> Duration {
    Freshness::default().of(headers)
}
