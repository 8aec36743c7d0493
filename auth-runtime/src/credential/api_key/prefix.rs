//! The prefix of API keys: what a secret scanner and a person recognise them by.

use crate::base::ConfigError;

/// The longest prefix, in bytes.
pub(super) const MAX_LENGTH: usize = 32;

const REMEDY: &str =
    "write 2 to 32 lower-case letters and digits, in words joined by `_`, the first character a letter: `acme_live`";

/// Checks a prefix: words of lower-case letters and digits, joined by `_`.
pub(super) fn check(prefix: &str) -> Result<(), ConfigError> {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let begins_with_letter = prefix.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if (2..=MAX_LENGTH).contains(&prefix.len()) && begins_with_letter && prefix.split('_').all(is_word) {
        return Ok(());
    }
    let prefix = prefix.chars().take(2 * MAX_LENGTH).collect();
    Err(ConfigError::ApiKeyPrefix { prefix, why: REMEDY })
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_prefix_consists_of_lower_case_words() {
        for prefix in ["acme", "acme_live", "a1", "acme_live_2", "a_b_c", &"a".repeat(32)] {
            check(prefix).expect(prefix);
        }
        let long = "a".repeat(33);
        for prefix in [
            "",
            "a",
            "_",
            "acme_",
            "_acme",
            "acme__live",
            "Acme",
            "acme-live",
            "acme live",
            "1acme",
            "\u{e4}cme",
            &long,
        ] {
            let error = check(prefix).expect_err(prefix).to_string();
            assert!(error.contains(&format!("`{prefix}`: write 2 to 32 lower-case letters")), "{error}");
        }
    }
}
