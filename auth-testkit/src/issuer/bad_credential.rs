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
