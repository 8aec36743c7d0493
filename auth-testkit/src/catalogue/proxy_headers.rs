//! H11 and H33: headers in which a proxy names the caller, or says that a check was done.
//!
//! A client can send them too, so they prove nothing unless the proxy removes those of clients.

use super::presentation::{MALFORMED, MISSING};
use super::{Attack, Credentials, Expected};
use http::HeaderName;
use http::header::{
    CONNECTION, COOKIE, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};

pub(super) fn attacks() -> Vec<Attack> {
    let alone = SIGNALS.into_iter().chain(IDENTITIES);
    let mut attacks: Vec<Attack> = alone
        .map(|(header, value)| {
            let credentials = Credentials::none().header(HeaderName::from_static(header), value);
            without_token("H11", format!("{header}: {value}"), credentials)
        })
        .collect();
    for (name, value) in COOKIES {
        let credentials = Credentials::none().header(COOKIE, format!("{name}={value}"));
        attacks.push(without_token("H11", format!("the cookie {name}={value}"), credentials));
    }
    // A key that is not configured may be an empty text, or the word of a script.
    for (what, names) in [("keys", &KEYS), ("secrets and tokens", &SECRETS)] {
        for value in ["", "undefined"] {
            let add = |sent: Credentials, name: &&'static str| sent.header(HeaderName::from_static(name), value);
            let credentials = names.iter().fold(Credentials::none(), add);
            attacks.push(without_token("H11", format!("headers of {what} with the value `{value}`"), credentials));
        }
    }
    for host in HOSTS {
        attacks.push(without_token("H33", format!("the host {host}"), Credentials::none().header(HOST, host)));
    }
    for (name, headers) in TOGETHER {
        let add = |sent: Credentials, &(name, value): &(&'static str, &str)| {
            sent.header(HeaderName::from_static(name), value)
        };
        let credentials = headers.iter().fold(Credentials::none(), add);
        attacks.push(without_token("H11", name.to_owned(), credentials));
    }
    attacks.push(
        // CVE-2022-1388: a proxy removes what `Connection` names (RFC 9110 section 7.6.1), and the
        // service behind it takes a request without credentials for one of its own.
        Attack::new("H04", "a header that Connection names", Expected::InvalidToken, |_| {
            Some(Credentials::bearer("x").header(CONNECTION, "close, Authorization, X-Forwarded-For"))
        })
        .because(MALFORMED),
    );
    let upgrade = "a complete WebSocket upgrade";
    attacks.push(without_token("H11", upgrade.to_owned(), web_socket()));
    attacks.push(
        Attack::new("H09", "a good token as a WebSocket subprotocol", Expected::NoCredentials, |inputs| {
            Some(web_socket().header(SEC_WEBSOCKET_PROTOCOL, format!("bearer, {}", inputs.good())))
        })
        .because(MISSING),
    );
    attacks
}

fn without_token(id: &'static str, name: String, credentials: Credentials) -> Attack {
    Attack::new(id, name, Expected::NoCredentials, move |_| Some(credentials.clone())).because(MISSING)
}

/// RFC 6455 section 4.1.
fn web_socket() -> Credentials {
    Credentials::none()
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
}

/// Headers in which services and jobs have a key.
const KEYS: [&str; 18] = [
    "x-api-key",
    "api-key",
    "apikey",
    "x-key",
    "x-auth-key",
    "x-access-key",
    "x-admin-key",
    "x-app-key",
    "x-client-key",
    "x-cron-key",
    "x-functions-key",
    "x-internal-key",
    "x-internal-api-key",
    "x-job-key",
    "x-master-key",
    "x-secret-key",
    "x-service-key",
    "x-webhook-key",
];

/// Headers in which services and jobs have a secret or a token.
const SECRETS: [&str; 18] = [
    "x-secret",
    "x-admin-secret",
    "x-api-secret",
    "x-client-secret",
    "x-cron-secret",
    "x-hook-secret",
    "x-internal-secret",
    "x-shared-secret",
    "x-webhook-secret",
    "x-token",
    "x-admin-token",
    "x-api-token",
    "x-access-token",
    "x-auth-token",
    "x-cron-token",
    "x-internal-token",
    "x-service-token",
    "x-webhook-token",
];

/// Names of hosts for which a service may omit a check.
const HOSTS: [&str; 7] =
    ["127.0.0.1", "localhost:8080", "[::1]", "admin.localhost", "internal", "api.internal", "evil.example"];

/// Cookies by which a service may take a client for a known caller.
const COOKIES: [(&str, &str); 10] = [
    ("__Host-session", "1"),
    ("__Host-user", "admin"),
    ("session", "admin"),
    ("user", "admin"),
    ("user_id", "1"),
    ("username", "admin"),
    ("role", "admin"),
    ("admin", "true"),
    ("logged_in", "true"),
    ("authenticated", "1"),
];

/// Headers that a service reads together.
const TOGETHER: [(&str, &[(&str, &str)]); 2] = [
    // A layer for cross-origin requests that does not compare the method.
    ("the headers of a preflight", &[("origin", "http://localhost"), ("access-control-request-method", "GET")]),
    (
        "a same-origin request of a browser",
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("referer", "http://localhost/")],
    ),
];

/// Headers that say where a request comes from, or that it was checked.
pub(crate) const SIGNALS: [(&str, &str); 91] = [
    ("x-authenticated", "true"),
    ("x-middleware-subrequest", "middleware:middleware:middleware:middleware:middleware"),
    ("x-original-url", "/health"),
    ("x-rewrite-url", "/health"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-forwarded-for", "what is this?"),
    ("x-real-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;host=localhost"),
    ("x-forwarded-host", "localhost"),
    ("x-forwarded-proto", "https"),
    ("x-internal", "true"),
    ("x-internal-request", "1"),
    ("x-debug", "true"),
    ("x-test", "true"),
    ("x-admin", "true"),
    ("x-role", "admin"),
    ("x-api-key", "test"),
    ("x-skip-auth", "true"),
    ("origin", "http://localhost"),
    ("referer", "http://localhost/login"),
    ("accept", "text/html"),
    ("accept", "text/event-stream"),
    ("x-requested-with", "XMLHttpRequest"),
    ("content-type", "multipart/form-data; boundary=x"),
    ("upgrade", "websocket"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    ("user-agent", "kube-probe/1.31"),
    ("x-forwarded-for", "10.0.0.1"),
    ("x-forwarded-for", "192.168.0.1"),
    ("x-forwarded-for", "::1"),
    ("x-real-ip", "10.0.0.1"),
    ("x-client-ip", "127.0.0.1"),
    ("x-originating-ip", "127.0.0.1"),
    ("x-remote-ip", "127.0.0.1"),
    ("x-remote-addr", "127.0.0.1"),
    ("true-client-ip", "127.0.0.1"),
    ("cf-connecting-ip", "127.0.0.1"),
    ("x-cluster-client-ip", "10.0.0.1"),
    ("fastly-client-ip", "127.0.0.1"),
    ("x-envoy-internal", "true"),
    ("x-envoy-external-address", "127.0.0.1"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-prefix", "/health"),
    ("x-forwarded-uri", "/health"),
    ("x-original-uri", "/health"),
    ("x-envoy-original-path", "/health"),
    ("x-auth-verified", "true"),
    ("x-auth-status", "ok"),
    ("x-verified", "true"),
    ("x-authorized", "true"),
    ("x-auth-bypass", "true"),
    ("x-no-auth", "1"),
    ("x-trusted", "true"),
    ("x-gateway", "true"),
    ("x-from-gateway", "true"),
    ("x-service-name", "gateway"),
    ("x-internal-service", "gateway"),
    ("x-internal-token", "test"),
    ("x-gateway-secret", "secret"),
    ("x-environment", "development"),
    ("x-is-admin", "true"),
    ("x-health-check", "true"),
    ("x-appengine-cron", "true"),
    ("x-cloudscheduler", "true"),
    ("x-appengine-queuename", "default"),
    ("x-cloudtasks-queuename", "default"),
    ("x-amz-cf-id", "1"),
    ("x-dapr-app-id", "orders"),
    ("x-github-event", "ping"),
    ("user-agent", "ELB-HealthChecker/2.0"),
    ("user-agent", "GoogleHC/1.0"),
    ("user-agent", "Googlebot/2.1 (+http://www.google.com/bot.html)"),
    ("user-agent", "Prometheus/2.53.0"),
    ("user-agent", "curl/8.9.1"),
    // CVE-2021-29441: nodes of a cluster are recognised by their agent.
    ("user-agent", "Nacos-Server"),
    ("user-agent", "Consul Health Check"),
    ("user-agent", "Envoy/HC"),
    ("user-agent", "GitHub-Hookshot/044aadd"),
    ("user-agent", "AlwaysOn"),
    ("user-agent", "Amazon-Route53-Health-Check-Service"),
    ("sec-fetch-site", "same-origin"),
    ("origin", "null"),
    ("accept", "application/grpc"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("content-type", "application/grpc"),
    ("content-type", "application/grpc-web+proto"),
    // A matcher of Next.js that is copied often leaves out prefetches.
    ("purpose", "prefetch"),
    ("next-router-prefetch", "1"),
    // A preflight that is recognised by its header, whatever the method is.
    ("access-control-request-method", "GET"),
    // CVE-2020-13945: the key of an example configuration.
    ("x-api-key", "edd1c9f034335f136f87ad84b625c8f1"),
];

/// Headers that name the caller.
pub(crate) const IDENTITIES: [(&str, &str); 78] = [
    ("x-user-id", "1"),
    ("x-user", "admin"),
    ("x-forwarded-user", "admin"),
    ("x-remote-user", "admin"),
    ("x-userid", "1"),
    ("x-user-name", "admin"),
    ("x-username", "admin"),
    ("x-user-email", "admin@localhost"),
    ("x-email", "admin@localhost"),
    ("x-user-role", "admin"),
    ("x-user-roles", "admin"),
    ("x-roles", "admin"),
    ("x-groups", "admin"),
    ("x-user-groups", "admin"),
    ("x-subject", "admin"),
    ("x-sub", "admin"),
    ("x-uid", "0"),
    ("x-account-id", "1"),
    ("x-customer-id", "1"),
    ("x-current-user", "admin"),
    ("remote-user", "admin"),
    ("x-webauth-user", "admin"),
    ("x-auth-user", "admin"),
    ("x-authenticated-user", "admin"),
    ("x-authenticated-userid", "1"),
    ("x-impersonate-user", "admin"),
    ("impersonate-user", "admin"),
    ("x-on-behalf-of", "admin"),
    ("x-act-as", "admin"),
    ("x-auth-request-user", "admin"),
    ("x-auth-request-email", "admin@localhost"),
    ("x-forwarded-email", "admin@localhost"),
    ("x-forwarded-preferred-username", "admin"),
    ("x-forwarded-groups", "admin"),
    ("x-consumer-id", "1"),
    ("x-consumer-username", "admin"),
    ("x-credential-identifier", "admin"),
    ("x-authentik-username", "admin"),
    ("x-vouch-user", "admin"),
    ("x-pomerium-claim-email", "admin@localhost"),
    ("tailscale-user-login", "admin@localhost"),
    ("x-amzn-oidc-identity", "admin"),
    ("x-amzn-oidc-data", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ("x-goog-authenticated-user-email", "accounts.google.com:admin@localhost"),
    ("x-goog-authenticated-user-id", "accounts.google.com:1"),
    ("x-goog-iap-jwt-assertion", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ("x-ms-client-principal-name", "admin"),
    ("x-ms-client-principal-id", "1"),
    ("x-ms-client-principal", "eyJ1c2VyX2lkIjoiYWRtaW4ifQ=="),
    ("cf-access-authenticated-user-email", "admin@localhost"),
    ("cf-access-jwt-assertion", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ("x-apigateway-api-userinfo", "eyJzdWIiOiJhZG1pbiJ9"),
    ("x-endpoint-api-userinfo", "eyJzdWIiOiJhZG1pbiJ9"),
    ("x-userinfo", "eyJzdWIiOiJhZG1pbiJ9"),
    ("x-jwt-payload", "eyJzdWIiOiJhZG1pbiJ9"),
    ("x-jwt-claims", "{\"sub\":\"admin\"}"),
    ("x-jwt-sub", "admin"),
    ("x-token-subject", "admin"),
    ("x-client-verify", "SUCCESS"),
    ("x-ssl-client-verify", "SUCCESS"),
    ("ssl-client-verify", "SUCCESS"),
    ("x-ssl-client-s-dn", "CN=admin"),
    ("ssl-client-s-dn", "CN=admin"),
    ("x-client-dn", "CN=admin"),
    ("x-client-cert", "-----BEGIN CERTIFICATE-----"),
    ("x-ssl-cert", "-----BEGIN CERTIFICATE-----"),
    ("x-forwarded-client-cert", "By=spiffe://a;Subject=\"CN=admin\""),
    ("x-forwarded-client-cert", "By=spiffe://a/sa/api;Hash=00;URI=spiffe://a/ns/default/sa/admin"),
    ("client-cert", ":AAAA:"),
    ("x-arr-clientcert", "AAAA"),
    ("x-amzn-mtls-clientcert-subject", "CN=admin"),
    // CVE-2025-64484: a proxy removes the name with hyphens, and the application behind it reads
    // `_` as `-` (RFC 3875 section 4.1.18).
    ("remote_user", "admin"),
    ("x_remote_user", "admin"),
    ("x_forwarded_user", "admin"),
    ("x_forwarded_email", "admin@localhost"),
    ("x_auth_request_user", "admin"),
    ("x_webauth_user", "admin"),
    ("x_user_id", "1"),
];
