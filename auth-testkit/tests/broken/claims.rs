//! Services that verify the signature, and do not check a claim.

use crate::support::{CorrectService, assert_caught, assert_twin_passes, check_repaired, token_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, AttackReport};
use serde_json::{Value, json};

/// Attacks a service that repairs the claims before the check, which is the same as not checking
/// them.
async fn attacked(ids: &[&str], repair: fn(&CorrectService, &mut Value)) -> AttackReport {
    attack_on(repair).only_in_a_test_of_the_kit(ids).await
}

fn attack_on(repair: fn(&CorrectService, &mut Value)) -> AttackBuilder {
    let service = CorrectService::new();
    let app = service.behind(move |service, parts| async move {
        let is_single = parts.headers.get_all("authorization").iter().count() == 1 && parts.uri.query().is_none();
        let Some(token) = token_of(&parts).filter(|token| is_single && !token.contains(' ')).map(str::to_owned) else {
            return service.check(&parts).await.map(drop);
        };
        let other = service.clone();
        check_repaired(&service, &token, |_, claims| repair(&other, claims)).await
    });
    service.attack(app)
}

/// The twin of all services here: the same code, and it repairs nothing.
#[tokio::test]
async fn a_service_that_checks_every_claim_passes() {
    assert_twin_passes(&attack_on(|_, _| {}).await);
}

#[tokio::test]
async fn inc_51_a_time_of_another_type_is_ignored() {
    let report = attacked(&["T21"], |_, claims| {
        let is_number = claims["exp"].is_number();
        if !is_number && claims.get("exp").is_some() {
            claims["exp"] = json!(claims["iat"].as_u64().unwrap_or_default() + 300);
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T21"]);
}

/// A fraction is a `NumericDate` (RFC 7519 section 2), and `as_i64` is `None` for it.
#[tokio::test]
async fn a_time_with_a_fraction_never_expires() {
    let report = attacked(&["T21"], |_, claims| {
        if claims["exp"].is_f64() {
            claims["exp"] = json!(claims["iat"].as_u64().unwrap_or_default() + 300);
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T21"]);
}

#[tokio::test]
async fn inc_53_a_missing_audience_is_not_compared() {
    let report = attacked(&["T23"], |service, claims| {
        if claims.get("aud").is_none() {
            claims["aud"] = json!(service.issuer.audience());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T23"]);
}

#[tokio::test]
async fn inc_54_tokens_for_other_services_are_accepted() {
    let report = attacked(&["T23"], |service, claims| claims["aud"] = json!(service.issuer.audience())).await;
    assert_caught(&report, GotThrough, &["T23"]);
    // A client can only have such a token from the issuer.
    assert!(report.to_string().contains("\n  only the issuer could sign it\n"), "{report}");
}

#[tokio::test]
async fn inc_55_the_issuer_is_not_compared() {
    let report = attacked(&["T22"], |service, claims| claims["iss"] = json!(service.issuer.name())).await;
    assert_caught(&report, GotThrough, &["T22"]);
}

#[tokio::test]
async fn inc_55_only_a_prefix_of_the_issuer_is_compared() {
    let report = attacked(&["T22"], |service, claims| {
        if claims["iss"].as_str().is_some_and(|iss| iss.starts_with(service.issuer.name())) {
            claims["iss"] = json!(service.issuer.name());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T22"]);
}

#[tokio::test]
async fn a_substring_of_the_audience_is_accepted() {
    let report = attacked(&["T23"], |service, claims| {
        if claims["aud"].as_str().is_some_and(|aud| service.issuer.audience().contains(aud)) {
            claims["aud"] = json!(service.issuer.audience());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T23"]);
}

#[tokio::test]
async fn tokens_never_expire() {
    let report = attacked(&["T20", "T21", "T26", "T27"], |_, claims| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        claims["exp"] = json!(now + 300);
        claims["iat"] = json!(now);
    })
    .await;
    assert_caught(&report, GotThrough, &["T20", "T21", "T26", "T27"]);
}

#[tokio::test]
async fn tokens_that_are_not_yet_valid_are_accepted() {
    let report = attacked(&["T26"], |_, claims| {
        claims.as_object_mut().unwrap().remove("nbf");
    })
    .await;
    assert_caught(&report, GotThrough, &["T26"]);
}

#[tokio::test]
async fn a_token_without_a_subject_is_accepted() {
    let report = attacked(&["T27"], |_, claims| {
        if claims["sub"].as_str().is_none_or(str::is_empty) {
            claims["sub"] = json!("anonymous");
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T27"]);
}

/// The other kind of token of an issuer that signs both with one key.
#[tokio::test]
async fn a_refresh_token_is_accepted_as_an_access_token() {
    let report = attacked(&["T25"], |_, claims| {
        for name in ["typ", "token_type", "token_use"] {
            if let Some(claims) = claims.as_object_mut() {
                claims.remove(name);
            }
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T25"]);
}
