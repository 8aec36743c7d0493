//! A cookie counts for safe requests and for those of the service's own pages.

use super::support::{ORIGIN, cookie, sent, server};
use crate::support::{assert_no_part_of_token_in, claims, with};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::{Class, Reason};

#[tokio::test]
async fn a_cookie_proves_the_caller_of_a_safe_request() {
    let server = server([cookie()]).await;
    let session = format!("cookie: theme=dark; __Host-session={}", server.good());
    let response = sent(&server, "GET /me", &[&session, "sec-fetch-site: cross-site"]).await;
    assert_eq!((response.status, response.text()), (200, "alice"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("vary"), Some("Authorization, cookie"));
    assert!(server.events().is_empty());
}

/// P6, P7: the attack of another site with the cookie of a user who is logged in.
#[tokio::test]
async fn a_cross_site_request_is_403_with_an_event_and_never_reaches_the_handler() {
    let server = server([Carrier::bearer(), cookie()]).await;
    let session = format!("cookie: __Host-session={}", server.good());
    for site in [
        &[][..],
        &["origin: https://evil.example"],
        &["origin: null", "sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
    ] {
        let lines = [&[session.as_str()][..], site].concat();
        let response = sent(&server, "POST /orders/7/refund", &lines).await;
        assert_eq!(response.status, 403, "{site:?}");
        assert_eq!(response.text(), r#"{"type":"about:blank","title":"Forbidden","status":403}"#);
        assert_eq!((response.header("www-authenticate"), response.header("cache-control")), (None, Some("no-store")));
        assert_eq!(response.header("vary"), Some("Authorization, cookie"));
        assert_eq!(response.header("set-cookie"), None, "a user who is logged in stays so");
        let event = server.only_event();
        assert_eq!((event.reason, event.status, event.reason.class()), (Reason::CrossSite, 403, Class::Invalid));
        assert_eq!(event.subject, None, "the cookie was not verified");
        assert!(event.detail.as_deref().is_some_and(|detail| detail.contains("Origin")), "{event:?}");
        assert_no_part_of_token_in(&event, &server.good());
    }
    assert_eq!(server.runs.so_far(), 0);
    let own = format!("origin: {ORIGIN}");
    for site in [own.as_str(), "sec-fetch-site: same-origin", "sec-fetch-site: none"] {
        let response = sent(&server, "POST /echo", &[&session, site]).await;
        assert_eq!(response.status, 200, "{site}");
    }
    assert_eq!(server.runs.so_far(), 3);
}

/// P8: what another site sees does not depend on the cookie.
#[tokio::test]
async fn a_cross_site_rejection_tells_nothing_about_the_cookie() {
    let server = server([cookie()]).await;
    let mut seen = Vec::new();
    for value in [server.good(), server.mint.token(&with(claims(), "exp", 1)), "garbage".to_owned(), String::new()] {
        let session = format!("cookie: __Host-session={value}");
        seen.push(sent(&server, "POST /echo", &[&session, "sec-fetch-site: cross-site"]).await.visible());
        assert_eq!(server.only_event().reason, Reason::CrossSite);
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn a_bad_cookie_is_rejected_as_a_bad_token_is() {
    let server = server([cookie()]).await;
    let good = server.good();
    let expired = server.mint.token(&with(claims(), "exp", 1));
    for (value, reason) in [
        (expired, Reason::Expired),
        (good[..good.len() - 4].to_owned(), Reason::BadSignature),
        ("garbage".to_owned(), Reason::MalformedToken),
        (String::new(), Reason::MalformedCredentials),
        (format!("\"{good}\""), Reason::MalformedCredentials),
    ] {
        for target in ["/me", "/article"] {
            let response = sent(&server, &format!("GET {target}"), &[&format!("cookie: __Host-session={value}")]).await;
            assert_eq!(response.status, 401, "{value}");
            let challenge = "Cookie realm=\"api\", error=\"invalid_token\"";
            assert_eq!(response.header("www-authenticate"), Some(challenge));
            let event = server.only_event();
            assert!([reason, Reason::MalformedToken].contains(&event.reason), "{value}: {event:?}");
            assert_no_part_of_token_in(&event, &good);
        }
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn two_credentials_are_400_whatever_their_carriers() {
    let server = server([Carrier::bearer(), cookie(), Carrier::header("x-api-key")]).await;
    let good = server.good();
    let (bearer, session, key) = (
        format!("authorization: Bearer {good}"),
        format!("cookie: __Host-session={good}"),
        format!("x-api-key: {good}"),
    );
    for lines in [
        [&bearer, &session],
        [&bearer, &key],
        [&session, &key],
        [&session, &session],
        [&key, &key],
        [&session, &"authorization: Basic YTpi".to_owned()],
    ] {
        let lines = lines.map(String::as_str);
        for target in ["/me", "/article"] {
            assert_eq!(sent(&server, &format!("GET {target}"), &lines).await.status, 400, "{target}");
            assert_eq!(server.only_event().reason, Reason::SeveralCredentials);
        }
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn a_guest_is_not_affected_by_other_cookies_or_sites() {
    let server = server([cookie()]).await;
    let lines = ["cookie: theme=dark", "origin: https://evil.example", "sec-fetch-site: cross-site"];
    let guest = sent(&server, "POST /comments", &lines).await;
    assert_eq!((guest.status, guest.text()), (200, "a guest"));
    assert_eq!((guest.header("vary"), guest.header("cache-control")), (Some("Authorization, cookie"), None));
    assert!(server.events().is_empty());
    let session = format!("cookie: __Host-session={}", server.good());
    assert_eq!(sent(&server, "POST /comments", &[&session, "sec-fetch-site: cross-site"]).await.status, 403);
    assert_eq!(server.only_event().reason, Reason::CrossSite);
    assert_eq!(server.runs.so_far(), 1);
}

/// The test's server is on this machine, and so is its peer.
#[tokio::test]
async fn a_cookie_without_the_prefix_counts_for_a_local_host_only() {
    let server = server([Carrier::dangerous_cookie_on_loopback("session")]).await;
    let request = |host: &str| format!("GET /me HTTP/1.1\r\nhost: {host}\r\ncookie: session={}\r\n\r\n", server.good());
    assert_eq!(server.exchange(request("localhost:3000")).await.status, 200);
    assert_eq!(server.exchange(request("app.example.com")).await.status, 401);
    let event = server.only_event();
    assert_eq!(event.reason, Reason::MissingCredentials);
    assert!(event.detail.is_some_and(|detail| detail.contains("`__Host-`")));
}
