//! A credential that only the service can verify: the header of a gateway, sealed with a shared
//! secret.

use crate::support::{
    AUDIENCE, Connection, INVALID_REQUEST, ISSUER, NOW, PROBLEM_401, Response, Runs, Server, Service, standard,
};
use auth_runtime::ConfigError;
use auth_runtime::credentials::{Carrier, CredentialRecord, NotVerified, OwnKind, VerifyCredential};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, Events, Verifier};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::{Duration, UNIX_EPOCH};

const GATEWAY: &str = "https://gateway.internal/";
const SECRET: &[u8] = b"shared by the gateway and the service";

/// Verifies `<user>.<seconds>.<seal>`.
struct Gateway {
    key: hmac::Key,
}

impl Gateway {
    fn new() -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, SECRET) }
    }

    fn seal(&self, stated: &str) -> String {
        format!("{stated}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, stated.as_bytes())))
    }
}

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        let (stated, seal) = presented.rsplit_once('.').ok_or(NotVerified::malformed("not three parts"))?;
        let seal = URL_SAFE_NO_PAD.decode(seal).map_err(|_| NotVerified::malformed("the seal is not base64url"))?;
        hmac::verify(&self.key, stated.as_bytes(), &seal).map_err(|_| NotVerified::invalid("the seal is wrong"))?;
        let (user, at) = stated.split_once('.').ok_or(NotVerified::malformed("not three parts"))?;
        match user {
            "panic" => panic!("a deliberate panic of the service's verification"),
            "hang" => std::future::pending().await,
            "undecided" => return Err(NotVerified::undecided("the gateway's list of users is not loaded")),
            _ => {}
        }
        let at: u64 = at.parse().map_err(|_| NotVerified::malformed("no time"))?;
        if at + 60 < NOW {
            return Err(NotVerified::Expired);
        }
        let ends = UNIX_EPOCH + Duration::from_secs(at + 60);
        Ok(CredentialRecord::of(user).scopes(["orders:write"]).expires_at(ends))
    }
}

fn kind() -> OwnKind {
    OwnKind::new("gateway header", GATEWAY, Carrier::header("x-gateway-user"), Gateway::new())
}

fn sealed(user: &str, at: u64) -> String {
    Gateway::new().seal(&format!("{user}.{at}"))
}

/// Accepts the JWTs of the standard service too.
async fn server() -> Server {
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.also_accept(kind()).time_limit(Duration::from_secs(1)))
        .start()
        .await
}

async fn get(server: &Server, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().fold(String::new(), |lines, (name, value)| format!("{lines}{name}: {value}\r\n"));
    let request = format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
    Connection::open(server.address).await.exchange(request).await
}

async fn refuses(server: &Server, presented: &str, reason: Reason) {
    let before = server.runs.so_far();
    let response = get(server, &[("x-gateway-user", presented)]).await;
    assert_eq!(response.status, reason.status(), "{presented}");
    if response.status == 401 {
        assert_eq!(response.text(), PROBLEM_401);
    }
    let events = server.events();
    assert_eq!(events.iter().map(|event| event.reason).collect::<Vec<_>>(), [reason], "{presented}");
    assert!(!format!("{events:?}{response:?}").contains(presented));
    assert_eq!(server.runs.so_far(), before, "the handler ran");
}

#[tokio::test]
async fn the_gateway_s_header_is_a_caller_beside_the_tokens() {
    let server = server().await;
    let response = get(&server, &[("x-gateway-user", &sealed("alice", NOW))]).await;
    assert_eq!((response.status, response.text()), (200, "alice"));
    server.accepts_the_good_token().await;
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn each_bad_header_is_rejected_before_the_handler() {
    let server = server().await;
    let good = sealed("alice", NOW);
    for (presented, reason) in [
        ("alice", Reason::MalformedCredentials),
        (&*good.replace("alice", "admin"), Reason::InvalidCredentials),
        (&good[..good.len() - 3], Reason::InvalidCredentials),
        (&*format!("{good}="), Reason::MalformedCredentials),
        (&*sealed("alice", NOW - 61), Reason::Expired),
        // A seal without an owner.
        (&*sealed("", NOW), Reason::MalformedClaims),
        (&*sealed("undecided", NOW), Reason::VerifierUnavailable),
        (&*server.good(), Reason::InvalidCredentials),
    ] {
        refuses(&server, presented, reason).await;
    }
    // The good one is accepted, so the refusals above are not those of a service that refuses all.
    assert_eq!(get(&server, &[("x-gateway-user", &good)]).await.status, 200);
}

#[tokio::test]
async fn a_panic_and_a_hang_of_the_service_s_verification_are_503() {
    let server = server().await;
    refuses(&server, &sealed("panic", NOW), Reason::VerifierPanicked).await;
    refuses(&server, &sealed("hang", NOW), Reason::VerifierTimeout).await;
}

#[tokio::test]
async fn two_credentials_are_400() {
    let server = server().await;
    let (header, bearer) = (sealed("alice", NOW), format!("Bearer {}", server.good()));
    for headers in [
        [("x-gateway-user", &*header), ("authorization", &*bearer)],
        [("x-gateway-user", &*header), ("x-gateway-user", &*header)],
    ] {
        let response = get(&server, &headers).await;
        assert_eq!(response.status, 400);
        assert_eq!(response.header("www-authenticate"), Some(INVALID_REQUEST));
        assert_eq!(server.events()[0].reason, Reason::SeveralCredentials);
    }
    // In the other one's place.
    let response = get(&server, &[("authorization", &format!("Bearer {header}"))]).await;
    assert_eq!(response.status, 401);
}

/// The crate cannot check what the service checks, so a reviewer must see it.
#[test]
fn the_posture_names_the_service_s_own_verification() {
    let verifier = Verifier::accepting(kind()).events(Events::discard("a test")).build().unwrap();
    let app = standard(Service { verifier, runs: Runs::default() });
    let posture = app.posture().to_string();
    assert!(posture.contains("own: gateway header"), "{posture}");
    assert!(posture.contains("verified by the service's own"), "{posture}");
    assert!(posture.contains("own_kind::Gateway"), "{posture}");
}

/// Otherwise alice of the gateway would be alice of the issuer.
#[test]
fn an_own_kind_cannot_take_the_name_of_a_trusted_issuer() {
    let kind = OwnKind::new("gateway header", ISSUER, Carrier::header("x-gateway-user"), Gateway::new());
    let key = crate::support::Mint::of(Algorithm::Ed25519).key();
    let built: Result<Verifier<Claims>, _> = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(key)
        .events(Events::discard("a test"))
        .also_accept(kind)
        .build();
    assert_eq!(built.map(drop).unwrap_err(), ConfigError::DuplicateIssuer(ISSUER.to_owned()));
}
