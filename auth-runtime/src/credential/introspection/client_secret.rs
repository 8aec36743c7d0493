//! The secret with which the service authenticates itself: [`ClientSecret`].

use crate::base::ConfigError;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 16 * 1024;

/// Holds the secret of an OAuth 2.0 client (RFC 6749 section 2.3.1).
///
/// Its `Debug` does not show it.
///
/// ```
/// use auth_runtime::credentials::ClientSecret;
///
/// let secret = ClientSecret::new("hunter2")?;
/// assert!(!format!("{secret:?}").contains("hunter2"));
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ClientSecret(Source);

#[derive(Clone)]
enum Source {
    Text(String),
    File(PathBuf),
}

impl ClientSecret {
    /// Takes the secret as a text.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ClientSecret`], when it is empty or has a control character.
    pub fn new(secret: impl Into<String>) -> Result<Self, ConfigError> {
        let secret = secret.into();
        check(&secret).map_err(|why| refused("the text", why))?;
        Ok(Self(Source::Text(secret)))
    }

    /// Reads the secret from an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ClientSecret`], when the variable is not set, or as for [`new`](Self::new).
    pub fn from_env(name: &str) -> Result<Self, ConfigError> {
        let source = format!("the environment variable `{name}`");
        let secret = match std::env::var(name) {
            Ok(secret) => secret,
            Err(std::env::VarError::NotPresent) => return Err(refused(source, "it is not set: set it")),
            Err(std::env::VarError::NotUnicode(_)) => return Err(refused(source, "it is not UTF-8")),
        };
        check(&secret).map_err(|why| refused(source, why))?;
        Ok(Self(Source::Text(secret)))
    }

    /// Reads the secret from a file, now and before each request, so that it can be rotated.
    ///
    /// Line breaks at the end do not belong to it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ClientSecret`], when the file cannot be read, or as for [`new`](Self::new).
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, ConfigError> {
        let path = path.into();
        read(&path).map_err(|why| refused(format!("the file `{}`", path.display()), why))?;
        Ok(Self(Source::File(path)))
    }

    /// The secret at this time. The error names the file, and never what it contains.
    pub(super) async fn current(&self) -> Result<String, String> {
        match &self.0 {
            Source::Text(secret) => Ok(secret.clone()),
            Source::File(path) => {
                let named = |why: String| format!("the client secret in `{}` cannot be used: {why}", path.display());
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || read(&path)).await;
                read.unwrap_or_else(|_| Err("reading it panicked".to_owned())).map_err(named)
            }
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let mut secret = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES + 1).read_to_string(&mut secret).map_err(|error| error.to_string())?;
    secret.truncate(secret.trim_end_matches(['\r', '\n']).len());
    check(&secret)?;
    Ok(secret)
}

fn check(secret: &str) -> Result<(), &'static str> {
    if secret.is_empty() {
        return Err("it is empty: set it");
    }
    if secret.len() as u64 > MAX_BYTES {
        return Err("it is longer than 16 KiB");
    }
    // RFC 6749 appendix A.2: a secret has visible characters only.
    if secret.chars().any(char::is_control) {
        return Err("it has a control character: write one line");
    }
    Ok(())
}

fn refused(source: impl Into<String>, why: impl Into<String>) -> ConfigError {
    ConfigError::ClientSecret { source_name: source.into(), why: why.into() }
}

/// Without the secret.
impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Text(_) => f.write_str("ClientSecret"),
            Source::File(path) => f.debug_tuple("ClientSecret").field(path).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClientSecret;
    use test_support::LIMIT;
    use tokio::time::timeout;

    async fn current(secret: &ClientSecret) -> Result<String, String> {
        timeout(LIMIT, secret.current()).await.expect("a file is read in time")
    }

    #[test]
    fn an_unusable_secret_is_an_error_without_it() {
        for bad in ["", "hunter2\nhunter2", "hunter2\0", &"hunter2".repeat(3000)] {
            let error = ClientSecret::new(bad).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = ClientSecret::from_env("AUTH_NO_SUCH_VARIABLE").unwrap_err().to_string();
        assert!(error.contains("`AUTH_NO_SUCH_VARIABLE`") && error.contains("set it"), "{error}");
        let error = ClientSecret::from_file("/no/such/file").unwrap_err().to_string();
        assert!(error.contains("`/no/such/file`"), "{error}");
    }

    #[tokio::test]
    async fn a_file_is_read_before_each_request() {
        let path = std::env::temp_dir().join(format!("auth-client-secret-{}", std::process::id()));
        std::fs::write(&path, "first\r\n").unwrap();
        let secret = ClientSecret::from_file(&path).unwrap();
        assert_eq!(current(&secret).await.unwrap(), "first");
        std::fs::write(&path, "second").unwrap();
        assert_eq!(current(&secret).await.unwrap(), "second");
        std::fs::remove_file(&path).unwrap();
        let error = current(&secret).await.unwrap_err();
        assert!(error.contains(&*path.to_string_lossy()) && !error.contains("second"), "{error}");
    }
}
