//! P9: a carrier that cannot be accepted is an error at start, with the remedy.

use super::support::COOKIE;
use crate::base::ConfigError;
use crate::credential::carrier::{Carrier, Carriers};

fn refused(list: impl IntoIterator<Item = Carrier>) -> String {
    let carriers = Carriers::new(list.into_iter().collect());
    let error = carriers.and_then(|carriers| carriers.client_view(Some("api"), None));
    error.map(drop).expect_err("these carriers cannot be accepted").to_string()
}

#[test]
fn a_name_that_cannot_be_accepted_is_refused() {
    for (carrier, text) in [
        (Carrier::cookie("session"), "the carrier `cookie session` is refused: its name does not begin with `__Host-`"),
        (Carrier::cookie("__host-session"), "does not begin with `__Host-`"),
        (Carrier::cookie("__Secure-session"), "does not begin with `__Host-`"),
        (Carrier::cookie("__Host-"), "its name is empty"),
        (Carrier::cookie("__Host-a;b"), "has other bytes than a cookie name"),
        (Carrier::dangerous_cookie_on_loopback(COOKIE), "use `Carrier::cookie(..)`"),
        (Carrier::dangerous_cookie_on_loopback("__HOST-session"), "reserve for prefixes"),
        (Carrier::dangerous_cookie_on_loopback(""), "its name is empty"),
        (Carrier::header("Authorization"), "use `Carrier::authorization(..)`"),
        (Carrier::header("Cookie"), "use `Carrier::cookie(..)`"),
        (Carrier::header("Sec-WebSocket-Protocol"), "use `Carrier::websocket()`"),
        (Carrier::header("x api key"), "is not a header name"),
        (Carrier::header(""), "is not a header name"),
        (Carrier::authorization("Basic"), "are not one token"),
        (Carrier::authorization("DPoP"), "proof of possession"),
        (Carrier::authorization("Bearer "), "is not a word"),
        (Carrier::authorization(""), "is not a word"),
    ] {
        let error = refused([carrier]);
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn a_header_with_another_meaning_is_refused() {
    for name in [
        "host",
        "Content-Length",
        "content-type",
        "Connection",
        "upgrade",
        "te",
        "trailer",
        "transfer-encoding",
        "keep-alive",
        "proxy-authorization",
        "origin",
        "Sec-Fetch-Site",
        "x-forwarded-for",
        "x-real-ip",
        "user-agent",
        "accept",
        "if-match",
        "dpop",
        "set-cookie",
        "forwarded",
        "via",
        "access-control-request-headers",
    ] {
        assert!(refused([Carrier::header(name)]).contains("another meaning in HTTP"), "{name}");
    }
    for name in ["x-api-key", "Cf-Access-Jwt-Assertion", "x-goog-iap-jwt-assertion", "X-Amzn-Oidc-Data"] {
        assert!(Carriers::new(vec![Carrier::header(name)]).is_ok(), "{name}");
    }
}

#[test]
fn an_origin_that_would_never_match_is_refused() {
    for origin in [
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://App.example.com",
        "HTTPS://app.example.com",
        "https://app.example.com:443",
        "http://localhost:80",
        "app.example.com",
        "*",
        "null",
        "https://*.example.com",
        "https://user@app.example.com",
        "https://",
        "",
        "https://ä.example.com",
        "https://a.example https://b.example",
        "https://app.example.com:99999",
        "https://app.example.com?a",
        "https://app.example.com:",
    ] {
        let error = refused([Carrier::cookie(COOKIE).origin(origin)]);
        assert!(error.contains("an origin is not as browsers send it: write `https://"), "{origin}: {error}");
    }
    let error = refused([Carrier::cookie(COOKIE).origin("http://app.example.com")]);
    assert!(error.contains("is not encrypted"), "{error}");
    for origin in [
        "https://app.example.com",
        "https://app.example.com:8443",
        "http://localhost:3000",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
        "https://xn--4ca.example.com",
    ] {
        let carrier = Carrier::cookie(COOKIE).origin("https://other.example.com").origin(origin);
        assert!(Carriers::new(vec![carrier]).is_ok(), "{origin}");
    }
}

#[test]
fn a_login_page_is_a_path_of_the_service() {
    let page = |path: &str| Carrier::cookie(COOKIE).login_page(path);
    for path in
        ["", "login", "//evil.example", "/\\evil.example", "https://evil.example/", "/a?b", "/a#b", "/a b", "/ä"]
    {
        assert!(refused([page(path)]).contains("use a path of this service"), "{path}");
    }
    for name in ["", "a=b", "a&b", "a b"] {
        assert!(refused([page("/login").return_parameter(name)]).contains("`return_parameter` is out of bounds"));
    }
    assert!(refused([Carrier::cookie(COOKIE).return_parameter("next")]).contains("add `.login_page(..)`"));
    let two = [page("/login"), Carrier::cookie("__Host-other").login_page("/other")];
    assert_eq!(refused(two), ConfigError::Duplicate("login_page").to_string());
}

#[test]
fn settings_of_cookies_are_refused_elsewhere() {
    for carrier in [
        Carrier::bearer().origin("https://app.example.com"),
        Carrier::header("x-api-key").login_page("/login"),
        Carrier::websocket().return_parameter("next"),
    ] {
        assert!(refused([carrier]).contains("is for a cookie: remove it"));
    }
}

#[test]
fn there_is_at_least_one_carrier_and_none_twice() {
    assert!(refused([]).contains("name at least one, for instance `Carrier::bearer()`"));
    for twice in [
        [Carrier::bearer(), Carrier::authorization("BEARER")],
        [Carrier::header("X-Api-Key"), Carrier::header("x-api-key")],
        [Carrier::cookie(COOKIE), Carrier::cookie(COOKIE).origin("https://app.example.com")],
        [Carrier::websocket(), Carrier::websocket()],
        [Carrier::authorization("Token"), Carrier::authorization("token")],
    ] {
        assert!(refused(twice).contains("is named twice"));
    }
}

#[test]
fn the_posture_shows_what_is_unusual() {
    for (carrier, text) in [
        (Carrier::bearer(), "Authorization: Bearer"),
        (Carrier::authorization("bearer"), "Authorization: Bearer"),
        (Carrier::authorization("Token"), "Authorization: Token"),
        (Carrier::header("X-Api-Key"), "header x-api-key"),
        (Carrier::websocket(), "WebSocket subprotocol"),
        (Carrier::cookie(COOKIE), "cookie __Host-session"),
        (
            Carrier::cookie(COOKIE).origin("https://a.example").origin("https://b.example"),
            "cookie __Host-session from https://a.example or https://b.example",
        ),
        (Carrier::dangerous_cookie_on_loopback("session"), "COOKIE session WITHOUT __Host- ON LOOPBACK"),
    ] {
        assert_eq!(carrier.to_string(), text);
    }
}
