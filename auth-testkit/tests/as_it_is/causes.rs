//! One entry of the report for one cause, with exact counts.

use crate::support::{attacked, check_changed, served_with, verifier};
use auth_testkit::{AttackBuilder, Severity, TestIssuer, attack};
use axum::Router;
use axum::http::request::Parts;
use axum::routing::get;
use serde_json::Value;
use std::fmt::Write;

const ROUTES: usize = 8;

/// Enough for a service without a finding.
const FEW: usize = 2;

/// The check of a route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Correct,
    Missing,
    /// It accepts tokens for other services.
    WithoutAudience,
}

/// Attacks a service with many routes.
async fn attack_on(routes: usize, check: fn(usize) -> Check) -> AttackBuilder {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer);
    let mut app = Router::new();
    let mut lock = String::new();
    for number in 0..routes {
        let (issuer, verifier) = (issuer.clone(), verifier.clone());
        let handler = move |parts: Parts| {
            let (issuer, verifier) = (issuer.clone(), verifier.clone());
            async move {
                let repair = |_: &mut Value, claims: &mut Value| {
                    if check(number) == Check::WithoutAudience {
                        claims["aud"] = "test".into();
                    }
                };
                match check(number) {
                    Check::Missing => Ok("[]"),
                    _ => check_changed(&issuer, &verifier, parts, repair).await.map(|()| "[]"),
                }
            }
        };
        app = app.route(&format!("/r{number}"), get(handler));
        writeln!(lock, "GET /r{number} authenticated as app::Claims").unwrap();
    }
    attack(served_with(app, &lock).await).with(&issuer)
}

#[tokio::test]
async fn a_service_without_a_finding_has_no_cause() {
    let report = attacked(attack_on(FEW, |_| Check::Correct).await).await;
    report.assert_nothing_got_through();
    assert!(report.causes().is_empty());
}

/// Six routes have no check, and two accept tokens for other services.
fn two_mistakes(number: usize) -> Check {
    if number < 6 { Check::Missing } else { Check::WithoutAudience }
}

#[tokio::test]
async fn each_mistake_is_one_cause_with_exact_counts() {
    let report = attacked(attack_on(ROUTES, two_mistakes).await).await;
    let causes = report.causes();
    // GET and HEAD of six routes, each with some seven hundred attacks.
    assert!(report.findings.len() > 3000, "{}", report.findings.len());
    assert!(report.findings.iter().all(|finding| finding.severity == Severity::GotThrough), "{report}");
    let [missing, audience] = causes.as_slice() else { panic!("two causes: {report}") };
    let count = |routes: &[String]| report.findings.iter().filter(|finding| routes.contains(&finding.route)).count();
    let without_check = "route without a check: request was accepted";
    for (cause, id, problem, routes) in
        [(missing, "H01", without_check, 6), (audience, "T23", "request was accepted", 2)]
    {
        assert_eq!((cause.id.as_str(), cause.problem.as_str()), (id, problem));
        assert_eq!((cause.routes.len(), cause.requests), (routes, count(&cause.routes)), "{cause}");
        assert_eq!(report.findings[cause.example].id, id);
    }
    assert!(missing.ids.len() > 30 && audience.ids == ["T23"], "{missing}");
    assert_eq!(audience.requests, audience.attacks.len() * 2 * 2, "each variant, GET and HEAD, two routes");

    // Each format has an entry for each cause.
    let text = report.to_string();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("H01 passes on GET /r0"), "{text}");
    assert!(lines.next().unwrap().ends_with(", 2 causes"), "{text}");
    let routes = "6 routes: GET /r0, GET /r1, GET /r2, GET /r3, GET /r4 and 1 more";
    assert!(text.contains(&format!("{} requests on {routes}", missing.requests)), "{text}");
    assert!(text.contains(&format!("{} kinds of attacks: ", missing.ids.len())), "{text}");
    let attacks = format!("{} attacks: another audience; a list of other audiences; ", audience.attacks.len());
    assert!(text.contains(&attacks), "{text}");

    let html = report.to_html();
    assert_eq!(html.matches("<article").count(), 2);
    assert!(html.contains(&format!("{} requests on 6 routes", missing.requests)), "{html}");

    let json: Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!((&json["schema"], json["causes"].as_array().unwrap().len()), (&2.into(), 2));
    assert_eq!(json["findings"].as_array().unwrap().len(), report.findings.len());

    let sarif: Value = serde_json::from_str(&report.to_sarif()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let occurrences: u64 = results.iter().filter_map(|result| result["occurrenceCount"].as_u64()).sum();
    assert_eq!((results.len(), occurrences), (2, report.findings.len() as u64));
}

#[tokio::test]
#[should_panic(expected = "GOT THROUGH: GET /r0")]
async fn a_report_with_one_cause_fails_the_test() {
    let attack = attack_on(FEW, |number| if number == 0 { Check::Missing } else { Check::Correct }).await;
    let report = attacked(attack.only_in_a_test_of_the_kit(&["H01", "T02"])).await;
    report.assert_nothing_got_through();
}
