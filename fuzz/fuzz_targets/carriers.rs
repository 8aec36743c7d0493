//! Fuzzes all carriers together, and the text of API keys.
//!
//! Exactly one credential is accepted, in its own carrier, byte by byte.

#![no_main]

use auth_fuzz::api_key::{GOOD_KEY, ID, KEY_HEADER, OWNER, PREFIX, Read, api_keys, has_key_form, read, with_checksum};
use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{GOOD, KID, MAX_TOKEN_BYTES, secret_key};
use auth_fuzz::policy::credential;
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::{Claims, TokenType};
use http::{HeaderName, HeaderValue, Request, Uri};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const COOKIE: &str = "__Host-session";
const ORIGIN: &str = "https://app.example.com";
const NAMES: [&str; 8] =
    ["authorization", KEY_HEADER, "cookie", "sec-websocket-protocol", "upgrade", "origin", "sec-fetch-site", "x-other"];

static BENCH: LazyLock<Bench<Claims>> = LazyLock::new(|| {
    let carriers = [Carrier::bearer(), Carrier::cookie(COOKIE).origin(ORIGIN), Carrier::websocket()];
    Bench::accepting(secret_key().with_kid(KID), TokenType::AccessToken, carriers, api_keys())
});

// Each line is `name: value`; one that begins with `?` is the query.
fuzz_target!(|bytes: &[u8]| {
    let lines = lines(bytes);
    judge(&lines);
    // The fuzzer cannot compute a checksum.
    if let Some((name, value)) = lines.last()
        && let Some((text, _)) = value.rsplit_once('_')
    {
        let start = text.rfind([' ', '=', ',']).map_or(0, |at| at + 1);
        let value = format!("{}{}", &text[..start], with_checksum(&text[start..]));
        judge(&[&lines[..lines.len() - 1], &[(*name, value)]].concat());
    }
});

type Line = (&'static str, String);

fn lines(bytes: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(bytes);
    let line = |line: &str| match line.strip_prefix('?') {
        Some(query) => Some(("?", query.to_owned())),
        None => {
            let (name, value) = line.split_once(": ")?;
            Some((*NAMES.iter().find(|known| **known == name)?, value.to_owned()))
        }
    };
    text.split('\n').filter_map(line).collect()
}

fn judge(lines: &[Line]) {
    let mut request = Request::builder();
    let mut sent: Vec<(&str, &str)> = Vec::new();
    for (name, value) in lines {
        if *name == "?" {
            if let Ok(uri) = format!("/orders?{value}").parse::<Uri>() {
                request = request.uri(uri);
            }
        } else if let Ok(header) = HeaderValue::from_bytes(value.as_bytes()) {
            request = request.header(HeaderName::from_static(name), header);
            sent.push((name, value));
        }
    }
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let query = parts.uri.query().unwrap_or_default();
    match BENCH.authenticate(&parts) {
        Ok(proof) => {
            assert!(!has_credential(query), "beside a credential in the query: {query}");
            assert_eq!(proof.subject(), only_credential(&sent), "{sent:?}");
        }
        Err(event) => {
            assert!(!is_good(&sent, query), "{sent:?} did not get in: {event:?}");
            if let ([(name, text)], "") = (&sent[..], query)
                && *name == KEY_HEADER
                && !text.is_empty()
                && text.len() <= MAX_TOKEN_BYTES
                && text.bytes().all(|byte| matches!(byte, b'!'..=b'~') && !b"\",;\\".contains(&byte))
            {
                assert_eq!(event.reason, reason_of_key(text), "{text}");
            }
        }
    }
}

fn reason_of_key(text: &str) -> Reason {
    match read(text) {
        Read::Malformed => Reason::MalformedApiKey,
        Read::Key(PREFIX, ID) => Reason::BadApiKey,
        Read::Key(..) => Reason::UnknownApiKey,
    }
}

fn has_credential(query: &str) -> bool {
    query.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let has_own_form = value.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with('_'));
        let prefix = value.get(..value.len().saturating_sub(68)).unwrap_or_default();
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let is_prefix = (2..=32).contains(&prefix.len())
            && prefix.starts_with(|first: char| first.is_ascii_lowercase())
            && prefix.split('_').all(is_word);
        name == "access_token"
            || name == COOKIE
            || (name.eq_ignore_ascii_case(KEY_HEADER) && has_own_form && read_prefix_is_own(value))
            || (has_key_form(value) && is_prefix)
    })
}

/// A whole key of a longer prefix, such as `acme_live_2`, is not one of `acme_live`.
fn read_prefix_is_own(value: &str) -> bool {
    !has_key_form(value) || value.len() == GOOD_KEY.len()
}

/// The subject of the only credential. Written by the documentation, from the headers alone.
fn only_credential(sent: &[(&str, &str)]) -> &'static str {
    let of = |name: &str| sent.iter().filter(|(sent, _)| *sent == name).map(|(_, value)| *value).collect::<Vec<_>>();
    let cookies = of("cookie");
    let cookies: Vec<&str> = cookies
        .iter()
        .flat_map(|cookie| cookie.split(';'))
        .filter_map(|pair| {
            let (name, value) = pair.trim_matches([' ', '\t']).split_once('=').unwrap_or((pair.trim(), ""));
            (name.trim() == COOKIE).then_some(value)
        })
        .collect();
    let protocols = of("sec-websocket-protocol").join(",");
    let protocols: Vec<&str> = protocols.split(',').map(|protocol| protocol.trim_matches([' ', '\t'])).collect();
    let is_bearer = |protocol: &&str| protocol.eq_ignore_ascii_case("bearer");
    let (authorization, keys) = (of("authorization"), of(KEY_HEADER));
    let offers = usize::from(protocols.iter().any(is_bearer));
    assert_eq!(authorization.len() + keys.len() + cookies.len() + offers, 1, "more or less than one: {sent:?}");
    if let [value] = authorization[..] {
        let token = credential(value.as_bytes()).expect("one token after `Bearer`");
        return subject(std::str::from_utf8(token).expect("a token"), true);
    }
    if let [value] = keys[..] {
        assert_eq!(value, *GOOD_KEY);
        return OWNER;
    }
    if let [value] = cookies[..] {
        let same_site = of("sec-fetch-site").iter().any(|site| ["same-origin", "none"].contains(site));
        assert!(of("upgrade").is_empty() || same_site || of("origin") == [ORIGIN], "another site: {sent:?}");
        return subject(value, false);
    }
    assert!(is_bearer(&protocols[0]) && of("upgrade").join(",").to_ascii_lowercase().contains("websocket"));
    subject(protocols[1], false)
}

fn subject(text: &str, may_be_key: bool) -> &'static str {
    match GOOD.iter().position(|good| good == text) {
        Some(index) => ["alice", "bob", "carol"][index],
        None if may_be_key && text == *GOOD_KEY => OWNER,
        None => panic!("{text} got in"),
    }
}

/// Whether these are a good request for certain: one header, as each client writes it.
fn is_good(sent: &[(&str, &str)], query: &str) -> bool {
    let ([(name, value)], "") = (sent, query) else { return false };
    let is_token = |text: &str| GOOD.iter().any(|good| good == text);
    match *name {
        "authorization" => value.strip_prefix("Bearer ").is_some_and(|text| is_token(text) || text == *GOOD_KEY),
        KEY_HEADER => *value == *GOOD_KEY,
        "cookie" => value.strip_prefix("__Host-session=").is_some_and(is_token),
        _ => false,
    }
}
