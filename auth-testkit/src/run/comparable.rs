//! What a client can compare of two responses, without what differs by nature.

use crate::target::ServiceResponse;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, DATE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::RefCell;

/// Which headers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Compared {
    /// Challenge, type and caching: equal on all routes of a service without a posture.
    Core,
    /// All but those that differ by nature: equal on one route of such a service.
    Usual,
    /// All but the date: equal on all routes of an `AuthRouter`.
    All,
}

/// Headers that differ by request, or that a proxy adds.
const BY_NATURE: [&str; 24] = [
    "age",
    "allow",
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "request-id",
    "retry-after",
    "server",
    "server-timing",
    "set-cookie",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "vary",
    "via",
    "x-amzn-trace-id",
    "x-cache",
    "x-correlation-id",
    "x-request-id",
    "x-request-start",
    "x-response-time",
    "x-runtime",
    "x-trace-id",
];

const PREFIXES_BY_NATURE: [&str; 5] = ["access-control-", "cf-", "ratelimit", "x-rate-limit", "x-ratelimit"];

impl Compared {
    fn covers(self, name: &HeaderName) -> bool {
        match self {
            Self::Core => [WWW_AUTHENTICATE, CONTENT_TYPE, CACHE_CONTROL].contains(name),
            Self::Usual => {
                let name = name.as_str();
                !BY_NATURE.contains(&name) && !PREFIXES_BY_NATURE.iter().any(|prefix| name.starts_with(prefix))
            }
            Self::All => ![DATE, CONTENT_LENGTH].contains(name),
        }
    }
}

/// Status, headers and body, as one text.
pub(super) fn appearance(response: &ServiceResponse, varying: &[HeaderName], compared: Compared) -> String {
    shown(response, varying, compared, &comparable_body(response, varying))
}

/// As [`appearance`], with ids and times.
pub(super) fn whole_appearance(response: &ServiceResponse, varying: &[HeaderName], compared: Compared) -> String {
    shown(response, varying, compared, &body_without(response, varying))
}

fn shown(response: &ServiceResponse, varying: &[HeaderName], compared: Compared, body: &str) -> String {
    let headers = header_lines(&response.headers, |name| !varying.contains(name) && compared.covers(name));
    format!("{} [{headers}] {body:?}", response.status.as_u16())
}

fn header_lines(headers: &HeaderMap, compared: impl Fn(&HeaderName) -> bool) -> String {
    let headers = headers.iter().filter(|(name, _)| compared(name));
    let mut lines: Vec<String> =
        headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
    lines.sort_unstable();
    lines.join("; ")
}

/// The body, without ids, times and the JSON members that differ by request.
pub(super) fn comparable_body(response: &ServiceResponse, varying: &[HeaderName]) -> String {
    masked(&body_without(response, varying))
}

fn body_without<'a>(response: &'a ServiceResponse, varying: &[HeaderName]) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(&response.body);
    if varying.is_empty() {
        return text;
    }
    let Ok(mut json) = serde_json::from_slice(&response.body) else { return text };
    remove_members(&mut json, varying);
    Cow::Owned(json.to_string())
}

fn remove_members(json: &mut Value, names: &[HeaderName]) {
    match json {
        Value::Object(members) => {
            members.retain(|member, _| !names.iter().any(|name| name.as_str().eq_ignore_ascii_case(member)));
            members.values_mut().for_each(|value| remove_members(value, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| remove_members(value, names)),
        _ => {}
    }
}

/// The text with a `#` for each id and each time.
///
/// Short numbers stay, because a number may name the check that failed.
pub(super) fn masked(text: &str) -> String {
    thread_local! {
        /// The last text and its result, because most rejections have the same body.
        static LAST: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
    }
    LAST.with_borrow_mut(|(last, result)| {
        if last != text {
            *result = mask(text);
            text.clone_into(last);
        }
        result.clone()
    })
}

fn mask(text: &str) -> String {
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric() || "-_:.+".contains(c);
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_of_a_word) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_of_a_word(c)).unwrap_or(from.len()));
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        result.push_str(before);
        result.push_str(&if is_id(bare) { word.replace(bare, "#") } else { word.to_owned() });
        rest = after;
    }
    result + rest
}

/// Whether a word is an epoch, a UUID, a digest, a ULID, a date or a time (RFC 3339).
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_time =
        word.len() >= 16 && word.as_bytes()[10] == b'T' && word[..10].bytes().filter(u8::is_ascii_digit).count() == 8;
    // `2026-11-27` and `08:00:00.5`, as RFC 9110 and databases write them.
    let of_a_clock = word.bytes().filter(|byte| matches!(byte, b'-' | b':')).count();
    let is_clock =
        of_a_clock >= 2 && digits >= 6 && word.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+".contains(&byte));
    let is_random =
        word.len() >= 20 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let is_epoch = digits == word.len() && digits >= 10;
    is_epoch || is_time || is_clock || (digits >= 3 && ((is_hex && word.len() >= 16) || is_random))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn ids_and_times_are_masked_and_reasons_are_not() {
        for (text, comparable) in [
            (r#"{"id":"0193a1b2-7c4d-7e6f-8a9b-0c1d2e3f4a5b"}"#, r##"{"id":"#"}"##),
            (r#"{"at":"2026-11-27T08:00:00Z","epoch":1795765784}"#, r##"{"at":"#","epoch":#}"##),
            (
                r#"{"code":1003,"reason":"token_has_expired_already"}"#,
                r#"{"code":1003,"reason":"token_has_expired_already"}"#,
            ),
            ("Fri, 27 Nov 2026 08:00:00 GMT, 2026-11-27 08:00:00.5", "Fri, 27 Nov 2026 # GMT, # #"),
            ("127.0.0.1:8080 in 5-10 s", "127.0.0.1:8080 in 5-10 s"),
            ("trace 01JDNE8Z3W5V7Q2K4M6P8R0T1X, please", "trace #, please"),
        ] {
            assert_eq!(masked(text), comparable);
        }
    }
}
