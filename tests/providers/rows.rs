//! Rows 2, 4, 5 and 12: scopes, roles, audiences, lifetimes, subjects, and what stays refused.

use super::people::{CLIENT, keycloak};
use super::workloads::{YEAR, cloudflare, kubernetes};
use super::{Fixture, all};
use crate::support::{Bench, ISSUER, Mint, Runs, Server, base64url, claims, get_with, header, routes, with, without};
use auth_runtime::credentials::{Carrier, Provider, TrustedIssuer};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get;
use auth_runtime::{Authenticated, Claims, TokenType, authenticated, claim};
use axum::extract::State;
use serde_json::{Value, json};
use std::time::Duration;

claim!(ZitadelAdmin = "admin" in keys of "urn:zitadel:iam:org:project:roles");

#[authenticated]
async fn subject(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    auth.subject().to_owned()
}

#[authenticated(Claims, requires = ZitadelAdmin)]
async fn administer(State(runs): State<Runs>) {
    runs.count();
}

async fn server_of(fixture: &Fixture, provider: Provider) -> Server {
    let (keys, audience) = (fixture.keys(), fixture.audience);
    Server::with(fixture.mint.algorithm)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(audience).carriers([Carrier::bearer()]))
        .app(|service| routes().route("/subject", get(subject)).route("/admin", get(administer)).with_state(service))
        .start()
        .await
}

async fn status(server: &Server, path: &str, token: &str) -> u16 {
    let status = server.exchange(get_with(path, token)).await.status;
    server.events();
    status
}

/// Row 2, over a socket: Duende's `scope` is an array, and the route requires a scope.
#[tokio::test]
async fn a_scope_array_grants_as_the_text_does() {
    let duende = all().into_iter().find(|fixture| fixture.name == "Duende IdentityServer").expect("Duende");
    let server = duende.server().await;
    for (scope, expected) in [
        (json!(["openid", "orders:write"]), 200),
        (json!("openid orders:write"), 200),
        (json!(["orders:write"]), 200),
        (json!(["orders:write", 1]), 403),
        (json!(["orders:write", null]), 403),
        (json!([["orders:write"]]), 403),
        (json!({"orders:write": true}), 403),
        (json!(["openid orders:write"]), 403),
        (json!(["orders:write "]), 403),
        (json!([]), 403),
        (json!(1), 403),
    ] {
        let token = duende.token(&duende.with(&json!({"scope": scope})));
        let request = get_with("/orders", &token).replacen("GET", "POST", 1);
        assert_eq!(server.exchange(request).await.status, expected, "{scope}");
    }
}

/// Row 2: Zitadel's roles are the names of an object's members.
#[tokio::test]
async fn roles_as_keys_of_an_object_grant_to_those_who_have_them() {
    let zitadel = all().into_iter().find(|fixture| fixture.name == "Zitadel").expect("Zitadel");
    let server = server_of(&zitadel, zitadel.provider.clone()).await;
    for (roles, expected) in [
        (json!({"admin": {"2891": "shop.id.example.com"}}), 200),
        (json!({"user": {"1": "x"}, "admin": {"1": "x"}}), 200),
        (json!({"user": {"1": "x"}}), 403),
        (json!({"administrator": {"1": "x"}}), 403),
        (json!({"admin": {}}), 403),
        (json!({"admin": false}), 403),
        (json!({"admin": true}), 403),
        (json!({"admin": null}), 403),
        (json!({"admin": "x"}), 403),
        (json!({"admin": ["x"]}), 403),
        (json!({"user": {"admin": {"1": "x"}}}), 403),
        (json!([{"admin": {"1": "x"}}]), 403),
        (json!(["admin"]), 403),
        (json!("admin"), 403),
    ] {
        let token = zitadel.token(&zitadel.with(&json!({"urn:zitadel:iam:org:project:roles": roles})));
        assert_eq!(status(&server, "/admin", &token).await, expected, "{roles}");
    }
}

/// Row 4: tokens of a cluster live a year, beside people's, which live an hour.
#[tokio::test]
async fn lifetime_audiences_and_kind_are_those_of_the_issuer() {
    let cluster = kubernetes();
    let trusted = TrustedIssuer::of(cluster.provider.clone(), cluster.keys()).audience("batch").also_audience("orders");
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.max_lifetime(Duration::from_secs(60 * 60)).also_trust(trusted))
        .start()
        .await;
    server.accepts_the_good_token().await;
    for aud in ["batch", "orders"] {
        server.accepts(&cluster.token(&cluster.with(&json!({"aud": [aud]})))).await;
    }
    let now = crate::support::NOW;
    let long = with(claims(), "exp", now + 3601);
    server.refuses(&server.mint.token(&long), Reason::LifetimeTooLong).await;
    let too_long = cluster.token(&cluster.with(&json!({"exp": now + YEAR + 1})));
    server.refuses(&too_long, Reason::LifetimeTooLong).await;
    server.refuses(&server.mint.token(&with(claims(), "aud", "batch")), Reason::WrongAudience).await;
    // The kind of the cluster's tokens is not that of the other issuer.
    let plain = with(header(Algorithm::Ed25519), "typ", "JWT");
    server.refuses(&server.mint.token_with(&plain, &claims()), Reason::WrongTokenType).await;
    // Nor are its required claims.
    server.refuses(&cluster.token(&cluster.with(&json!({"kubernetes.io": null}))), Reason::MalformedClaims).await;
}

/// A cached token is checked by the lifetime of its own issuer, in both directions.
#[tokio::test]
async fn a_cached_token_that_lives_a_year_stays_accepted() {
    let cluster = kubernetes();
    let server = cluster.server().await;
    server.accepts(&cluster.good()).await;
    server.clock.set(crate::support::NOW + YEAR - 60);
    server.accepts(&cluster.good()).await;
    server.clock.set(crate::support::NOW + YEAR + 31);
    server.refuses(&cluster.good(), Reason::Expired).await;
}

/// What the builder states replaces what the profile has.
#[tokio::test]
async fn the_builder_overrides_the_profile() {
    let cluster = kubernetes();
    let (keys, provider) = (cluster.keys(), cluster.provider.clone());
    let server = Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.max_lifetime(Duration::from_secs(60 * 60)).provider(provider))
        .start()
        .await;
    server.refuses(&cluster.good(), Reason::LifetimeTooLong).await;
    let keycloak = keycloak();
    let (keys, provider) = (keycloak.keys(), keycloak.provider.clone());
    let server = Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).token_type(TokenType::AccessToken))
        .start()
        .await;
    server.refuses(&keycloak.good(), Reason::WrongTokenType).await;
}

/// A claim that the profile requires has other values, and not more of them.
#[tokio::test]
async fn a_required_claim_of_a_profile_is_replaced() {
    for (name, claim, values, accepted, refused) in [
        ("Supabase", "role", &["service_role"][..], &["service_role"][..], &["authenticated", "anon"][..]),
        ("GitLab CI", "namespace_path", &["shop", "web"], &["shop", "web"], &["shop2", ""]),
        ("GitHub Actions", "repository", &["octo-org/octo-repo"], &["octo-org/octo-repo"], &["octo-org/other"]),
    ] {
        let fixture = all().into_iter().find(|fixture| fixture.name == name).expect(name);
        let provider = fixture.provider.clone().require_claim(claim, values.iter().copied());
        let server = fixture.server_of(provider).await;
        for value in accepted {
            server.accepts(&fixture.token(&fixture.with(&json!({ claim: value })))).await;
        }
        for value in refused {
            let token = fixture.token(&fixture.with(&json!({ claim: value })));
            server.refuses(&token, Reason::MalformedClaims).await;
        }
    }
    // The profile still requires the owner of the repository.
    let github = all().into_iter().find(|fixture| fixture.name == "GitHub Actions").expect("GitHub Actions");
    let provider = github.provider.clone().require_claim("repository", ["octo-org/octo-repo"]);
    let other = github.token(&github.with(&json!({"repository_owner": "evil"})));
    github.server_of(provider).await.refuses(&other, Reason::MalformedClaims).await;
}

/// A profile ends with its issuer: `.issuer(..)` after it starts again without rules.
#[tokio::test]
async fn another_issuer_does_not_keep_the_rules_of_a_profile() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| {
            builder.provider(Provider::google().subject_in("azp").audience_in("azp").ignore_jku()).issuer(ISSUER)
        })
        .start()
        .await;
    server.accepts_the_good_token().await;
    let without_sub = with(without(claims(), "sub"), "azp", "orders");
    server.refuses(&server.mint.token(&without_sub), Reason::MalformedClaims).await;
    let without_aud = with(without(claims(), "aud"), "azp", "orders");
    server.refuses(&server.mint.token(&without_aud), Reason::MalformedClaims).await;
}

/// Row 5: from release 25 on, tokens without the client scope `basic` have no `sub`.
#[tokio::test]
async fn a_keycloak_token_without_sub_needs_a_named_claim() {
    let keycloak = keycloak();
    let bare = keycloak.token(&keycloak.with(&json!({"sub": null})));
    let server = server_of(&keycloak, keycloak.provider.clone()).await;
    server.refuses(&bare, Reason::MalformedClaims).await;
    let server = server_of(&keycloak, keycloak.provider.clone().subject_in("azp")).await;
    let response = server.exchange(get_with("/subject", &bare)).await;
    assert_eq!((response.status, response.text()), (200, "azp:storefront"));
    // A person keeps the own subject, and none can have that of a client.
    assert_eq!(server.exchange(get_with("/subject", &keycloak.good())).await.text(), "0f3b-77c4");
    let posing = keycloak.token(&keycloak.with(&json!({"sub": "azp:storefront"})));
    server.refuses(&posing, Reason::MalformedClaims).await;
    for azp in [json!(null), json!(""), json!(" "), json!(["storefront"])] {
        let token = keycloak.token(&keycloak.with(&json!({"sub": null, "azp": azp})));
        server.refuses(&token, Reason::MalformedClaims).await;
    }
}

/// Row 5: a service token of Cloudflare has an empty `sub`.
#[tokio::test]
async fn a_cloudflare_service_token_is_identified_by_its_common_name() {
    let cloudflare = cloudflare();
    let name = format!("{CLIENT}.access");
    let service = cloudflare.token(&cloudflare.with(&json!({"sub": "", "email": null, "common_name": name})));
    let server = server_of(&cloudflare, cloudflare.provider.clone()).await;
    let response = server.exchange(get_with("/subject", &service)).await;
    assert_eq!((response.status, response.text().to_owned()), (200, format!("common_name:{name}")));
    let without_profile = Provider::custom(cloudflare.provider.issuer()).token_type(TokenType::AnyJwt);
    let server = server_of(&cloudflare, without_profile).await;
    server.accepts(&cloudflare.good()).await;
    server.refuses(&service, Reason::MalformedClaims).await;
}

/// Row 12: each event names the member at fault, and no value.
#[test]
fn each_refusal_names_the_member_at_fault() {
    let mint = Mint::of(Algorithm::Ed25519);
    let bench = Bench::new(mint.key(), TokenType::AnyJwt);
    let (header, good) = (header(Algorithm::Ed25519), claims());
    let twice = |name: &str| {
        let text = good.to_string();
        mint.signed(header.to_string(), format!("{},\"{name}\":\"secret-value\"}}", &text[..text.len() - 1]))
    };
    let own = |name: &str| {
        let text = with(good.clone(), name, 1).to_string();
        mint.signed(header.to_string(), format!("{},\"{name}\":\"secret-value\"}}", &text[..text.len() - 1]))
    };
    let token = mint.token(&good);
    let [head, payload, signature] = crate::support::segments(&token);
    let unsecured = base64url(json!({"alg": "none", "typ": "JWT"}).to_string());
    for (token, reason, detail) in [
        (twice("aud"), Reason::MalformedToken, "the claims: the member `aud` occurs twice"),
        (twice("scope"), Reason::MalformedToken, "the claims: the member `scope` occurs twice"),
        // The name is the sender's own text.
        (own("secret-name"), Reason::MalformedToken, "the claims: a member occurs twice"),
        (format!("{head}=.{payload}.{signature}"), Reason::MalformedToken, "the header is padded with `=`"),
        (format!("{head}.{payload}.{signature}=="), Reason::MalformedToken, "the signature is padded with `=`"),
        (mint.completed(&format!("{head}.{payload}=")), Reason::MalformedToken, "the claims are padded with `=`"),
        (
            mint.token_with(&with(header.clone(), "jku", "https://uaa.example.com/"), &good),
            Reason::HeaderNotAllowed,
            "jku",
        ),
        (mint.token_with(&with(header.clone(), "kid", ""), &good), Reason::MalformedToken, "kid is empty"),
        (
            format!("{unsecured}.{payload}."),
            Reason::MalformedToken,
            "the signature is empty, as with `alg: none`: no emulator's token is accepted",
        ),
        (
            mint.token(&without(good.clone(), "aud")),
            Reason::MalformedClaims,
            "good signature, claims refused: `aud`: missing",
        ),
    ] {
        let refused = bench.verify(&token).unwrap_err();
        assert_eq!((refused.reason, refused.detail.as_str()), (reason, detail));
    }
}

/// Row 12: `jku` (UAA) is ignored by profile, and nothing else is.
#[tokio::test]
async fn jku_is_ignored_by_profile_and_never_followed() {
    let uaa = Provider::custom(ISSUER).token_type(TokenType::AnyJwt).ignore_jku();
    let server = Server::with(Algorithm::Ed25519).verifier(move |builder| builder.provider(uaa)).start().await;
    let publisher = crate::support::Publisher::of(&[Mint::untrusted(Algorithm::Ed25519).published("theirs")]);
    let header = |name: &str, value: Value| with(header(Algorithm::Ed25519), name, value);
    let jku = header("jku", json!(publisher.url("/jwks")));
    server.accepts(&server.mint.token_with(&jku, &claims())).await;
    // The key that it leads to is not used.
    let theirs = with(jku.clone(), "kid", "theirs");
    server.refuses(&Mint::untrusted(Algorithm::Ed25519).token_with(&theirs, &claims()), Reason::UnknownKey).await;
    server.refuses(&Mint::untrusted(Algorithm::Ed25519).token_with(&jku, &claims()), Reason::BadSignature).await;
    assert!(publisher.all_requests().is_empty(), "{:?}", publisher.all_requests());
    for member in ["crit", "b64", "zip", "enc", "jwk", "x5u", "x5c"] {
        let token = server.mint.token_with(&with(jku.clone(), member, "x"), &claims());
        server.refuses(&token, Reason::HeaderNotAllowed).await;
    }
}
