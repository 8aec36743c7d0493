//! The signature is good, and what it signs is not looked at.

use crate::support::{Right, assert_caught, but_for, token_of};
use auth_testkit::AttackReport;
use auth_testkit::Severity::GotThrough;
use serde_json::{Value, json};

/// A service that puts right what is wrong with a token's claims before it looks at them: as good as not looking.
async fn attacked(repair: fn(&Right, &mut Value)) -> AttackReport {
    let right = Right::new();
    let app = right.behind(move |right, parts| async move {
        let Some(token) = token_of(&parts).map(str::to_owned) else { return right.check(&parts).await.map(drop) };
        let other = right.clone();
        but_for(&right, &token, |_, claims| repair(&other, claims)).await
    });
    right.attack(app).await
}

#[tokio::test]
async fn inc_51_a_time_of_another_type_counts_as_none() {
    let report = attacked(|_, claims| {
        let is_number = claims["exp"].is_number();
        if !is_number && claims.get("exp").is_some() {
            claims["exp"] = json!(claims["iat"].as_u64().unwrap_or_default() + 300);
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T21"]);
}

#[tokio::test]
async fn inc_53_an_audience_that_is_not_there_is_not_compared() {
    let report = attacked(|right, claims| {
        if claims.get("aud").is_none() {
            claims["aud"] = json!(right.issuer.audience());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T23"]);
}

#[tokio::test]
async fn inc_54_tokens_for_other_services_are_taken() {
    let report = attacked(|right, claims| claims["aud"] = json!(right.issuer.audience())).await;
    assert_caught(&report, GotThrough, &["T23"]);
}

#[tokio::test]
async fn inc_55_the_issuer_is_not_compared() {
    let report = attacked(|right, claims| claims["iss"] = json!(right.issuer.name())).await;
    assert_caught(&report, GotThrough, &["T22"]);
}

#[tokio::test]
async fn inc_55_the_beginning_of_the_issuer_is_compared() {
    let report = attacked(|right, claims| {
        if claims["iss"].as_str().is_some_and(|iss| iss.starts_with(right.issuer.name())) {
            claims["iss"] = json!(right.issuer.name());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T22"]);
}

#[tokio::test]
async fn an_audience_that_is_a_part_of_ours_is_ours() {
    let report = attacked(|right, claims| {
        if claims["aud"].as_str().is_some_and(|aud| right.issuer.audience().contains(aud)) {
            claims["aud"] = json!(right.issuer.audience());
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T23"]);
}

#[tokio::test]
async fn tokens_never_expire() {
    let report = attacked(|_, claims| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        claims["exp"] = json!(now + 300);
        claims["iat"] = json!(now);
    })
    .await;
    assert_caught(&report, GotThrough, &["T20", "T21", "T26", "T27"]);
}

#[tokio::test]
async fn tokens_of_the_future_are_taken() {
    let report = attacked(|_, claims| {
        claims.as_object_mut().unwrap().remove("nbf");
    })
    .await;
    assert_caught(&report, GotThrough, &["T26"]);
}

#[tokio::test]
async fn nobody_in_particular_is_let_in() {
    let report = attacked(|_, claims| {
        if claims["sub"].as_str().is_none_or(str::is_empty) {
            claims["sub"] = json!("anonymous");
        }
    })
    .await;
    assert_caught(&report, GotThrough, &["T27"]);
}
