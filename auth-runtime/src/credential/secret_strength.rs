//! Recognises shared secrets that can be guessed.

/// Placeholders from configurations and examples. Longer ones come first, because they contain
/// shorter ones.
const PLACEHOLDERS: [&str; 12] = [
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "change-me",
    "change_me",
    "changeme",
    "password",
    "secret",
    "todo",
    "test",
];

/// Why a secret can be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WeakSecret {
    Repetition,
    FilledUp,
    KnownPlaceholder,
}

impl WeakSecret {
    pub(super) fn of_a_key(self) -> &'static str {
        match self {
            Self::Repetition => "the secret repeats itself: create one with `openssl rand -hex 64`",
            Self::FilledUp => {
                "the secret is a short one, filled up with equal bytes: create one with `openssl rand -hex 64`"
            }
            Self::KnownPlaceholder => "the secret is a placeholder: create one with `openssl rand -hex 64`",
        }
    }

    pub(super) fn of_a_sender(self) -> &'static str {
        match self {
            Self::Repetition => "it repeats itself: create one with `openssl rand -hex 32`",
            Self::FilledUp => "it is a short one, filled up with equal bytes: create one with `openssl rand -hex 32`",
            Self::KnownPlaceholder => "it is a placeholder: create one with `openssl rand -hex 32`",
        }
    }
}

/// So many equal bytes in a row do not occur in a random secret, not even in hexadecimal digits.
const FILLER: usize = 8;

/// Checks that a secret is neither a placeholder nor a repetition, and as long as it looks.
pub(super) fn check(secret: &[u8]) -> Result<(), WeakSecret> {
    // A repeated unit is a padded placeholder or a zeroed buffer.
    if (1..=secret.len() / 2).any(|unit| secret.chunks(unit).all(|chunk| secret.starts_with(chunk))) {
        return Err(WeakSecret::Repetition);
    }
    // A short secret in a zeroed buffer has the length that is asked for, and is as weak as before:
    // HMAC fills up with zero bytes itself (RFC 2104 section 2).
    if secret.windows(FILLER).any(|run| run.iter().all(|byte| *byte == run[0])) {
        return Err(WeakSecret::FilledUp);
    }
    let text = String::from_utf8_lossy(secret).to_ascii_lowercase();
    let rest = PLACEHOLDERS.iter().fold(text.clone(), |text, placeholder| text.replace(placeholder, ""));
    if rest.trim().len() * 2 < text.len() {
        return Err(WeakSecret::KnownPlaceholder);
    }
    Ok(())
}
