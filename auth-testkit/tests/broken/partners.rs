//! Services that trust two issuers, and confuse them.

use crate::support::{
    CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, orders_with, refused, token_of,
    unverified,
};
use auth_testkit::Severity::GotThrough;
use auth_testkit::TestIssuer;
use axum::Router;

/// A service with a partner. `bound` looks at the issuer of the key.
fn app(ours: &CorrectService, partner: &CorrectService, bound: bool) -> Router {
    let partner = partner.clone();
    ours.behind(move |ours, parts| {
        let partner = partner.clone();
        async move {
            let named = token_of(&parts).and_then(unverified).map(|(_, claims)| claims["iss"].clone());
            if named.is_some_and(|iss| iss == partner.issuer.name()) {
                return partner.check(&parts).await.map(drop);
            }
            let Err(rejection) = ours.check(&parts).await else { return Ok(()) };
            // All keys are in one set, no matter which issuer published them.
            let Some((header, claims)) = token_of(&parts).and_then(unverified).filter(|_| !bound) else {
                return Err(rejection);
            };
            let again = partner.issuer.token().header_text(header.to_string()).claims_text(claims.to_string());
            let is_signed = token_of(&parts) == Some(again.signed().as_str());
            let is_single = parts.headers.get_all("authorization").iter().count() == 1;
            if is_signed && is_single && crate::support::are_good(&ours, &claims) {
                Ok(())
            } else {
                Err(refused_by(rejection))
            }
        }
    })
}

fn refused_by(rejection: axum::response::Response) -> axum::response::Response {
    if rejection.status().is_success() { refused() } else { rejection }
}

#[tokio::test]
async fn the_key_of_a_partner_signs_for_our_issuer() {
    let ours = CorrectService::new();
    let partner = CorrectService::trusting(TestIssuer::new().named("https://partner.test/"));
    let broken = app(&ours, &partner, false);
    let claims = ours.issuer.token().claims_json();
    let exploit = partner.issuer.token().claims_text(claims).signed();
    assert_exploited(&broken, orders_with(&exploit)).await;
    let report = ours.attack(broken).also_trusting(&partner.issuer).await;
    assert_only_caught(&report, GotThrough, &["T66"]);
    let twin = ours.attack(app(&ours, &partner, true)).also_trusting(&partner.issuer);
    assert_twin_passes(&twin.await);
}
