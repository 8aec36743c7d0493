//! Recognises words that programs write in place of a token.

use crate::rejection::Refusal;
use auth_events::Reason;

/// P7: the details of events do not quote the word, because no event holds a part of a credential.
const NO_VALUE: &str = "a program's word for no value, in place of a token";
const OBJECT: &str = "a program's text for an object, in place of a token";

/// Texts of JavaScript, Python, Ruby and Go, each with the detail of its event.
const WORDS: [(&str, &str); 11] = [
    ("", "no token after the scheme"),
    ("undefined", NO_VALUE),
    ("null", NO_VALUE),
    ("[object Object]", OBJECT),
    ("[object%20Object]", OBJECT),
    ("[object Promise]", OBJECT),
    ("NaN", NO_VALUE),
    ("None", NO_VALUE),
    ("nil", NO_VALUE),
    ("<nil>", NO_VALUE),
    ("false", NO_VALUE),
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
