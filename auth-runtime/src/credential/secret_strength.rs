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
    KnownPlaceholder,
}

impl WeakSecret {
    pub(super) fn of_a_key(self) -> &'static str {
        match self {
            Self::Repetition => "the secret repeats itself: create one with `openssl rand -hex 64`",
            Self::KnownPlaceholder => "the secret is a placeholder: create one with `openssl rand -hex 64`",
        }
    }

    pub(super) fn of_a_sender(self) -> &'static str {
        match self {
            Self::Repetition => "it repeats itself: create one with `openssl rand -hex 32`",
            Self::KnownPlaceholder => "it is a placeholder: create one with `openssl rand -hex 32`",
        }
    }
}

/// Checks that a secret is neither a placeholder nor a repetition.
pub(super) fn check(secret: &[u8]) -> Result<(), WeakSecret> {
    // A repeated unit is a padded placeholder or a zeroed buffer.
    if (1..=secret.len() / 2).any(|unit| secret.chunks(unit).all(|chunk| secret.starts_with(chunk))) {
        return Err(WeakSecret::Repetition);
    }
    let text = String::from_utf8_lossy(secret).to_ascii_lowercase();
    let rest = PLACEHOLDERS.iter().fold(text.clone(), |text, placeholder| text.replace(placeholder, ""));
    if rest.trim().len() * 2 < text.len() {
        return Err(WeakSecret::KnownPlaceholder);
    }
    Ok(())
}
