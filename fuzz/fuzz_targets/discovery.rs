//! Fuzzes the discovery answer of an issuer's server: fields, an empty line, a document.

#![no_main]

use auth_fuzz::fixtures::ISSUER;
use auth_fuzz::strict;
use auth_runtime::keys::fuzzing;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::net::IpAddr;

/// An issuer on this machine, who may name keys that come in the clear.
const LOCAL: &str = "http://127.0.0.1:8080/realms/orders";

fuzz_target!(|bytes: &[u8]| {
    let head = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, document) = head.map_or((&[][..], bytes), |end| (&bytes[..end], &bytes[end + 2..]));

    let headers = fields(head);
    let fresh = fuzzing::fresh_for(&headers).as_secs();
    assert!((30..=900).contains(&fresh), "fresh for {fresh} s, whatever it says");
    if let Some(said) = said(&headers) {
        assert_eq!(fresh, said.clamp(30, 900), "{headers:?}");
    }

    for issuer in [ISSUER, LOCAL] {
        if let Some(keys) = fuzzing::jwks_uri(document, issuer) {
            let members = strict::object(document).expect("a document with two meanings");
            assert_eq!(members.get("issuer"), Some(&Value::from(issuer)), "a document of another issuer");
            assert!(members.get("jwks_uri").is_some_and(Value::is_string));
            assert_trustworthy(&keys, issuer == LOCAL);
        }
    }
});

fn fields(head: &[u8]) -> HeaderMap {
    let field = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        Some((HeaderName::from_bytes(&line[..colon]).ok()?, value))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in head.split(|byte| *byte == b'\n').take(20).filter_map(field) {
        headers.append(name, value);
    }
    headers
}

/// RFC 9111 section 4.2, of the answers that can be read at a glance.
fn said(headers: &HeaderMap) -> Option<u64> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then(|| value.to_owned())
    };
    if !headers.contains_key("cache-control") {
        return Some(300);
    }
    let control = only("cache-control")?.to_ascii_lowercase();
    if control.split(',').any(|directive| ["no-store", "no-cache"].contains(&directive.trim())) {
        // Only where the rest says nothing else.
        return control.bytes().all(|byte| byte.is_ascii_lowercase() || b"-, ".contains(&byte)).then_some(0);
    }
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let max_age = number(control.strip_prefix("max-age=")?)?;
    if headers.contains_key("age") { Some(max_age.saturating_sub(number(&only("age")?)?)) } else { Some(max_age) }
}

/// Asserts that keys come over TLS, or from this machine where the issuer is here too.
///
/// The URL must contain an address only.
fn assert_trustworthy(url: &str, local_issuer: bool) {
    let (scheme, rest) = url.split_once("://").expect("an absolute URL");
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    assert!(!authority.contains('@') && !url.contains('#'), "{url}");
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    assert!(!host.is_empty(), "{url}");
    match scheme {
        "https" => assert!(local_issuer || !is_here(host), "keys of another issuer on this machine: {url}"),
        "http" => assert!(local_issuer && is_here(host), "keys in the clear: {url}"),
        _ => panic!("{url}"),
    }
}

/// Whether the host is this machine.
///
/// RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.
fn is_here(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback() || ip.to_canonical().is_unspecified())
}
