//! The options of keys that are fetched.

use super::freshness::Freshness;
use crate::base::{Algorithm, ConfigError, PlainHttp};
use std::path::PathBuf;
use std::time::Duration;

pub(super) struct Options {
    pub(super) algorithm: Option<Algorithm>,
    pub(super) freshness: Freshness,
    pub(super) cooldown: Duration,
    pub(super) max_age: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) max_bytes: usize,
    pub(super) root_certificates: Vec<Vec<u8>>,
    pub(super) root_certificate_files: Vec<PathBuf>,
    pub(super) bearer_token_file: Option<PathBuf>,
    pub(super) plain_http: PlainHttp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            algorithm: None,
            freshness: Freshness::default(),
            cooldown: Duration::from_secs(10),
            max_age: Duration::from_secs(60 * 60),
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(3),
            max_bytes: 512 * 1024,
            root_certificates: Vec::new(),
            root_certificate_files: Vec::new(),
            bearer_token_file: None,
            plain_http: PlainHttp::default(),
        }
    }
}

impl Options {
    /// Checks the bounds.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.freshness.least.is_zero() || self.freshness.least > self.freshness.most {
            return bounds("refresh_between", "use more than zero, and a `least` of at most `most`");
        }
        if self.freshness.most > Duration::from_secs(24 * 60 * 60) {
            return bounds("refresh_between", "use at most a day, because a removed key stays in use that long");
        }
        if self.cooldown.is_zero() || self.cooldown > Duration::from_secs(60 * 60) {
            return bounds(
                "cooldown",
                "use more than zero and at most an hour, because tokens with an unknown `kid` cause a refresh",
            );
        }
        if self.max_age < self.freshness.most || self.max_age > Duration::from_secs(24 * 7 * 60 * 60) {
            return bounds("max_age", "use at least the longest refresh interval, and at most a week");
        }
        if self.timeout.is_zero() || self.timeout > Duration::from_secs(60) || self.connect_timeout.is_zero() {
            return bounds("timeout", "use more than zero and at most a minute");
        }
        if !(256..=16 * 1024 * 1024).contains(&self.max_bytes) {
            return bounds("max_bytes", "use 256 bytes to 16 MiB");
        }
        Ok(())
    }

    /// The certificate authorities to trust, as PEM.
    pub(super) fn certificates(&self) -> Result<Vec<Vec<u8>>, ConfigError> {
        let files = self.root_certificate_files.iter().map(|path| {
            let refused =
                |error: std::io::Error| ConfigError::RootCertificate(format!("`{}`: {error}", path.display()));
            std::fs::read(path).map_err(refused)
        });
        let files: Vec<_> = files.collect::<Result<_, _>>()?;
        Ok([&*self.root_certificates, &*files].concat())
    }
}
