//! Attacks that a test excludes, with the reason.

use crate::support::{attacked, check_changed, ids, plain, sent, served, verifier};
use auth_testkit::{AttackBuilder, Severity, TestIssuer, attack};
use serde_json::Value;

/// A service whose only mistake is that it ignores `nbf`.
async fn ignoring_nbf() -> AttackBuilder {
    let issuer = TestIssuer::new();
    let (trusted, verifier) = (issuer.clone(), verifier(&issuer));
    let app = plain(move |parts| {
        let (issuer, verifier) = (trusted.clone(), verifier.clone());
        async move {
            let ignore = |_: &mut Value, claims: &mut Value| {
                claims.as_object_mut().unwrap().remove("nbf");
            };
            check_changed(&issuer, &verifier, parts, ignore).await
        }
    });
    attack(served(app).await).with(&issuer)
}

#[tokio::test]
async fn the_mistake_is_found_unless_its_attack_is_excluded() {
    let found = attacked(ignoring_nbf().await).await;
    assert_eq!(ids(&found, Severity::GotThrough), ["T21", "T26"], "{found}");

    let excluded = ignoring_nbf().await.without_attack("T26", "clocks of our devices are wrong");
    let report = attacked(excluded.without_attack("T21", "the type of nbf is not checked")).await;
    report.assert_nothing_got_through();
    assert_eq!((sent(&report, "T26"), sent(&report, "T21")), (0, 0));
    assert!(sent(&report, "T20") > 0, "the other attacks are sent");
    // Each format has the reason.
    let reason = "clocks of our devices are wrong";
    assert!(report.to_string().contains(&format!("NOT ATTACKED with T26: {reason}")), "{report}");
    for text in [report.to_html(), report.to_junit(), report.to_json()] {
        assert!(text.contains(reason), "{text}");
    }
    assert!(report.to_html().contains("passed, without T21, T26"), "the requirement is not fully tested");
}

#[tokio::test]
async fn attacks_that_depend_on_the_route_can_be_excluded() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer);
    let app = plain(move |parts| {
        let verifier = verifier.clone();
        async move { verifier.authenticate(&parts).await.map(drop).map_err(axum::response::IntoResponse::into_response) }
    });
    let mut attack = attack(served(app).await).with(&issuer);
    for id in ["H13", "H14", "H15", "H16", "H20", "H29"] {
        attack = attack.without_attack(id, "tested elsewhere");
    }
    let report = attacked(attack).await;
    report.assert_nothing_got_through();
    for id in ["H13", "H14", "H15", "H16", "H20", "H29"] {
        assert_eq!(sent(&report, id), 0, "{id}");
    }
}

#[tokio::test]
async fn an_unknown_id_is_a_finding_that_lists_the_known_ones() {
    let attack = ignoring_nbf().await.without_attack("T99", "it does not exist");
    let report = attacked(attack.without_attack("T26", "known").without_attack("T21", "known")).await;
    let shown = report.to_string();
    assert!(shown.contains("unknown attack: `.without_attack(\"T99\", ..)`: use one of C01, C02, "), "{shown}");
    assert!(shown.contains("H01, H02, ") && shown.contains("K01, K02, "), "{shown}");
    assert!(shown.contains("T29, T30, "), "the ids of attacks by route are listed: {shown}");
    assert_eq!(report.findings.len(), 1, "{shown}");
}

#[tokio::test]
async fn an_empty_reason_panics() {
    for reason in ["", " ", "-", "\u{200b}"] {
        let attack = ignoring_nbf().await;
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| attack.without_attack("T26", reason)));
        assert!(outcome.is_err(), "{reason:?}");
    }
}
