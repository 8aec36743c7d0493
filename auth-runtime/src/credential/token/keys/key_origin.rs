//! Reads keys from the environment and from files, so that the source code has no secret.

use crate::base::ConfigError;
use std::env::VarError;
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The longest file of a key, in bytes. An RSA key of 8192 bits has some seven thousand.
const MOST: u64 = 32 * 1024;

/// Reads a key from an environment variable, without spaces and line ends around it.
pub(in crate::credential::token) fn from_env<K>(
    name: &str,
    key: impl FnOnce(&[u8]) -> Result<K, ConfigError>,
) -> Result<K, ConfigError> {
    let origin = || format!("environment variable `{name}`");
    let text = std::env::var(name).map_err(|error| match error {
        VarError::NotPresent => refused(origin(), &"it is not set: set it to the key"),
        VarError::NotUnicode(_) => refused(origin(), &"it is not UTF-8: set it to text"),
    })?;
    key(text.trim().as_bytes()).map_err(|error| refused(origin(), &error))
}

/// Reads a key from a file, without spaces and line ends around it.
pub(in crate::credential::token) fn from_file<K>(
    path: &Path,
    key: impl FnOnce(&[u8]) -> Result<K, ConfigError>,
) -> Result<K, ConfigError> {
    let origin = || format!("file `{}`", path.display());
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .map_err(|error| refused(origin(), &error))?;
    if bytes.len() as u64 > MOST {
        return Err(refused(origin(), &format_args!("it is longer than {MOST} bytes: write the key only")));
    }
    key(bytes.trim_ascii()).map_err(|error| refused(origin(), &error))
}

fn refused(origin: String, why: &dyn Display) -> ConfigError {
    ConfigError::KeyOrigin { origin, why: why.to_string() }
}
