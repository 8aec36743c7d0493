//! The text of an API key: `prefix_id_secret_checksum`.

use super::alphabet::{DIGITS_OF_U32, digits, is_plain};
use super::prefix;
use aws_lc_rs::digest::{SHA256, digest};

/// 95 bits, so that two keys never get the same id.
pub(super) const ID_LENGTH: usize = 16;

/// 62^43 is more than 2^256.
pub(super) const SECRET_LENGTH: usize = 43;

const MAX_LENGTH: usize = prefix::MAX_LENGTH + ID_LENGTH + SECRET_LENGTH + DIGITS_OF_U32 + 3;

/// The parts of a key.
pub(super) struct KeyText<'a> {
    pub(super) prefix: &'a str,
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

/// Why a text is not a key. It says nothing about the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    Form,
    Checksum,
}

impl<'a> KeyText<'a> {
    /// Writes a key.
    pub(super) fn write(prefix: &str, id: &str, secret: &str) -> String {
        let text = format!("{prefix}_{id}_{secret}");
        let checksum = digits(checksum(&text));
        text + "_" + &String::from_utf8_lossy(&checksum)
    }

    /// Reads a key.
    pub(super) fn read(text: &'a str) -> Result<Self, Malformed> {
        let key = Self::split(text)?;
        let (checked, last) = text.rsplit_once('_').ok_or(Malformed::Form)?;
        // Not in constant time, because each holder of the text can compute the checksum.
        if last.as_bytes() != digits(checksum(checked)) {
            return Err(Malformed::Checksum);
        }
        Ok(key)
    }

    /// Reads the parts of a text that has the form of a key, whatever its checksum is.
    ///
    /// From the right, because only the prefix may contain `_`.
    pub(super) fn split(text: &'a str) -> Result<Self, Malformed> {
        // P6: an unauthenticated client chooses the length.
        if text.len() > MAX_LENGTH {
            return Err(Malformed::Form);
        }
        let (checked, last) = text.rsplit_once('_').ok_or(Malformed::Form)?;
        let mut parts = checked.rsplitn(3, '_');
        let (Some(secret), Some(id), Some(prefix)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Malformed::Form);
        };
        let has_form = |part: &str, length| part.len() == length && is_plain(part);
        if !(has_form(id, ID_LENGTH) && has_form(secret, SECRET_LENGTH) && has_form(last, DIGITS_OF_U32)) {
            return Err(Malformed::Form);
        }
        Ok(Self { prefix, id, secret })
    }
}

/// The first 32 bits of the SHA-256.
///
/// A CRC-32 would do as well. SHA-256 is here already, and secret scanners have it too. One typo in
/// four billion is not found, and costs a look-up.
fn checksum(text: &str) -> u32 {
    digest(&SHA256, text.as_bytes()).as_ref().first_chunk().copied().map(u32::from_be_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{KeyText, Malformed};
    use proptest::{prop_assert_eq, proptest};

    const ID: &str = "0123456789abcdeF";
    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    /// The form must not change, because keys live for years.
    #[test]
    fn the_form_is_stable() {
        let text = KeyText::write("acme_live", ID, SECRET);
        assert_eq!(text, format!("acme_live_{ID}_{SECRET}_11kWob"));
        let key = KeyText::read(&text).expect("a key");
        assert_eq!((key.prefix, key.id, key.secret), ("acme_live", ID, SECRET));
    }

    #[test]
    fn each_typo_is_found() {
        let text = KeyText::write("acme_live", ID, SECRET);
        for position in 0..text.len() {
            for other in [b'0', b'z', b'_', b'Q'] {
                let mut bytes = text.clone().into_bytes();
                if bytes[position] != other {
                    bytes[position] = other;
                    let typo = String::from_utf8(bytes).expect("ASCII");
                    assert!(KeyText::read(&typo).is_err(), "{typo}");
                }
            }
            let mut bytes = text.clone().into_bytes();
            bytes.remove(position);
            assert!(KeyText::read(&String::from_utf8(bytes).expect("ASCII")).is_err());
            assert!(KeyText::read(&text[..position]).is_err());
        }
        for (one, two) in (0..text.len()).zip(1..text.len()) {
            let mut bytes = text.clone().into_bytes();
            bytes.swap(one, two);
            let swapped = String::from_utf8(bytes).expect("ASCII");
            assert!(swapped == text || KeyText::read(&swapped).is_err(), "{swapped}");
        }
    }

    #[test]
    fn other_texts_are_not_a_key() {
        let key = KeyText::write("acme_live", ID, SECRET);
        for text in ["", "_", "____", "a_b_c_d", "acme_live", "e30.e30.e30", "\u{e4}_\u{e4}_\u{e4}_\u{e4}"] {
            assert_eq!(KeyText::read(text).err(), Some(Malformed::Form), "{text}");
        }
        for text in [format!("{key} "), format!(" {key}x"), "_".repeat(101), "x".repeat(1 << 20)] {
            assert_eq!(KeyText::read(&text).err(), Some(Malformed::Form));
        }
        let long = KeyText::write(&"a".repeat(33), ID, SECRET);
        assert_eq!(KeyText::read(&long).err(), Some(Malformed::Form));
        // Upper and lower case are different characters.
        assert_eq!(KeyText::read(&key.replace('F', "f")).err(), Some(Malformed::Checksum));
    }
    proptest! {
        /// There is one text for a key, and no text panics.
        #[test]
        fn a_text_that_is_read_is_written_the_same(text in "\\PC{0,40}|[a-zA-Z0-9_]{0,110}|_{0,9}[a-z_]{1,32}_[a-zA-Z0-9]{16}_[a-zA-Z0-9]{43}_[a-zA-Z0-9]{6}") {
            if let Ok(key) = KeyText::read(&text) {
                prop_assert_eq!(KeyText::write(key.prefix, key.id, key.secret), text);
            }
        }

        #[test]
        fn a_text_that_is_written_is_read_the_same(
            prefix in "[a-z][a-z0-9]{1,9}(_[a-z0-9]{1,9}){0,2}", id in "[a-zA-Z0-9]{16}", secret in "[a-zA-Z0-9]{43}",
        ) {
            let text = KeyText::write(&prefix, &id, &secret);
            let key = KeyText::read(&text).expect("a key");
            prop_assert_eq!((key.prefix, key.id, key.secret), (&*prefix, &*id, &*secret));
        }
    }
}
