//! Tests where a token may be in a request, and how often.

use crate::support::{BARE_CHALLENGE, INVALID_REQUEST, INVALID_TOKEN, PROBLEM_401, Server, assert_no_part_of_token_in};
use auth_runtime::events::Reason;

/// Sends a request to this path with these header lines.
async fn sent(server: &Server, target: &str, lines: &[&[u8]]) -> crate::support::Response {
    let mut request = format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n").into_bytes();
    for line in lines {
        request.extend_from_slice(line);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    server.exchange(request).await
}

async fn missing(server: &Server, target: &str, lines: &[&[u8]], reason: Reason) {
    let runs = server.runs.so_far();
    let response = sent(server, target, lines).await;
    assert_eq!(response.status, 401, "{target} {lines:?}");
    assert_eq!((response.header("www-authenticate"), response.text()), (Some(BARE_CHALLENGE), PROBLEM_401));
    assert_eq!(server.runs.so_far(), runs);
    let event = server.only_event();
    assert_eq!((event.reason, event.status), (reason, 401), "{target} {lines:?}");
    assert_no_part_of_token_in(&event, &server.good());
}

async fn not_allowed(server: &Server, target: &str, lines: &[&[u8]]) {
    let runs = server.runs.so_far();
    let response = sent(server, target, lines).await;
    assert_eq!(response.status, 400, "{target} {}", lines.concat().escape_ascii());
    assert_eq!(response.header("www-authenticate"), Some(INVALID_REQUEST));
    assert_eq!(response.text(), r#"{"type":"about:blank","title":"Bad Request","status":400}"#);
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(server.runs.so_far(), runs);
    let event = server.only_event();
    assert_eq!((event.reason, event.status), (Reason::SeveralCredentials, 400));
    assert_no_part_of_token_in(&event, &server.good());
}

#[tokio::test]
async fn h01_h02_inc_09_without_a_bearer_token_the_challenge_is_bare() {
    let server = Server::start().await;
    let good = server.good();
    missing(&server, "/me", &[], Reason::MissingCredentials).await;
    let others = [
        "authorization:",
        "authorization: ",
        "authorization: Basic YWxpY2U6c2VjcmV0",
        "authorization: Negotiate YII=",
        "authorization: Digest username=\"alice\"",
        "authorization: Digest username=\"alice, the first\", realm=\"a b\", uri=\"/me\", qop=auth, nc=00000001",
        "authorization: Basic YWxpY2U6c2VjcmV0, Basic Ym9iOnNlY3JldA==",
        &format!("authorization: Token {good}"),
        &format!("authorization: DPoP {good}"),
        &format!("authorization: JWT {good}"),
        &format!("authorization: {good}"),
        &format!("authorization: \"{good}\""),
        &format!("authorization: Bearer{good}"),
        &format!("authorization: Bearer:{good}"),
        &format!("authorization: Bearer,{good}"),
        &format!("authorization: Bearer\t{good}"),
        &format!("authorization: Bearer={good}"),
        &format!("authorization: X-Bearer {good}"),
        &format!("authorization: Bear {good}"),
        &format!("authorization: null {good}"),
        &format!("x-authorization: Bearer {good}"),
    ];
    for line in others {
        missing(&server, "/me", &[line.as_bytes()], Reason::MissingCredentials).await;
    }
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h03_h04_the_scheme_ignores_case_and_spaces_before_the_token() {
    let server = Server::start().await;
    let good = server.good();
    for credentials in [
        format!("bearer {good}"),
        format!("BEARER {good}"),
        format!("BeArEr {good}"),
        // RFC 9110 section 11.4: one space or more.
        format!("Bearer  {good}"),
        format!("Bearer      {good}"),
        // HTTP removes white space around the value.
        format!("   Bearer {good}"),
        format!("Bearer {good}  \t "),
    ] {
        let response = sent(&server, "/me", &[format!("authorization: {credentials}").as_bytes()]).await;
        assert_eq!(response.status, 200, "{credentials}");
    }
    assert_eq!(server.runs.so_far(), 7);
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn h04_h06_malformed_bearer_credentials_are_refused() {
    let server = Server::start().await;
    let good = server.good();
    let with_bytes = |before: &[u8], after: &[u8]| [b"authorization: Bearer ", before, good.as_bytes(), after].concat();
    let bad = [
        b"authorization: Bearer".to_vec(),
        b"authorization: Bearer ".to_vec(),
        b"authorization: bearer    ".to_vec(),
        b"authorization: Bearer Bearer".to_vec(),
        with_bytes(b"", b" extra"),
        with_bytes(b"", b"\textra"),
        with_bytes(b"\t", b""),
        with_bytes(b"Bearer ", b""),
        with_bytes(b"\"", b"\""),
        with_bytes(b"token=", b""),
        with_bytes(b"<", b">"),
        with_bytes(b"", b";realm=api"),
        // A comma does not start a second credential unless another one follows.
        with_bytes(b"", b","),
        with_bytes(b",", b""),
        with_bytes(b"", b", "),
        with_bytes(b"", b",,"),
        with_bytes(b"", b",x"),
        with_bytes(b"", b", realm=\"api\""),
        with_bytes(b"", b"\xff"),
        with_bytes(b"\xc3\xa9", b""),
        with_bytes(b"\xef\xbb\xbf", b""),
        b"authorization: Bearer \xff\xfe".to_vec(),
        b"authorization: Bearer undefined".to_vec(),
    ];
    for line in bad {
        let response = sent(&server, "/me", &[&line]).await;
        assert_eq!(response.status, 401, "{}", line.escape_ascii());
        assert_eq!((response.header("www-authenticate"), response.text()), (Some(INVALID_TOKEN), PROBLEM_401));
        let event = server.only_event();
        assert!(
            matches!(event.reason, Reason::PlaceholderToken | Reason::MalformedCredentials | Reason::MalformedToken),
            "{event:?}"
        );
        assert_no_part_of_token_in(&event, &good);
    }
    // A byte that is not allowed in a scheme makes it another scheme.
    let scheme = [b"authorization: B\xe9arer ", good.as_bytes()].concat();
    missing(&server, "/me", &[&scheme], Reason::MissingCredentials).await;
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h05_a_request_with_two_credentials_is_rejected() {
    let server = Server::start().await;
    let (good, other) =
        (server.good(), server.mint.token(&crate::support::with(crate::support::claims(), "sub", "bob")));
    let good_line = format!("authorization: Bearer {good}");
    let good_line = good_line.as_bytes();
    for second in [
        good_line,
        format!("authorization: Bearer {other}").as_bytes(),
        b"authorization: Bearer garbage",
        b"authorization: Basic YWxpY2U6c2VjcmV0",
        b"authorization:",
        b"AUTHORIZATION: Bearer x",
        b"authorization: \xff",
    ] {
        not_allowed(&server, "/me", &[good_line, second]).await;
        not_allowed(&server, "/me", &[second, good_line]).await;
        not_allowed(&server, "/me", &[second, b"x: y", good_line, good_line]).await;
    }
    for credentials in [
        format!("Bearer {good}, Bearer {good}"),
        format!("Bearer {good}, Bearer {other}"),
        format!("Bearer garbage, Bearer {good}"),
        format!("Bearer {good},Bearer {good}"),
        format!("Bearer {good}, Basic YWxpY2U6c2VjcmV0"),
        format!("Basic YWxpY2U6c2VjcmV0, Bearer {good}"),
        format!("Basic YWxpY2U6c2VjcmV0,bearer  {good}"),
        format!("Digest username=\"alice\", qop=auth, Bearer {good}"),
    ] {
        not_allowed(&server, "/me", &[format!("authorization: {credentials}").as_bytes()]).await;
    }
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h09_inc_56_a_token_in_the_query_is_not_used_and_has_its_own_reason() {
    let server = Server::start().await;
    let good = server.good();
    let in_header = format!("authorization: Bearer {good}");
    for path in ["/me", "/orders/7", "/v1/orders/7", "/v1"] {
        for query in [
            format!("access_token={good}"),
            format!("a=b&access_token={good}&c"),
            "access_token=".into(),
            "access_token".into(),
        ] {
            let target = format!("{path}?{query}");
            missing(&server, &target, &[], Reason::TokenInQuery).await;
            missing(&server, &target, &[b"x: y"], Reason::TokenInQuery).await;
            not_allowed(&server, &target, &[in_header.as_bytes()]).await;
        }
    }
    // Other names in the query belong to the service.
    for query in ["my_access_token=x", "access_tokens=x", "token=access_token"] {
        missing(&server, &format!("/me?{query}"), &[], Reason::MissingCredentials).await;
        assert_eq!(sent(&server, &format!("/me?{query}"), &[in_header.as_bytes()]).await.status, 200);
    }
}

#[tokio::test]
async fn h09_a_token_in_another_place_is_ignored() {
    let server = Server::start().await;
    let good = server.good();
    for line in [
        format!("cookie: access_token={good}; token={good}; session={good}"),
        format!("x-access-token: {good}"),
        format!("x-auth-token: {good}"),
        format!("x-api-key: {good}"),
        format!("proxy-authorization: Bearer {good}"),
        format!("x-forwarded-authorization: Bearer {good}"),
        format!("authentication: Bearer {good}"),
        format!("sec-websocket-protocol: bearer, {good}"),
        format!("x-original-authorization: Bearer {good}"),
    ] {
        missing(&server, "/me", &[line.as_bytes()], Reason::MissingCredentials).await;
    }
    let body = format!("access_token={good}");
    let length = body.len();
    let form = format!(
        "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let response = server.exchange(&form).await;
    assert_eq!((response.status, response.header("www-authenticate")), (401, Some(BARE_CHALLENGE)));
    assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    assert_eq!(server.runs.so_far(), 0);
    // In addition to a header it belongs to the service: the gate does not read the body.
    let known = form.replacen("\r\n", &format!("\r\nauthorization: Bearer {good}\r\n"), 1);
    let response = server.exchange(known).await;
    assert_eq!((response.status, response.text()), (200, &*body));
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h11_inc_32_inc_33_no_other_header_authenticates_its_sender() {
    let server = Server::start().await;
    let identity_headers = [
        "x-user-id: 1",
        "x-forwarded-user: admin",
        "x-remote-user: admin",
        "remote-user: admin",
        "x-auth-request-user: admin",
        "x-middleware-subrequest: middleware:middleware:middleware:middleware:middleware",
        "user-agent: Nacos-Server",
        "x-internal: true",
        "x-verified: true",
        "x-authenticated: yes",
        "x-forwarded-for: 127.0.0.1",
        "x-real-ip: ::1",
        "x-forwarded-uri: /health",
        "x-original-url: /health",
        "x-rewrite-url: /health",
        "x-client-cert: CN=admin",
        "x-forwarded-client-cert: Subject=\"CN=admin\"",
        "via: 1.1 gateway",
        "host: internal",
        "x-http-auth: 1",
    ];
    for line in identity_headers {
        missing(&server, "/me", &[line.as_bytes()], Reason::MissingCredentials).await;
    }
    let all: Vec<_> = identity_headers.iter().map(|line| line.as_bytes()).collect();
    missing(&server, "/me", &all, Reason::MissingCredentials).await;
    // These headers do not change a known caller either.
    let known = format!("authorization: Bearer {}", server.good());
    let response = sent(&server, "/me", &[all, vec![known.as_bytes()]].concat()).await;
    assert_eq!((response.status, response.text()), (200, "alice"));
}
