//! Reads the trace of a request, so that its event can be joined with its spans (W3C Trace
//! Context).

use crate::base::Occurrence;
use http::{HeaderMap, HeaderName};

static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Returns the trace id of a request with exactly one valid `traceparent`.
///
/// P7: any other header counts as none, because the caller writes it. The id is a number, so it can
/// inject no text into an event.
#[inline]
pub(super) fn trace_id(headers: &HeaderMap) -> Option<u128> {
    match Occurrence::of(&TRACEPARENT, headers) {
        Occurrence::Once(value) => parse(value.as_bytes()),
        Occurrence::Absent | Occurrence::Repeated => None,
    }
}

/// Parses a `traceparent` (section 3.2): version, trace id, parent id and flags.
fn parse(value: &[u8]) -> Option<u128> {
    /// The length of version 00.
    const LENGTH: usize = 55;
    let (known, rest) = value.split_at_checked(LENGTH)?;
    let mut parts = known.split(|byte| *byte == b'-');
    let mut field = |digits: usize| {
        let text = parts.next().filter(|text| text.len() == digits)?;
        // Lower case only, which `from_str_radix` does not check.
        let is_hex = text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { u128::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok() } else { None }
    };
    let (version, trace, parent, _flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
    // Section 3.2.2.1: a later version may append fields.
    let is_known = match version {
        0x00 => rest.is_empty(),
        0xff => false,
        _ => rest.first().is_none_or(|byte| *byte == b'-'),
    };
    (is_known && trace != 0 && parent != 0).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::trace_id;
    use http::{HeaderMap, HeaderValue};

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const ID: Option<u128> = Some(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);

    fn of(values: &[&str]) -> Option<u128> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        trace_id(&headers)
    }

    #[test]
    fn the_trace_id_of_a_valid_traceparent_is_read() {
        assert_eq!(of(&[GOOD]), ID);
        for later in ["cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", &format!("01{}-what", &GOOD[2..])] {
            assert_eq!(of(&[later]), ID, "{later}");
        }
    }

    #[test]
    fn any_other_traceparent_counts_as_none() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[GOOD, GOOD]), None, "two headers");
        let long = "0".repeat(64 * 1024);
        let cases = [
            "",
            "-",
            "---",
            &long,
            &GOOD[..54],
            &format!("{GOOD}-"),
            &format!("{GOOD} "),
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replace("00f067aa0ba902b7", "0000000000000000"),
            &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
            &GOOD.replace("4bf9", "+bf9"),
            &GOOD.replace("4bf9", "4b-9"),
            &GOOD.replace("4bf9", "4b\u{e9}"),
            &format!("01{}what", &GOOD[2..]),
        ];
        for case in cases {
            assert_eq!(of(&[case]), None, "{case}");
        }
    }
}
