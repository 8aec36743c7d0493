//! Services that fall for one variant of a known attack. Each has its exploit.

use crate::support::{
    CorrectService, are_good, assert_exploited, assert_only_caught, check_repaired, is_signed_with, orders_with,
    token_of, unverified,
};
use auth_runtime::keys::Algorithm;
use auth_testkit::Severity::GotThrough;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::http::Request;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A service that repairs a claim of a signed token, which is the same as not checking it.
fn repairing(service: &CorrectService, repair: fn(&CorrectService, &mut Value)) -> Router {
    service.behind(move |service, parts| async move {
        let read = token_of(&parts).and_then(|token| Some((token, unverified(token)?.1)));
        if let Some((token, claims)) = read {
            let mut repaired = claims.clone();
            repair(&service, &mut repaired);
            if repaired != claims {
                return check_repaired(&service, token, |_, claims| *claims = repaired).await;
            }
        }
        service.check(&parts).await.map(drop)
    })
}

/// The twin of all that repair a claim.
#[tokio::test]
async fn a_service_that_repairs_no_claim_passes() {
    let service = CorrectService::new();
    let attack =
        service.attack(repairing(&service, |_, _| {})).only_in_a_test_of_the_kit(&["D01", "T22", "T23", "T25"]);
    attack.await.assert_nothing_got_through();
}

#[tokio::test]
async fn the_dots_of_the_issuer_match_any_character() {
    let service = CorrectService::new();
    let app = repairing(&service, |service, claims| {
        if claims["iss"] == "https://issuerxtest/" {
            claims["iss"] = json!(service.issuer.name());
        }
    });
    let exploit = service.issuer.token().claim("iss", "https://issuerxtest/").signed();
    assert_exploited(&app, orders_with(&exploit)).await;
    assert_only_caught(&service.attack(app).await, GotThrough, &["T22"]);
}

#[tokio::test]
async fn the_audience_is_compared_by_its_end() {
    let service = CorrectService::new();
    let app = repairing(&service, |service, claims| {
        if claims["aud"].as_str().is_some_and(|aud| aud.ends_with(service.issuer.audience())) {
            claims["aud"] = json!(service.issuer.audience());
        }
    });
    assert_exploited(&app, orders_with(&service.issuer.token().claim("aud", "evil-test").signed())).await;
    assert_only_caught(&service.attack(app).await, GotThrough, &["T23"]);
}

#[tokio::test]
async fn a_bound_token_is_a_bearer_token() {
    let service = CorrectService::new();
    let app = repairing(&service, |_, claims| {
        claims.as_object_mut().and_then(|claims| claims.remove("cnf"));
    });
    let exploit = service.issuer.token().claim("cnf", json!({"jkt": "a-thumbprint"})).signed();
    assert_exploited(&app, orders_with(&exploit)).await;
    assert_only_caught(&service.attack(app).await, GotThrough, &["D01"]);
}

/// CVE-2023-27524 (Apache Superset): the default secret of the documentation is kept.
#[tokio::test]
async fn the_secret_is_that_of_a_document() {
    const OF_A_TUTORIAL: &str = "a-string-secret-at-least-256-bits-long";
    const OF_A_PRODUCT: &str = "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET";
    for (secret, is_published) in [(OF_A_TUTORIAL, true), (OF_A_PRODUCT, true), ("5c0ffee1-not-in-any-list", false)] {
        let service = CorrectService::new();
        let app = service.behind(move |service, parts| async move {
            let token = token_of(&parts).unwrap_or_default();
            if is_signed_with(token, secret.as_bytes())
                && unverified(token).is_some_and(|(_, claims)| are_good(&service, &claims))
            {
                return Ok(());
            }
            service.check(&parts).await.map(drop)
        });
        let exploit = service.issuer.token().signed_with_secret(Algorithm::HS256, secret.as_bytes());
        assert_exploited(&app, orders_with(&exploit)).await;
        let report = service.attack(app).await;
        if is_published {
            assert_only_caught(&report, GotThrough, &["T03"]);
        } else {
            report.assert_nothing_got_through();
        }
    }
}

/// Two spellings of one token: a list of revoked tokens has one of them.
#[tokio::test]
async fn a_token_in_the_other_alphabet_is_decoded() {
    let service = CorrectService::new();
    let app = service.behind(|service, mut parts| async move {
        let spelled = token_of(&parts).unwrap_or_default().replace('+', "-").replace('/', "_");
        if token_of(&parts).is_some_and(|token| token.contains(['+', '/'])) {
            parts.headers.insert("authorization", format!("Bearer {spelled}").parse().unwrap());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T34"]);
}

/// The chain of the certificate is not checked.
#[tokio::test]
async fn the_key_is_taken_from_a_certificate_of_the_token() {
    fn is_signed_by_its_certificate(token: &str) -> Option<()> {
        /// The start of an Ed25519 key in DER (RFC 8410 section 4).
        const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        let (header, _) = unverified(token)?;
        let certificate = STANDARD.decode(header["x5c"][0].as_str()?).ok()?;
        let at = certificate.windows(SPKI.len()).position(|window| window == SPKI)? + SPKI.len();
        let (message, signature) = token.rsplit_once('.')?;
        aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, certificate.get(at..at + 32)?)
            .verify(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?)
            .ok()
    }
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if token_of(&parts).and_then(is_signed_by_its_certificate).is_some() {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T12"]);
}

/// The twin of all that accept some requests without a token.
#[tokio::test]
async fn a_service_that_accepts_no_request_without_a_token_passes() {
    let service = CorrectService::new();
    let never: fn(&Parts) -> bool = |_| false;
    let app = service.behind(move |service, parts| async move {
        if never(&parts) { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    let attack = service.attack(app).only_in_a_test_of_the_kit(&["H01", "H09", "H10", "H11", "H33"]);
    attack.await.assert_nothing_got_through();
}

/// Asserts that a service that accepts these requests without a token is caught.
async fn assert_accepts(accepts: fn(&Parts) -> bool, exploit: (&str, &str), ids: &[&str]) {
    let service = CorrectService::trusting(TestIssuer::new());
    let app = service.behind(move |service, parts| async move {
        if accepts(&parts) { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_exploited(&app, Request::get("/orders").header(exploit.0, exploit.1)).await;
    assert_only_caught(&service.attack(app).await, GotThrough, ids);
}

fn value<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_header_of_a_cloud_names_the_caller() {
    let accepts = |parts: &Parts| value(parts, "x-goog-authenticated-user-email").contains('@');
    assert_accepts(accepts, ("x-goog-authenticated-user-email", "accounts.google.com:a@b"), &["H11"]).await;
}

#[tokio::test]
async fn a_proxy_says_that_it_has_verified_a_certificate() {
    let accepts = |parts: &Parts| value(parts, "x-ssl-client-verify") == "SUCCESS";
    assert_accepts(accepts, ("x-ssl-client-verify", "SUCCESS"), &["H11"]).await;
}

#[tokio::test]
async fn an_address_of_the_private_network_is_trusted() {
    let accepts = |parts: &Parts| value(parts, "x-forwarded-for").starts_with("10.");
    assert_accepts(accepts, ("x-forwarded-for", "10.1.2.3"), &["H11"]).await;
}

#[tokio::test]
async fn a_plain_cookie_names_the_caller() {
    let accepts = |parts: &Parts| value(parts, "cookie").contains("user_id=");
    assert_accepts(accepts, ("cookie", "user_id=7"), &["H11"]).await;
}

#[tokio::test]
async fn the_internal_host_needs_no_token() {
    let accepts = |parts: &Parts| value(parts, "host").ends_with("internal");
    assert_accepts(accepts, ("host", "internal"), &["H33"]).await;
}

/// The body of a multipart request is parsed elsewhere, so the guard skips it.
#[tokio::test]
async fn a_multipart_request_skips_the_guard() {
    let accepts = |parts: &Parts| value(parts, "content-type").starts_with("multipart/");
    assert_accepts(accepts, ("content-type", "multipart/form-data; boundary=x"), &["H11"]).await;
}

#[tokio::test]
async fn a_token_in_a_form_is_accepted() {
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};

    let service = CorrectService::new();
    let layer = from_fn({
        let service = service.clone();
        move |request: Request, next: Next| {
            let service = service.clone();
            async move {
                let (mut parts, body) = request.into_parts();
                if value(&parts, "content-type") != "application/x-www-form-urlencoded" {
                    return match service.check(&parts).await {
                        Ok(_) => next.run(Request::from_parts(parts, body)).await,
                        Err(rejection) => rejection,
                    };
                }
                let form = axum::body::to_bytes(body, 64 * 1024).await.unwrap();
                if let Some(token) = String::from_utf8_lossy(&form).strip_prefix("access_token=") {
                    parts.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
                }
                match service.check(&parts).await {
                    Ok(_) => next.run(Request::from_parts(parts, form.into())).await,
                    Err(rejection) => rejection,
                }
            }
        }
    });
    let place = |body: String| async move { body };
    let app = Router::new().route("/orders", axum::routing::get(|| async { "[]" }).post(place)).layer(layer);
    let report = service.attack(app).await;
    crate::support::assert_caught(&report, GotThrough, &["H09"]);
}
