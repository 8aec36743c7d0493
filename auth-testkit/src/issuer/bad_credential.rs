//! A bad credential of a kind that is looked up.

use auth_runtime::events::Reason;

/// Holds a text that a verifier must reject, with the attack's id and name.
pub(crate) struct BadCredential {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    pub(crate) text: String,
    /// Reasons that the event may report. Empty: any.
    pub(crate) reasons: &'static [Reason],
    /// The good credential that it was made of. A service that caches a part of it knows the part
    /// only after its use.
    pub(crate) made_of: Option<String>,
}

impl BadCredential {
    pub(super) fn new(id: &'static str, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id, name: name.into(), text: text.into(), reasons: &[], made_of: None }
    }

    pub(super) fn made_of(self, good: &str) -> Self {
        Self { made_of: Some(good.to_owned()), ..self }
    }

    pub(super) fn because(self, reasons: &'static [Reason]) -> Self {
        Self { reasons, ..self }
    }
}

/// Another character at a place, of the same sort: letters stay letters.
pub(super) fn with_other_character(text: &str, at: usize) -> String {
    let other = |character: char| match character {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(character) + 1).unwrap_or('a'),
        _ => 'a',
    };
    text.chars().enumerate().map(|(index, character)| if index == at { other(character) } else { character }).collect()
}

/// Texts that a lenient decoder takes for the same bytes, each with its description.
///
/// CVE-2015-7546 (Keystone): a list of revoked tokens has the hash of their text. The last letter
/// of base64 may have bits that are not used (RFC 4648 section 3.5), and hex has two cases.
pub(crate) fn same_bytes(text: &str) -> Vec<(&'static str, String)> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut spellings = Vec::new();
    let last = text.rsplit(['.', ':', '|', '~']).next().unwrap_or_default();
    let is_base64 = last.bytes().all(|byte| LETTERS.contains(&byte));
    let padding = match last.len() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    };
    let value = last.bytes().next_back().and_then(|byte| LETTERS.iter().position(|letter| *letter == byte));
    if let Some(value) = value.filter(|_| is_base64 && !padding.is_empty()) {
        let rest = &text[..text.len() - 1];
        spellings.push(("other unused bits", format!("{rest}{}", char::from(LETTERS[value ^ 1]))));
        spellings.push(("padding", format!("{text}{padding}")));
    }
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && text.to_uppercase() != text {
        spellings.push(("capitals", text.to_uppercase()));
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::same_bytes;

    #[test]
    fn other_spellings_have_the_same_bytes() {
        let texts = |text| same_bytes(text).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts("a.AAE"), ["a.AAF", "a.AAE="]);
        assert_eq!(texts("0123abcd"), ["0123ABCD"]);
        assert!(texts("AAAA").is_empty() && texts("").is_empty());
    }
}
