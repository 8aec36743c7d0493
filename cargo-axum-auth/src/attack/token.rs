//! Good tokens, from a command.

use crate::base::Problem;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// The source of good tokens, with its first error.
pub(super) struct Tokens {
    /// The option that names the command.
    option: &'static str,
    command: String,
    /// The first error, kept until the attack is over.
    failed: Arc<Mutex<Option<String>>>,
}

impl Tokens {
    /// Runs the command once, because an attack without good tokens proves nothing.
    ///
    /// # Errors
    ///
    /// When the command fails, or prints no token.
    pub(super) fn from_command(option: &'static str, command: &str) -> Result<Self, Problem> {
        token(option, command).map_err(Problem::Unfit)?;
        Ok(Self { option, command: command.to_owned(), failed: Arc::default() })
    }

    /// Makes a token for each request. On an error the token is empty, and the service rejects it.
    pub(super) fn issue(&self) -> impl Fn() -> String + Send + Sync + 'static {
        let (option, command, failed) = (self.option, self.command.clone(), Arc::clone(&self.failed));
        move || {
            token(option, &command).unwrap_or_else(|why| {
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
                String::new()
            })
        }
    }

    /// Returns the first error of the command during the attack.
    pub(super) fn all_were_there(&self) -> Result<(), Problem> {
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(why) => Err(Problem::Unfit(format!("during the attack: {why}"))),
            None => Ok(()),
        }
    }
}

/// Runs the command for one token. Its stderr is passed through. Its stdout is a secret, even if it
/// is not a token.
fn token(option: &str, command: &str) -> Result<String, String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let output = Command::new(shell).args([flag, command]).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("`{option}` cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{option}` ended with {}", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| format!("`{option}` printed bytes that are not UTF-8"))?;
    let text = text.trim();
    let token = text.strip_prefix("Bearer ").unwrap_or(text);
    // RFC 6750 section 2.1: b64token.
    let is_token =
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if is_token { Ok(token.to_owned()) } else { Err(format!("`{option}` printed no bearer token (RFC 6750)")) }
}
