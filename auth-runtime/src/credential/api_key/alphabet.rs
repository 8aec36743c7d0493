//! The characters of ids, secrets and checksums: letters and digits.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;

/// Without the separator `_`, so that no id or secret can be split in two.
const LETTERS_AND_DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The digits that each `u32` fits into: 62^6 is more than 2^32.
pub(super) const DIGITS_OF_U32: usize = 6;

/// Makes a random text, in which each character is equally likely.
pub(super) fn random(length: usize) -> Result<String, Unspecified> {
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        rand::fill(&mut bytes)?;
        // 62 and 63 are skipped, because a remainder would make two characters more likely.
        let characters = bytes.iter().filter_map(|byte| LETTERS_AND_DIGITS.get(usize::from(byte & 63)));
        let missing = length - text.len();
        text.extend(characters.take(missing).map(|byte| char::from(*byte)));
    }
    Ok(text)
}

/// Writes a number in six digits.
pub(super) fn digits(number: u32) -> [u8; DIGITS_OF_U32] {
    let mut digits = [b'0'; DIGITS_OF_U32];
    let mut rest = number as usize;
    for digit in digits.iter_mut().rev() {
        *digit = LETTERS_AND_DIGITS[rest % 62];
        rest /= 62;
    }
    digits
}

/// Whether a text has letters and digits only.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{LETTERS_AND_DIGITS, digits, is_plain, random};
    use std::collections::BTreeMap;

    #[test]
    fn each_character_is_about_equally_likely() {
        let text = random(62_000).expect("random numbers");
        assert_eq!(text.len(), 62_000);
        let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
        text.bytes().for_each(|byte| *counts.entry(byte).or_default() += 1);
        assert_eq!(counts.len(), 62);
        // 1000 are expected, with a deviation of 32. A remainder would give 2000 of two of them.
        assert!(counts.values().all(|count| (750..1250).contains(count)), "{counts:?}");
    }

    #[test]
    fn numbers_have_six_digits() {
        assert_eq!(&digits(0), b"000000");
        assert_eq!(&digits(61), b"00000z");
        assert_eq!(&digits(62), b"000010");
        assert_eq!(&digits(u32::MAX), b"4gfFC3");
    }

    #[test]
    fn the_alphabet_does_not_contain_the_separator() {
        assert!(LETTERS_AND_DIGITS.iter().all(u8::is_ascii_alphanumeric));
        assert!(!is_plain("a_b") && !is_plain("a-b") && !is_plain("\u{e4}") && is_plain("Zz09"));
    }
}
