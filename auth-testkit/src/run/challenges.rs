//! The challenge of a rejection.

use super::response_checker::header_text;
use crate::catalogue::Expected;
use crate::target::{ServiceResponse, Target};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

/// RFC 6750 section 3.
pub(super) fn challenge_problem(
    target: &Target,
    expected: Expected,
    (schemes, is_any): (&[String], bool),
    response: &ServiceResponse,
) -> Option<String> {
    let challenge = header_text(response, &WWW_AUTHENTICATE);
    // A header may have several challenges (RFC 9110 section 11.6.1).
    let presented = || challenge.split(',').filter_map(|part| part.split_whitespace().next());
    let is_of_the_scheme = presented().any(|word| schemes.iter().any(|scheme| word.eq_ignore_ascii_case(scheme)));
    let scheme = schemes.join("` or `");
    let needs_challenge = response.status == StatusCode::UNAUTHORIZED || expected == Expected::InvalidRequest;
    let wrong = |remedy: &str| Some(format!("wrong challenge: `www-authenticate: {challenge}`: {remedy}"));
    if needs_challenge && challenge.is_empty() {
        return Some(format!(
            "missing header: `www-authenticate`: send a `{scheme}` challenge, or accept a rejection without one: \
             `.rejecting_with({}, \"why\")`",
            response.status.as_u16()
        ));
    }
    // `error` is a parameter of these schemes (RFC 6750 section 3, RFC 9449 section 7.1).
    let has_errors = schemes.iter().any(|scheme| ["bearer", "dpop"].contains(&&*scheme.to_ascii_lowercase()));
    // No scheme is registered for a cookie or for a header of its own, and RFC 9110 section 11.6.1
    // requires any challenge.
    let takes_any = !target.is_guarded() && is_any && presented().next().is_some_and(is_token);
    if needs_challenge && !is_of_the_scheme && !takes_any {
        return wrong(&format!("send a `{scheme}` challenge"));
    }
    // Most hand-written services answer a bare 403 (RFC 9110 section 15.5.4).
    if expected == Expected::Denied && challenge.is_empty() && !target.is_guarded() {
        return None;
    }
    if !has_errors && !target.is_guarded() {
        return None;
    }
    match expected.error() {
        Some(error) if !challenge.contains(&format!("error=\"{error}\"")) => wrong(&format!("add `error=\"{error}\"`")),
        None if expected == Expected::NoCredentials && challenge.contains("error=") => {
            wrong("omit `error`, because the request had no credentials")
        }
        _ => None,
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
