//! A secret that the service shares with a sender: [`SigningSecret`].

use crate::base::ConfigError;
use std::fmt;
use std::path::{Path, PathBuf};

/// The longest file of a secret, in bytes.
const MOST: usize = 4096;

/// Holds a secret that the service shares with a sender.
///
/// The text is that which the sender shows: `whsec_..` for Standard Webhooks and Stripe. A secret
/// that is empty, shorter than 16 bytes, a placeholder or a repetition is refused when
/// [`Signatures`](crate::signatures::Signatures) is built. `openssl rand -hex 32` makes a good one.
///
/// ```
/// use auth_runtime::signatures::SigningSecret;
///
/// let missing = SigningSecret::from_env("A_VARIABLE_THAT_IS_NOT_SET").unwrap_err();
/// assert!(missing.to_string().contains("A_VARIABLE_THAT_IS_NOT_SET"));
/// ```
pub struct SigningSecret {
    pub(super) bytes: Vec<u8>,
    pub(super) source: SecretSource,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SecretSource {
    InProgram,
    Environment(String),
    InFile(PathBuf),
}

impl SigningSecret {
    /// Takes the bytes of a secret.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), source: SecretSource::InProgram }
    }

    /// Reads a secret from an environment variable, without spaces and line ends around it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SigningSecret`], when the variable is not set or is not UTF-8.
    pub fn from_env(name: &str) -> Result<Self, ConfigError> {
        let source = SecretSource::Environment(name.to_owned());
        match std::env::var(name) {
            Ok(text) => Ok(Self { bytes: text.trim().as_bytes().to_vec(), source }),
            Err(std::env::VarError::NotPresent) => Err(source.refused("it is not set: set it to the sender's secret")),
            Err(std::env::VarError::NotUnicode(_)) => Err(source.refused("it is not UTF-8: set it to text")),
        }
    }

    /// Reads a secret from a file, without spaces and line ends around it.
    ///
    /// The file is read again once a second, so a new secret needs no restart. While the file
    /// cannot be read or has a bad secret, the last good one stays in use.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SigningSecret`], when the file cannot be read or is longer than 4096 bytes.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let source = SecretSource::InFile(path.as_ref().to_owned());
        let bytes = read(path.as_ref()).map_err(|why| source.refused(&why))?;
        Ok(Self { bytes, source })
    }
}

/// Reads the secret of a file. The error names neither the file nor its content.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > MOST {
        return Err(format!("the file is longer than {MOST} bytes: write the secret only"));
    }
    Ok(bytes.trim_ascii().to_vec())
}

impl SecretSource {
    pub(super) fn refused(&self, why: &str) -> ConfigError {
        ConfigError::SigningSecret { origin: self.to_string(), why: why.to_owned() }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InProgram => f.write_str("set by the program"),
            Self::Environment(name) => write!(f, "environment variable `{name}`"),
            Self::InFile(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

/// Without the secret.
impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningSecret").field("source", &self.source).finish_non_exhaustive()
    }
}
