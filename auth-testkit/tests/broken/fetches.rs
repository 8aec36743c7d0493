//! Services that fetch a key from where the token says. Each has a twin with a configured source.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, token_of, unverified};
use auth_testkit::Severity::GotThrough;
use axum::Router;
use serde_json::Value;
use test_support::LIMIT;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Fetches a JSON document over HTTP.
async fn fetched(url: &str) -> Option<Value> {
    let (authority, path) = url.strip_prefix("http://")?.split_once('/')?;
    let mut connection = TcpStream::connect(authority).await.ok()?;
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    timeout(LIMIT, connection.read_to_string(&mut answer)).await.ok()?.ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// Where a token says that its key is.
type Place = fn(&Value, &Value) -> Option<String>;

fn at_its_jku(header: &Value, _: &Value) -> Option<String> {
    header["jku"].as_str().map(str::to_owned)
}

/// A service that looks for the keys where the token says. `trusts` says whether it uses them, and
/// `is_allowed` to which hosts it goes.
fn fetching(service: &CorrectService, place: Place, trusts: bool, is_allowed: fn(&str) -> bool) -> Router {
    service.behind(move |service, parts| async move {
        let Err(rejection) = service.check(&parts).await else { return Ok(()) };
        let read = token_of(&parts).and_then(|token| Some((token, unverified(token)?)));
        let Some((token, (header, claims))) = read else { return Err(rejection) };
        let Some(url) = place(&header, &claims).filter(|url| is_allowed(url)) else { return Err(rejection) };
        let keys = fetched(&url).await;
        let key = keys.as_ref().and_then(|set| set["keys"].as_array()?.iter().find(|key| key["kid"] == header["kid"]));
        match key {
            Some(key) if trusts && crate::keys::is_signed_by(token, key) => Ok(()),
            _ => Err(rejection),
        }
    })
}

#[tokio::test]
async fn the_key_is_fetched_from_the_jku_of_the_token() {
    let service = CorrectService::new();
    let report = service.attack(fetching(&service, at_its_jku, true, |_| true)).await;
    assert_only_caught(&report, GotThrough, &["T18"]);
    assert!(
        report.to_string().contains("T18 passes on every route: an unauthenticated client can send it"),
        "{report}"
    );
    let twin = fetching(&service, at_its_jku, true, |url| url == "https://issuer.test/jwks.json");
    assert_twin_passes(&service.attack(twin).await);
}

/// The answer is a 401, and the request to the place of the client's choice was sent.
#[tokio::test]
async fn a_key_is_fetched_and_not_used() {
    let service = CorrectService::new();
    let attack = service.attack(fetching(&service, at_its_jku, false, |_| true));
    let report = attack.only_in_a_test_of_the_kit(&["T12", "T13", "T18"]).await;
    assert_only_caught(&report, GotThrough, &["T18"]);
    let text = report.to_string();
    assert!(text.contains("service fetched a key from where the token says: `GET /fetch-"), "{text}");
    assert!(text.contains("server-side request forgery"), "{text}");
}

/// The metadata of any issuer is fetched, to find its keys.
#[tokio::test]
async fn the_issuer_of_the_token_is_asked_for_its_metadata() {
    let metadata: Place = |_, claims| Some(format!("{}/.well-known/openid-configuration", claims["iss"].as_str()?));
    let service = CorrectService::new();
    let attack = service.attack(fetching(&service, metadata, false, |url| url.starts_with("http://127.")));
    let report = attack.only_in_a_test_of_the_kit(&["T18"]).await;
    assert_caught(&report, GotThrough, &["T18"]);
    assert!(report.to_string().contains("/.well-known/openid-configuration HTTP/1.1`"), "{report}");
}

/// The prefix of the address is compared, and the issuer is only the user info of the attacker's.
#[tokio::test]
async fn the_prefix_of_a_jku_is_compared() {
    async fn connected(url: &str) {
        let authority = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if let Ok(mut connection) = TcpStream::connect(host).await {
            // The first bytes of TLS.
            let _ = connection.write_all(&[0x16, 0x03, 0x01]).await;
            let _ = timeout(LIMIT, connection.read_to_end(&mut Vec::new())).await;
        }
    }
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let Err(rejection) = service.check(&parts).await else { return Ok(()) };
        let header = token_of(&parts).and_then(unverified).map(|(header, _)| header).unwrap_or_default();
        if let Some(url) = header["jku"].as_str().filter(|url| url.starts_with("https://issuer.test")) {
            connected(url).await;
        }
        Err(rejection)
    });
    let report = service.attack(app).only_in_a_test_of_the_kit(&["T12", "T13", "T18"]).await;
    assert_only_caught(&report, GotThrough, &["T18"]);
    assert!(report.to_string().contains("`a connection with TLS`"), "{report}");
}
