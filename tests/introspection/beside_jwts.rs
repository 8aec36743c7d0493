//! Opaque tokens and JWTs on one verifier: the form chooses the kind, before any check.

use super::{ISSUER, PATH, configured, publisher, secret, token};
use crate::support::{self, AUDIENCE, Mint, Runs, Server, Service, get_with, serve, standard};
use auth_runtime::credentials::{Carrier, Introspection, OwnKind};
use auth_runtime::credentials::{CredentialRecord, NotVerified, VerifyCredential};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, Verifier};

#[tokio::test]
async fn a_jwt_is_never_introspected_where_jwts_are_accepted() {
    let publisher = publisher();
    let server = super::server(configured(&publisher).await.unwrap()).await;
    let asked = publisher.requests(PATH);
    let good = server.good();
    server.accepts(&good).await;
    let [header, claims, _] = support::segments(&good);
    for (jwt, reason) in [
        (format!("{header}.{claims}.AAAA"), Reason::BadSignature),
        (Mint::untrusted(Algorithm::Ed25519).token(&support::claims()), Reason::BadSignature),
        // Three segments with a header that begins an object is a JWT, whatever else is wrong.
        ("e30.e30.e30".to_owned(), Reason::WrongTokenType),
        ("ey4.e30.e30".to_owned(), Reason::MalformedToken),
    ] {
        server.refuses(&jwt, reason).await;
    }
    assert_eq!(publisher.requests(PATH), asked, "a JWT was introspected");
    // Two dots alone are not a JWT.
    for opaque in [token(), "opaque.with.dots".to_owned(), "eyJhIjoxfQ.one-dot-only".to_owned()] {
        server.accepts(&opaque).await;
    }
    assert_eq!(publisher.requests(PATH), asked + 3);
}

/// In the carrier of opaque tokens too: a JWT that its own kind refuses has no second way in.
#[tokio::test]
async fn a_jwt_in_the_carrier_of_opaque_tokens_is_refused() {
    let publisher = publisher();
    let tokens = configured(&publisher).carriers([Carrier::header("x-token")]).await.unwrap();
    let server = super::server(tokens).await;
    let asked = publisher.requests(PATH);
    let get = |token: &str| format!("GET /me HTTP/1.1\r\nhost: localhost\r\nx-token: {token}\r\n\r\n");
    assert_eq!(server.exchange(get(&server.good())).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MalformedCredentials);
    assert_eq!(publisher.requests(PATH), asked);
    assert_eq!(server.exchange(get(&token())).await.status, 200);
    // And an opaque token in the carrier of JWTs.
    assert_eq!(server.exchange(get_with("/me", &token())).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MalformedToken);
    assert_eq!(publisher.requests(PATH), asked + 1);
}

#[tokio::test]
async fn a_verifier_of_opaque_tokens_alone_introspects_jwts() {
    let publisher = publisher();
    let (events, runs) = (Events::discard("a test"), Runs::default());
    let clock = support::Clock::standing();
    let verifier = Verifier::<Claims>::accepting(configured(&publisher).await.unwrap())
        .events(events)
        .clock(move || clock.now())
        .build()
        .unwrap();
    let address = serve(standard(Service { verifier, runs })).await;
    let jwt = Mint::of(Algorithm::Ed25519).token(&support::claims());
    let response = support::Connection::open(address).await.exchange(get_with("/me", &jwt)).await;
    assert_eq!((response.status, response.text()), (200, "alice"));
}

struct Gateway;

impl VerifyCredential for Gateway {
    async fn verify(&self, _: &str) -> Result<CredentialRecord, NotVerified> {
        Err(NotVerified::invalid("a test"))
    }
}

fn tokens(issuer: &str) -> Introspection {
    let tokens = Introspection::at("https://tokens.example.com/introspect", issuer);
    tokens.client("orders", secret()).audience(AUDIENCE).start_degraded().unwrap()
}

/// P9: without a form or a carrier of their own, one kind would have to be tried after the other.
#[test]
fn kinds_that_cannot_be_told_apart_are_an_error_at_start() {
    let gateway = || OwnKind::new("gateway header", "https://gateway.internal/", Carrier::bearer(), Gateway);
    let accepting = |issuer| Verifier::<Claims>::accepting(tokens(issuer)).events(Events::discard("a test"));
    for two in [
        accepting(ISSUER).also_accept(tokens("https://other.example.com/")).build(),
        accepting(ISSUER).also_accept(gateway()).build(),
    ] {
        let error = two.map(drop).unwrap_err();
        assert!(matches!(error, ConfigError::SharedCarrier { .. }), "{error}");
    }
    let with_keys = |issuer: &str| {
        let builder = Verifier::<Claims>::builder().issuer(support::ISSUER).audience(AUDIENCE);
        let builder = builder.keys(Mint::of(Algorithm::Ed25519).key()).events(Events::discard("a test"));
        builder.also_accept(tokens(issuer))
    };
    // Tokens of an issuer are JWTs or opaque.
    let error = with_keys(support::ISSUER).build().map(drop).unwrap_err();
    assert_eq!(error, ConfigError::DuplicateIssuer(support::ISSUER.to_owned()));
    let error = with_keys(ISSUER).also_accept(gateway()).build().map(drop).unwrap_err();
    assert!(matches!(error, ConfigError::SharedCarrier { .. }), "{error}");
    with_keys(ISSUER).build().map(drop).unwrap();
}

#[test]
fn the_posture_names_the_endpoint_and_what_is_weakened() {
    let posture = |tokens: Introspection| {
        let verifier = Verifier::accepting(tokens).events(Events::discard("a test")).build().unwrap();
        standard(Service { verifier, runs: Runs::default() }).posture()
    };
    let usual = posture(tokens(ISSUER));
    assert!(usual.verifiers()[0].weaknesses().is_empty());
    let usual = usual.to_string();
    for part in [
        "accepts opaque token of https://tokens.example.com/ in Authorization: Bearer",
        "introspected at https://tokens.example.com/introspect for orders, cached for 10 s",
    ] {
        assert!(usual.contains(part), "{part}: {usual}");
    }
    let weak = Introspection::at("http://keycloak:8080/introspect", ISSUER)
        .client("orders", secret())
        .audience(AUDIENCE)
        .subject_claim("client_id")
        .dangerous_missing_audience("Dex has none")
        .dangerous_plain_http("compose network");
    let weak = posture(weak.start_degraded().unwrap());
    // A row of the lock, so that a review sees it.
    assert_eq!(weak.verifiers()[0].weaknesses(), [format!("accepts opaque tokens of {ISSUER} for any audience")]);
    let weak = weak.to_string();
    for part in [
        "subject in client_id",
        "ANY AUDIENCE IF THE ANSWER HAS NONE: Dex has none",
        "PLAIN HTTP ALLOWED: compose network",
    ] {
        assert!(weak.contains(part), "{part}: {weak}");
    }
    assert!(!weak.contains(super::SECRET));
}

#[tokio::test]
async fn two_credentials_are_400() {
    let publisher = publisher();
    let server: Server = super::server(configured(&publisher).await.unwrap()).await;
    let both = format!(
        "GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nauthorization: Bearer {}\r\n\r\n",
        token(),
        server.good()
    );
    assert_eq!(server.exchange(both).await.status, 400);
    assert_eq!(server.only_event().reason, Reason::SeveralCredentials);
}
