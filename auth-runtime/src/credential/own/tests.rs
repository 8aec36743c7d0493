//! Tests how an own kind is named, checked and refused.

use super::{NotVerified, OwnKind, VerifyCredential};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::time::{Duration, SystemTime};

const SECRET: &str = "the gateway's own secret";

/// Refuses each credential but one.
struct Gateway {
    secret: &'static str,
}

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        match presented {
            "malformed" => Err(NotVerified::malformed("not two parts")),
            "invalid" => Err(NotVerified::invalid("a wrong seal")),
            "expired" => Err(NotVerified::Expired),
            "undecided" => Err(NotVerified::undecided("the key server is down")),
            presented if presented == self.secret => Ok(CredentialRecord::of("acme").id("call-7")),
            _ => Err(NotVerified::invalid("another secret")),
        }
    }
}

fn kind(name: &str) -> OwnKind {
    OwnKind::new(name, "https://gateway.internal/", Carrier::bearer(), Gateway { secret: SECRET })
}

fn gateway() -> OwnKind {
    kind("gateway header")
}

async fn look_up(presented: &str) -> Result<CredentialRecord, Refusal> {
    gateway().look_up(presented, SystemTime::now()).await
}

#[tokio::test]
async fn the_record_is_passed_on_unchanged() {
    assert_eq!(look_up(SECRET).await.unwrap(), CredentialRecord::of("acme").id("call-7"));
}

#[tokio::test]
async fn each_answer_of_the_service_has_its_reason() {
    for (presented, reason, detail) in [
        ("malformed", Reason::MalformedCredentials, Some("not two parts")),
        ("invalid", Reason::InvalidCredentials, Some("a wrong seal")),
        ("expired", Reason::Expired, None),
        ("undecided", Reason::VerifierUnavailable, Some("the key server is down")),
        ("", Reason::InvalidCredentials, Some("another secret")),
    ] {
        let refusal = look_up(presented).await.unwrap_err();
        assert_eq!(refusal.rejection.reason(), reason, "{presented}");
        assert_eq!(refusal.rejection.status(), reason.status(), "{presented}");
        assert_eq!(refusal.detail.as_deref(), detail, "{presented}");
    }
}

#[test]
fn the_posture_names_the_kind_as_the_service_s_own() {
    let gateway = gateway();
    assert_eq!(gateway.kind(), "own: gateway header");
    let posture = gateway.posture();
    assert!(posture.starts_with("verified by the service's own "), "{posture}");
    assert!(posture.ends_with("own::tests::Gateway"), "{posture}");
}

/// A signed header may be valid for one request only.
#[test]
fn an_own_kind_is_not_cached_and_shares_no_carrier() {
    let gateway = gateway();
    assert_eq!(gateway.cached_for(), Duration::ZERO);
    assert!(!gateway.has_distinct_form());
    assert_eq!(gateway.carriers(), [Carrier::bearer()]);
}

#[test]
fn unreadable_names_are_errors_at_start() {
    assert_eq!(gateway().check(), Ok(()));
    let long = "a".repeat(201);
    for name in ["", " ", "gateway\nheader", "\u{202e}yek IPA", &long] {
        let error = kind(name).check().unwrap_err();
        assert!(error.to_string().contains("name of the own kind"), "{name:?}: {error}");
    }
}

#[test]
fn the_issuer_must_be_a_readable_name() {
    for issuer in ["", " ", "the gateway", "https://gateway\u{200b}.internal/"] {
        let kind = OwnKind::new("gateway header", issuer, Carrier::bearer(), Gateway { secret: SECRET });
        let error = kind.check().unwrap_err();
        assert!(error.to_string().contains("issuer"), "{issuer:?}: {error}");
    }
}

#[test]
fn debug_omits_the_verification() {
    let debug = format!("{:?}", gateway());
    assert!(debug.contains("own: gateway header"), "{debug}");
    assert!(!debug.contains("secret"), "{debug}");
}
