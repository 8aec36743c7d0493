//! The token that opens the set-up: [`SetupToken`].

use crate::base::ConfigError;
use crate::credential::secret_strength;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The beginning of a random token, by which scanners of secrets recognise it.
pub(super) const PREFIX: &str = "setup_";

/// The shortest token of an operator, in bytes: that of `openssl rand -hex 16`.
const LEAST: usize = 32;

/// The longest file of a token, in bytes.
const MOST: usize = 4096;

/// Opens the one-time set-up of a service.
///
/// [`random`](Self::random) makes one at each start, for a service of one instance.
/// [`from_env`](Self::from_env) and [`from_file`](Self::from_file) take that of the operator, which
/// many instances share. Its `Debug` does not show it.
///
/// ```
/// use auth_runtime::setup::SetupToken;
///
/// let token = SetupToken::random()?;
/// assert!(!format!("{token:?}").contains("setup_"));
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
// P2: no `Clone` and no `Display`, so that the text leaves it in `print_token` only.
pub struct SetupToken {
    text: String,
    source: SetupTokenSource,
}

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SetupTokenSource {
    MadeAtStart,
    SetByProgram,
    EnvironmentVariable(String),
    FromFile(PathBuf),
}

/// Says that a presented token is not the one that opens the set-up.
#[derive(Debug)]
pub(super) struct OtherToken;

impl SetupToken {
    /// Makes a token of 256 random bits.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SetupToken`], when the system has no random numbers.
    pub fn random() -> Result<Self, ConfigError> {
        let source = SetupTokenSource::MadeAtStart;
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| source.refused("the system has no random numbers: start it again"))?;
        Ok(Self { text: format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)), source })
    }

    /// Takes the text of a token, for instance from a store of secrets.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_text(text: impl AsRef<str>) -> Result<Self, ConfigError> {
        Self::checked(text.as_ref(), SetupTokenSource::SetByProgram)
    }

    /// Reads the token from an environment variable, without spaces and line ends around it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SetupToken`], when the variable is not set, or its token is shorter than 32
    /// characters, a placeholder, a repetition, or not a bearer token (RFC 6750 section 2.1).
    pub fn from_env(name: &str) -> Result<Self, ConfigError> {
        let source = SetupTokenSource::EnvironmentVariable(name.to_owned());
        match std::env::var(name) {
            Ok(text) => Self::checked(text.trim(), source),
            Err(std::env::VarError::NotPresent) => {
                Err(source.refused("it is not set: create a token with `openssl rand -hex 32`"))
            }
            Err(std::env::VarError::NotUnicode(_)) => Err(source.refused("it is not UTF-8: set it to text")),
        }
    }

    /// Reads the token from a file, without spaces and line ends around it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SetupToken`], when the file cannot be read, or as for
    /// [`from_env`](Self::from_env).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let source = SetupTokenSource::FromFile(path.as_ref().to_owned());
        let text = read(path.as_ref()).map_err(|why| source.refused(why))?;
        Self::checked(text.trim(), source)
    }

    /// P6: a token that can be guessed is refused at start.
    fn checked(text: &str, source: SetupTokenSource) -> Result<Self, ConfigError> {
        let is_sendable = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if text.len() < LEAST {
            return Err(source.refused("it is shorter than 32 characters: create one with `openssl rand -hex 32`"));
        }
        if !text.bytes().all(is_sendable) {
            return Err(source.refused(
                "it has characters that no bearer token has (RFC 6750 section 2.1): create one with `openssl rand -hex 32`",
            ));
        }
        secret_strength::check(text.as_bytes()).map_err(|weak| source.refused(weak.of_a_sender()))?;
        Ok(Self { text: text.to_owned(), source })
    }

    /// Compares a presented token in a time that does not depend on where they differ.
    pub(super) fn compare(&self, presented: &str) -> Result<(), OtherToken> {
        verify_slices_are_equal(self.text.as_bytes(), presented.as_bytes()).map_err(|_| OtherToken)
    }

    /// Says where it comes from, for the posture.
    pub(super) fn described(&self) -> String {
        match &self.source {
            SetupTokenSource::MadeAtStart => "token made at start".to_owned(),
            source => format!("token in the {source}"),
        }
    }

    /// Returns the line for the operator. A token of the operator is named and not shown.
    pub(super) fn announced(&self) -> String {
        let place = match &self.source {
            SetupTokenSource::MadeAtStart => format!("`{}`", self.text),
            source => format!("the token in the {source}"),
        };
        format!("the set-up is open: send it with `Authorization: Bearer` and {place}")
    }
}

fn read(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST as u64 + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() > MOST {
        return Err(format!("the file is longer than {MOST} bytes: write the token only"));
    }
    Ok(text)
}

impl SetupTokenSource {
    fn refused(&self, why: impl Into<String>) -> ConfigError {
        ConfigError::SetupToken { origin: self.to_string(), why: why.into() }
    }
}

impl fmt::Display for SetupTokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MadeAtStart => f.write_str("made at start"),
            Self::SetByProgram => f.write_str("configuration of the program"),
            Self::EnvironmentVariable(name) => write!(f, "environment variable `{name}`"),
            Self::FromFile(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

/// Without the token.
impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupToken").field("source", &self.source).finish_non_exhaustive()
    }
}
