//! Recognises words that programs write in place of a token.

use crate::rejection::Refusal;
use auth_events::Reason;

/// Texts of JavaScript, Python, Ruby and Go for "no value", each with the detail of its event.
const WORDS: [(&str, &str); 10] = [
    ("", "no token after the scheme"),
    ("undefined", "`undefined` in place of a token"),
    ("null", "`null` in place of a token"),
    ("[object Object]", "`[object Object]` in place of a token"),
    ("[object Promise]", "`[object Promise]` in place of a token"),
    ("NaN", "`NaN` in place of a token"),
    ("None", "`None` in place of a token"),
    ("nil", "`nil` in place of a token"),
    ("<nil>", "`<nil>` in place of a token"),
    ("false", "`false` in place of a token"),
];

/// Refuses credentials that are a program's word for nothing, or for an object.
///
/// A front end that sends one has a bug, and is not an attacker. No token is such a word, so the
/// credentials are rejected either way.
pub(super) fn check_placeholder(credentials: &[u8]) -> Result<(), Refusal> {
    match WORDS.iter().find(|(word, _)| word.as_bytes() == credentials) {
        Some((_, detail)) => Err(Refusal::token(Reason::PlaceholderToken, detail)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_placeholder;
    use crate::rejection::Rejection;
    use auth_events::Reason;

    #[test]
    fn words_of_programs_are_placeholders_and_tokens_are_not() {
        for word in ["", "undefined", "null", "[object Object]", "[object Promise]", "None", "NaN"] {
            let refusal = check_placeholder(word.as_bytes()).unwrap_err();
            assert_eq!(refusal.rejection, Rejection::InvalidToken(Reason::PlaceholderToken), "{word}");
        }
        for token in ["x", "x.y.z", "undefined.null.undefined", "Undefined", "null,null", " ", "[object Object"] {
            assert!(check_placeholder(token.as_bytes()).is_ok(), "{token}");
        }
    }
}
