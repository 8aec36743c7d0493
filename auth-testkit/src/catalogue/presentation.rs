//! H01 to H11: how a token is presented (RFC 6750 section 2, RFC 9110 section 11).

use super::{Attack, AttackInputs, Credentials, Expected};
use auth_runtime::events::Reason;
use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

pub(super) const MISSING: &[Reason] = &[Reason::MissingCredentials];
pub(super) const MALFORMED: &[Reason] = &[
    Reason::MissingCredentials,
    Reason::PlaceholderToken,
    Reason::MalformedCredentials,
    Reason::MalformedToken,
    Reason::SeveralCredentials,
    Reason::BadSignature,
];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = vec![
        Attack::new("H01", "no credentials", Expected::NoCredentials, |_| Some(Credentials::none())).because(MISSING),
    ];
    for scheme in [
        "Basic YWxpY2U6c2VjcmV0",
        "Basic YWRtaW46YWRtaW4=",
        "Basic Og==",
        // guest:guest, root:root, admin:changeme, admin:password, test:test, user:password, and
        // admin, api, batch, root, service and user without a password
        "Basic Z3Vlc3Q6Z3Vlc3Q=",
        "Basic cm9vdDpyb290",
        "Basic YWRtaW46Y2hhbmdlbWU=",
        "Basic YWRtaW46cGFzc3dvcmQ=",
        "Basic dGVzdDp0ZXN0",
        "Basic dXNlcjpwYXNzd29yZA==",
        "Basic YWRtaW46",
        "Basic YXBpOg==",
        "Basic YmF0Y2g6",
        "Basic cm9vdDo=",
        "Basic c2VydmljZTo=",
        "Basic dXNlcjo=",
        "Digest username=\"alice\"",
        "Negotiate YII=",
        "AWS4-HMAC-SHA256 Credential=a/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=00",
        "Token abc",
        "ApiKey abc",
    ] {
        let name = format!("another scheme: {scheme}");
        attacks.push(
            Attack::new("H02", name, Expected::NoCredentials, move |_| Some(Credentials::authorization(scheme)))
                .because(MISSING),
        );
    }
    attacks.push(
        Attack::new("H02", "a good token under another scheme", Expected::NoCredentials, |inputs| {
            Some(Credentials::authorization(format!("Token {}", inputs.good())))
        })
        .because(MISSING),
    );
    for scheme in ["bearer", "BEARER", "BeArEr"] {
        attacks.push(Attack::new(
            "H03",
            format!("the scheme as {scheme}, which is equivalent"),
            Expected::Admitted,
            move |inputs| Some(Credentials::authorization(format!("{scheme} {}", inputs.good()))),
        ));
    }
    for (name, present) in PRESENTED {
        attacks.push(
            Attack::new("H04", name, Expected::Refused, move |inputs| {
                Some(Credentials::authorization(present(inputs.good())))
            })
            .because(MALFORMED),
        );
    }
    attacks.push(
        Attack::new("H04", "the token without a scheme", Expected::NoCredentials, |inputs| {
            Some(Credentials::authorization(inputs.good()))
        })
        .because(MISSING),
    );
    for (name, pair) in SEVERAL {
        attacks.push(
            Attack::new("H05", name, Expected::InvalidRequest, move |inputs| Some(pair(inputs)))
                .because(&[Reason::SeveralCredentials]),
        );
    }
    attacks.push(
        Attack::new("H06", "bytes beyond ASCII", Expected::Refused, |_| {
            Some(Credentials::authorization(b"Bearer \xff\xfe\x80"))
        })
        .because(MALFORMED),
    );
    attacks.push(
        Attack::new("H06", "an empty Authorization header", Expected::NoCredentials, |_| {
            Some(Credentials::authorization(""))
        })
        .because(MISSING),
    );
    attacks.extend(other_places());
    attacks
}

/// H09: a token in another place than `Authorization` (RFC 9700 section 4.3.2).
fn other_places() -> Vec<Attack> {
    let mut attacks = Vec::new();
    attacks.push(
        Attack::new("H09", "a good token in the query", Expected::NoCredentials, |inputs| {
            Some(Credentials::none().query(format!("access_token={}", inputs.good())))
        })
        .because(&[Reason::TokenInQuery]),
    );
    for name in ["token", "jwt", "id_token", "bearer", "authorization", "auth", "api_key", "key"] {
        attacks.push(
            Attack::new(
                "H09",
                format!("a good token in the query as {name}"),
                Expected::NoCredentials,
                move |inputs| Some(Credentials::none().query(format!("{name}={}", inputs.good()))),
            )
            .because(MISSING),
        );
    }
    // A link whose token is decoded without its signature.
    for name in ["access_token", "token", "jwt"] {
        let title = format!("{FORGED_IN_THE_QUERY} as {name}");
        let reasons = if name == "access_token" { &[Reason::TokenInQuery] } else { MISSING };
        attacks.push(
            Attack::new("T01", title, Expected::Refused, move |inputs| {
                let token = inputs.forgery()?.header("alg", "none").unsigned();
                Some(Credentials::none().query(format!("{name}={token}")))
            })
            .because(reasons),
        );
    }
    for word in WORDS {
        let name = format!("the word {word} as the token");
        attacks.push(
            Attack::new("H04", name, Expected::InvalidToken, move |_| Some(Credentials::bearer(word)))
                .because(MALFORMED),
        );
    }
    attacks.push(
        Attack::new("H09", "a good token in a form", Expected::NoCredentials, |inputs| {
            Some(Credentials::none().form(format!("access_token={}", inputs.good())))
        })
        .because(MISSING),
    );
    for (name, header) in [
        ("Proxy-Authorization", PROXY_AUTHORIZATION),
        ("X-Access-Token", HeaderName::from_static("x-access-token")),
        ("X-Forwarded-Authorization", HeaderName::from_static("x-forwarded-authorization")),
        ("X-Auth-Token", HeaderName::from_static("x-auth-token")),
    ] {
        attacks.push(
            Attack::new("H09", format!("a good token in {name}"), Expected::NoCredentials, move |inputs| {
                Some(Credentials::none().header(header.clone(), format!("Bearer {}", inputs.good())))
            })
            .because(MISSING),
        );
    }
    attacks.push(
        Attack::new("H09", "a good token in a cookie", Expected::NoCredentials, |inputs| {
            let token = inputs.good();
            let names =
                ["access_token", "token", "jwt", "session", "sid", "auth", "auth_token", "id_token", "Authorization"];
            let cookies: Vec<String> = names.iter().map(|name| format!("{name}={token}")).collect();
            Some(Credentials::none().header(COOKIE, cookies.join("; ")))
        })
        .because(MISSING),
    );
    attacks
}

/// Tokens of a developer's machine.
const WORDS: [&str; 17] = [
    "test",
    "admin",
    "debug",
    "secret",
    "token",
    "dev",
    "changeme",
    "true",
    "0",
    "*",
    "dev-token",
    "test-token",
    "admin-token",
    "password",
    "demo",
    "internal",
    "system",
];

/// Makes a header value from a good token.
type Present = fn(&str) -> String;

const PRESENTED: [(&str, Present); 8] = [
    ("the scheme and no token", |_| "Bearer".to_owned()),
    ("the scheme, a space and no token", |_| "Bearer ".to_owned()),
    ("a tab between scheme and token", |token| format!("Bearer\t{token}")),
    ("a word after the token", |token| format!("Bearer {token} extra")),
    ("a comma after the token", |token| format!("Bearer {token},")),
    ("the scheme twice", |token| format!("Bearer Bearer {token}")),
    ("the token in quotes", |token| format!("Bearer \"{token}\"")),
    ("the words null and undefined", |_| "Bearer null undefined".to_owned()),
];

/// How the attacks are called whose token is in the query.
pub(crate) const FORGED_IN_THE_QUERY: &str = "alg none, in the query";

/// A service that never reads the query is right to ignore the second token.
pub(crate) const BESIDE_A_QUERY: &str = "a good token in the header and another in the query";

type Combine = fn(&AttackInputs<'_>) -> Credentials;

const SEVERAL: [(&str, Combine); 5] = [
    ("two headers, a good token and a bad one", |inputs| {
        Credentials::bearer(inputs.good()).header(AUTHORIZATION, "Bearer a.b.c")
    }),
    ("two headers, a bad token and a good one", |inputs| {
        Credentials::bearer("a.b.c").header(AUTHORIZATION, format!("Bearer {}", inputs.good()))
    }),
    ("two headers with the same good token", |inputs| {
        Credentials::bearer(inputs.good()).header(AUTHORIZATION, format!("Bearer {}", inputs.good()))
    }),
    ("two tokens in one header", |inputs| {
        Credentials::authorization(format!("Bearer a.b.c, Bearer {}", inputs.good()))
    }),
    (BESIDE_A_QUERY, |inputs| Credentials::bearer(inputs.good()).query(format!("access_token={}", inputs.good()))),
];
