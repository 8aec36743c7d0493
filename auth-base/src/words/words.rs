//! Checks texts for reviewers and operators: reasons, names and labels.
//!
//! The check is `const`, so that macros run it at compile time, and builders when the program
//! starts.

use crate::ConfigError;

/// In bytes, so that a text fits into a line of the posture.
const LONGEST: usize = 200;

pub(super) const BLANK: &str = "the text has no letter and no digit: write words that a reviewer can read";
pub(super) const LONG: &str = "the text is longer than 200 bytes: use fewer words";
pub(super) const INVISIBLE: &str = "the text has a control character or an invisible one: write one line of plain text";

/// Checks a reason or a name, which must contain a letter or a digit.
///
/// # Errors
///
/// What is wrong, and what to write.
pub(super) const fn check_words(text: &str) -> Result<(), &'static str> {
    check(text, LETTERS)
}

/// Checks a text that an issuer chooses, such as a scope. It must be visible, but need not be a
/// word.
///
/// # Errors
///
/// What is wrong, and what to write.
pub const fn check_visible(text: &str) -> Result<(), &'static str> {
    check(text, VISIBLE)
}

/// P9: refuses an unreadable reason or name, at compile time in a `const` context.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::must_use_candidate, reason = "it is called for its panic")]
pub const fn words(text: &str) -> &str {
    match check_words(text) {
        Ok(()) => text,
        Err(why) => panic!("{}", why),
    }
}

/// P9: like [`words`], for a text that an issuer chooses.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::must_use_candidate, reason = "it is called for its panic")]
pub const fn visible(text: &str) -> &str {
    match check_visible(text) {
        Ok(()) => text,
        Err(why) => panic!("{}", why),
    }
}

/// P9: refuses an unreadable reason when the program starts.
#[doc(hidden)]
#[track_caller]
pub fn assert_words(what: &str, text: &str) {
    if let Err(why) = check_words(text) {
        let shown: String = text.chars().take(40).flat_map(char::escape_default).collect();
        panic!("{what} is refused: `{shown}`: {why}");
    }
}

/// P9: like [`assert_words`], for builders that return an error.
///
/// # Errors
///
/// [`ConfigError::Unreadable`], with what to write.
pub fn label(name: &'static str, text: &str) -> Result<(), ConfigError> {
    check_words(text).map_err(|why| ConfigError::Unreadable { name, why })
}

pub(super) type Ranges = &'static [(u32, u32)];

const fn check(text: &str, readable: Ranges) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    let (mut at, mut is_readable) = (0, false);
    while at < bytes.len() {
        let (code, length) = decode(bytes, at);
        if is_in(code, INVISIBLES) {
            return Err(INVISIBLE);
        }
        is_readable |= is_in(code, readable);
        at += length;
    }
    if !is_readable {
        return Err(BLANK);
    }
    if bytes.len() > LONGEST {
        return Err(LONG);
    }
    Ok(())
}

/// Decodes the code point at `at`, with its length in bytes (RFC 3629 section 3).
///
/// A `str` is well-formed. Its `chars` are not `const`.
const fn decode(bytes: &[u8], at: usize) -> (u32, usize) {
    let first = bytes[at] as u32;
    let (mut code, length) = match first {
        0..0x80 => (first, 1),
        0x80..0xe0 => (first & 0x1f, 2),
        0xe0..0xf0 => (first & 0x0f, 3),
        _ => (first & 0x07, 4),
    };
    let mut next = 1;
    while next < length {
        code = code << 6 | (bytes[at + next] as u32 & 0x3f);
        next += 1;
    }
    (code, length)
}

const fn is_in(code: u32, ranges: Ranges) -> bool {
    let mut at = 0;
    while at < ranges.len() {
        if ranges[at].0 <= code && code <= ranges[at].1 {
            return true;
        }
        at += 1;
    }
    false
}

/// Characters that are invisible, or change how others are shown (Unicode Technical Report 36
/// section 2.5, CVE-2021-42574).
pub(super) const INVISIBLES: Ranges = &[
    (0x00, 0x1f),
    (0x7f, 0x9f),
    // Soft hyphen, grapheme joiner, Arabic letter mark.
    (0xad, 0xad),
    (0x034f, 0x034f),
    (0x061c, 0x061c),
    // Fillers of Hangul, which count as letters.
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    // Zero width and direction; separators of lines and paragraphs.
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    // Braille without a dot.
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    // Private use.
    (0xe000, 0xf8ff),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xffff),
    (0x1_3430, 0x1_345f),
    (0x1_bca0, 0x1_bca3),
    (0x1_d159, 0x1_d159),
    (0x1_d173, 0x1_d17a),
    // Tags, variation selectors, private use.
    (0xe_0000, 0x10_ffff),
];

/// P6: letters and digits of the scripts in wide use. A text in another script needs a letter of
/// these.
pub(super) const LETTERS: Ranges = &[
    (0x30, 0x39),
    (0x41, 0x5a),
    (0x61, 0x7a),
    // Latin, Greek, Cyrillic, Armenian, Georgian.
    (0xc0, 0xd6),
    (0xd8, 0xf6),
    (0xf8, 0x02af),
    (0x0386, 0x0386),
    (0x0388, 0x0481),
    (0x048a, 0x0556),
    (0x0561, 0x0587),
    (0x10a0, 0x10ff),
    (0x1e00, 0x1fbc),
    // Hebrew, Arabic.
    (0x05d0, 0x05ea),
    (0x0620, 0x064a),
    (0x0671, 0x06d3),
    // India and its neighbours: the consonants and the free vowels of each.
    (0x0904, 0x0939),
    (0x0985, 0x09b9),
    (0x0a05, 0x0a39),
    (0x0a85, 0x0ab9),
    (0x0b05, 0x0b39),
    (0x0b83, 0x0bb9),
    (0x0c05, 0x0c39),
    (0x0c85, 0x0cb9),
    (0x0d05, 0x0d3a),
    (0x0d85, 0x0dc6),
    // Thai, Lao, Tibetan, Burmese, Ethiopic, Khmer.
    (0x0e01, 0x0e30),
    (0x0e81, 0x0eb0),
    (0x0f40, 0x0f6c),
    (0x1000, 0x102a),
    (0x1200, 0x135a),
    (0x1780, 0x17b3),
    // Japanese, Chinese, Korean.
    (0x1100, 0x115e),
    (0x1161, 0x11ff),
    (0x3041, 0x3096),
    (0x30a1, 0x30fa),
    (0x3105, 0x312f),
    (0x3400, 0x4dbf),
    (0x4e00, 0x9fff),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xff10, 0xff19),
    (0xff21, 0xff3a),
    (0xff41, 0xff5a),
    (0xff66, 0xff9d),
    (0x2_0000, 0x3_23af),
];

/// All visible ASCII characters, and letters.
const VISIBLE: Ranges = {
    const fn with_signs() -> [(u32, u32); LETTERS.len() + 1] {
        let mut all = [(0x21, 0x7e); LETTERS.len() + 1];
        let mut at = 0;
        while at < LETTERS.len() {
            all[at] = LETTERS[at];
            at += 1;
        }
        all
    }
    &with_signs()
};
