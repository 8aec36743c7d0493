//! Parsers of an issuer's responses, for fuzz targets.
//!
//! Otherwise they are reachable over the network only. They return nothing that could verify a
//! token.

use super::discovery;
use super::freshness::Freshness;
use super::published::Published;
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::base::http::url::Permit;
use http::HeaderMap;
use std::sync::Arc;
use std::time::Duration;

/// The keys of a set that would be used.
#[derive(Debug)]
pub struct Keys {
    /// The `kid` and the algorithm of each key.
    pub keys: Vec<(Option<Arc<str>>, Algorithm)>,
    /// The number of keys that are skipped because of an error.
    pub skipped: usize,
}

/// Reads a set of keys.
///
/// # Errors
///
/// When it has no usable key.
pub fn published(json: &[u8]) -> Result<Keys, ConfigError> {
    let Published { keys, remarks } = Published::parse(json, None)?;
    if keys.is_empty() {
        return Err(ConfigError::NoKeys);
    }
    let keys = keys.all().map(|key| (key.kid.clone(), key.algorithm)).collect();
    Ok(Keys { keys, skipped: remarks.skipped.len() })
}

/// Returns the URL of the issuer's keys, if its document is accepted.
#[must_use]
pub fn jwks_uri(document: &[u8], issuer: &str) -> Option<String> {
    let base = discovery::checked(issuer, Permit::Nothing).ok()?;
    discovery::read(document, issuer, &base, Permit::Nothing).map(|found| found.keys.as_str().to_owned()).ok()
}

/// Returns how long a response with these headers is fresh.
#[must_use]
pub fn fresh_for(headers: &HeaderMap) -> Duration {
    Freshness::default().of(headers)
}
