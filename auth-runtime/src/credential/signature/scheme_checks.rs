//! Refuses schemes that an attacker could use, at compile time.

use super::scheme::{MacEncoding, Scheme, TimestampPlace};
use super::template::{Piece, first_piece};

/// Refuses a scheme that does not protect what it signs.
///
/// # Panics
///
/// At compile time, with the remedy.
// P9: `signature!` and the builder of `Signatures` call it in a constant.
#[doc(hidden)]
#[track_caller]
pub const fn assert_scheme(scheme: &Scheme) {
    assert!(
        is_field_name(scheme.header),
        "the signature header is not the name of a header: write ASCII letters, digits and `-`"
    );
    assert!(
        !matches!(scheme.encoding, MacEncoding::NotChosen),
        "the scheme does not say how the signature is written: add `.hex()` or `.base64()`"
    );
    assert!(
        is_prefix(scheme.prefix),
        "the prefix of the signature has a space, a comma or a control character: write visible ASCII"
    );
    assert_template(scheme);
    assert_timestamp(scheme);
    assert_delivery_id(scheme);
}

/// Refuses a signed text that two requests could share.
#[track_caller]
const fn assert_template(scheme: &Scheme) {
    let mut rest = scheme.template;
    let (mut timestamps, mut ids) = (0, 0);
    loop {
        assert!(!rest.is_empty(), "the scheme does not sign the body: end the text of `.signed(..)` with `{{body}}`");
        let (piece, after) = first_piece(rest);
        match piece {
            Piece::UnknownPlaceholder => {
                panic!(
                    "the text of `.signed(..)` has an unknown placeholder: write `{{timestamp}}`, `{{id}}` and `{{body}}`"
                )
            }
            Piece::WholeBody => {
                assert!(
                    after.is_empty(),
                    "the body is not the end of the signed text: end the text of `.signed(..)` with `{{body}}`"
                );
                break;
            }
            Piece::Text(_) => {}
            Piece::SentAt => {
                timestamps += 1;
                assert_separated(after);
            }
            Piece::DeliveryId => {
                ids += 1;
                assert_separated(after);
            }
        }
        rest = after;
    }
    assert!(timestamps <= 1 && ids <= 1, "a placeholder stands twice in the text of `.signed(..)`: write each once");
}

/// Without a separator, digits could move from one part to the next, and the MAC would not change.
#[track_caller]
const fn assert_separated(rest: &'static str) {
    let separated = match first_piece(rest).0 {
        Piece::Text(text) => !text.as_bytes()[0].is_ascii_alphanumeric(),
        _ => false,
    };
    assert!(
        separated,
        "a placeholder is followed by no separator, so that its last characters could count as the next part: write `.` or `:` behind it in `.signed(..)`"
    );
}

#[track_caller]
const fn assert_timestamp(scheme: &Scheme) {
    let sent = !matches!(scheme.timestamp, TimestampPlace::NotSent);
    match (signs(scheme, Piece::SentAt), sent, scheme.tolerance) {
        (false, false, None) | (true, true, Some(_)) => {}
        (false, _, Some(_)) => {
            panic!(
                "the tolerance has no effect, because the timestamp is not signed: write `{{timestamp}}` into `.signed(..)`"
            )
        }
        (false, true, None) => {
            panic!(
                "the timestamp is not signed, so an attacker can change it: write `{{timestamp}}` into `.signed(..)`"
            )
        }
        (true, false, _) => {
            panic!("the timestamp is signed, and nothing says where it is: add `.timestamp_header(..)`")
        }
        (true, true, None) => panic!("the timestamp is signed, and its age is not checked: add `.tolerance(..)`"),
    }
    if let TimestampPlace::OwnHeader(header) = scheme.timestamp {
        assert!(
            is_field_name(header),
            "the timestamp header is not the name of a header: write ASCII letters, digits and `-`"
        );
        assert!(
            !same_field(header, scheme.header),
            "the timestamp is in the signature header: give it a header of its own"
        );
    }
    if let Some(tolerance) = scheme.tolerance {
        assert!(
            tolerance.as_secs() >= 1 && tolerance.as_secs() <= 3600 && tolerance.subsec_nanos() == 0,
            "the tolerance is out of bounds: use whole seconds, from 1 second to 1 hour"
        );
    }
}

#[track_caller]
const fn assert_delivery_id(scheme: &Scheme) {
    let Some(header) = scheme.delivery_id else {
        assert!(
            !signs(scheme, Piece::DeliveryId),
            "the id is signed, and nothing says where it is: add `.delivery_id_header(..)`"
        );
        return;
    };
    assert!(
        signs(scheme, Piece::DeliveryId),
        "the id of the delivery is not signed, so an attacker can change it: write `{{id}}` into `.signed(..)`, or remove `.delivery_id_header(..)`"
    );
    assert!(
        is_field_name(header),
        "the header of the id is not the name of a header: write ASCII letters, digits and `-`"
    );
    let shared = match scheme.timestamp {
        TimestampPlace::OwnHeader(timestamp) => same_field(header, timestamp),
        TimestampPlace::NotSent | TimestampPlace::SignatureHeader => false,
    };
    assert!(!shared && !same_field(header, scheme.header), "the id shares its header: give it a header of its own");
}

const fn signs(scheme: &Scheme, wanted: Piece) -> bool {
    let mut rest = scheme.template;
    while !rest.is_empty() {
        let (piece, after) = first_piece(rest);
        match (piece, wanted) {
            (Piece::SentAt, Piece::SentAt) | (Piece::DeliveryId, Piece::DeliveryId) => return true,
            _ => rest = after,
        }
    }
    false
}

/// A header name that `http` accepts, without characters that proxies treat in different ways.
const fn is_field_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric() || bytes[i] == b'-') {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty() && bytes.len() <= 128
}

const fn is_prefix(prefix: &str) -> bool {
    let bytes = prefix.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_graphic() || bytes[i] == b',' {
            return false;
        }
        i += 1;
    }
    true
}

/// `str::eq_ignore_ascii_case`, which is `const` since Rust 1.89.
const fn same_field(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if !one[i].eq_ignore_ascii_case(&other[i]) {
            return false;
        }
        i += 1;
    }
    true
}
