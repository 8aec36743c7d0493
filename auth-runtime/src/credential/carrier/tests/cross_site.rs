//! A cookie needs a safe method, or a request of the service's own pages.

use super::support::{COOKIE, ORIGIN, all, carriers, found, head, in_no_query};
use crate::credential::carrier::Carrier;
use auth_events::Reason::CrossSite;

const SESSION: &str = "cookie: __Host-session=a";

#[test]
fn safe_methods_need_no_origin() {
    for request in ["GET /", "HEAD /", "OPTIONS /"] {
        for site in [&[][..], &["sec-fetch-site: cross-site", "origin: https://evil.example"]] {
            let lines = [&[SESSION][..], site].concat();
            assert_eq!(found(&all(), &head(request, &lines)).as_deref(), Ok("3 a"), "{request} {site:?}");
        }
    }
}

#[test]
fn other_methods_and_upgrades_need_the_services_own_pages() {
    let accepted: [&[&str]; 7] = [
        &["sec-fetch-site: same-origin"],
        &["sec-fetch-site: none"],
        // A referrer policy hides the origin, and the browser still says that it is the same.
        &["sec-fetch-site: same-origin", "origin: null"],
        &["sec-fetch-site: same-site", "origin: https://app.example.com"],
        &["sec-fetch-site: cross-site", "origin: https://app.example.com"],
        &["origin: https://app.example.com"],
        &["sec-fetch-site: later-value", "origin: https://app.example.com"],
    ];
    let refused: [&[&str]; 17] = [
        &[],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
        &["sec-fetch-site: Same-Origin"],
        &["sec-fetch-site: same-origin, cross-site"],
        &["sec-fetch-site:"],
        &["sec-fetch-site: same-origin", "sec-fetch-site: same-origin"],
        &["sec-fetch-site: same-origin", "origin: https://app.example.com", "origin: https://evil.example"],
        &["origin: https://app.example.com", "origin: https://app.example.com"],
        &["origin: https://evil.example"],
        &["origin: null"],
        &["origin:"],
        &["origin: https://app.example.com.evil.example"],
        &["origin: https://app.example.com/"],
        &["origin: https://app.example.com:443"],
        &["origin: http://app.example.com"],
        &["referer: https://app.example.com/"],
    ];
    for request in ["POST /", "PUT /", "PATCH /", "DELETE /", "TRACE /", "CONNECT /", "BREW /", "GET / upgrade"] {
        let (request, upgrade) = match request.strip_suffix(" upgrade") {
            Some(request) => (request, &["connection: upgrade", "upgrade: websocket"][..]),
            None => (request, &[][..]),
        };
        for site in accepted {
            let lines = [&[SESSION][..], upgrade, site].concat();
            assert_eq!(found(&all(), &head(request, &lines)).as_deref(), Ok("3 a"), "{request} {lines:?}");
        }
        for site in refused {
            let lines = [&[SESSION][..], upgrade, site].concat();
            assert_eq!(found(&all(), &head(request, &lines)), Err(CrossSite), "{request} {lines:?}");
        }
    }
}

/// P8: the rejection does not depend on the value of the cookie, so that another site learns
/// nothing about it.
#[test]
fn the_cookie_is_not_read_before_the_site_is_known() {
    for value in ["", "garbage \"", "a.b.c"] {
        let parts = head("POST /", &[&format!("cookie: __Host-session={value}"), "origin: https://evil.example"]);
        let refusal = all().find(&parts, in_no_query).map(drop).unwrap_err();
        assert_eq!((refusal.rejection.reason(), refusal.rejection.status().as_u16()), (CrossSite, 403), "{value}");
        assert!(refusal.detail.is_some_and(|detail| detail.contains("Origin")));
    }
}

/// A script adds the other carriers itself, and another site's script does not know the credential.
#[test]
fn only_cookies_need_the_services_own_pages() {
    for line in ["authorization: Bearer a", "authorization: Token a", "x-api-key: a"] {
        let lines = [line, "origin: https://evil.example", "sec-fetch-site: cross-site"];
        assert!(found(&all(), &head("POST /", &lines)).is_ok(), "{line}");
    }
}

#[test]
fn without_configured_origins_only_fetch_metadata_counts() {
    let cookie = carriers([Carrier::cookie(COOKIE)]);
    let own = format!("origin: {ORIGIN}");
    assert_eq!(found(&cookie, &head("POST /", &[SESSION, &own])), Err(CrossSite));
    assert_eq!(found(&cookie, &head("POST /", &[SESSION, "sec-fetch-site: same-origin"])).as_deref(), Ok("0 a"));
}
