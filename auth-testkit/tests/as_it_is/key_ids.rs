//! T14 is sent only where the verifier selects its key by `kid`.

use crate::support::{attacked, check_changed, ids, notes, plain, sent, served, served_guarded, verifier};
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Claims, Events, Verifier, VerifyingKey, authenticated};
use auth_testkit::{Severity, Target, TestIssuer, attack};

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

/// A key without a `kid` verifies all tokens, and `kid` is only a hint (RFC 7515 section 4.1.4).
#[tokio::test]
async fn a_verifier_with_one_key_for_all_tokens_passes_without_t14() {
    let issuer = TestIssuer::signing_with(Algorithm::ES256);
    let key = VerifyingKey::es256_pem(issuer.public_key_pem().unwrap().as_bytes()).unwrap();
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(key)
        .events(Events::collect().0)
        .build()
        .unwrap();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(verifier);
    for target in [Target::from(app.clone()), served_guarded(app).await] {
        let report = attacked(attack(target).with(&issuer)).await;
        report.assert_nothing_got_through();
        assert_eq!(sent(&report, "T14"), 0);
        assert!(notes(&report).contains("T14 was not sent"), "{}", notes(&report));
    }
}

#[tokio::test]
async fn a_verifier_that_selects_by_kid_is_attacked_with_t14() {
    let issuer = TestIssuer::new();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(verifier(&issuer));
    let report = attacked(attack(served_guarded(app).await).with(&issuer)).await;
    report.assert_nothing_got_through();
    assert!(sent(&report, "T14") > 8, "{report}");
    assert!(!notes(&report).contains("T14"), "{}", notes(&report));
}

/// The token must name a key, and the first key is taken where no key has the name.
#[tokio::test]
async fn a_verifier_that_takes_the_first_key_for_an_unknown_kid_is_found() {
    let issuer = TestIssuer::new();
    let (trusted, verifier) = (issuer.clone(), verifier(&issuer));
    let app = plain(move |parts| {
        let (issuer, verifier) = (trusted.clone(), verifier.clone());
        async move {
            check_changed(&issuer, &verifier, parts, |header, claims| match header.get("kid") {
                Some(_) => header["kid"] = "key-of-the-test-issuer".into(),
                None => claims["exp"] = 0.into(),
            })
            .await
        }
    });
    let report = attacked(attack(served(app).await).with(&issuer)).await;
    assert_eq!(ids(&report, Severity::GotThrough), ["T14"], "{report}");
}
