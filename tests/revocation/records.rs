//! Tests revocations of credentials that are looked up, whose records have no longest lifetime.

use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::revocation::{RevocationError, RevocationList, Revocations, TokenIdentity};
use auth_runtime::{Claims, ConfigError, Events, Verifier};
use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

const KEY_ISSUER: &str = "https://orders.example.com/keys";

/// A store of the service's own, which removes revocations after this time.
struct Own(Option<Duration>);

impl Revocations for Own {
    fn check<'a>(
        &'a self,
        _: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(ready(Ok(())))
    }

    fn retention(&self) -> Option<Duration> {
        self.0
    }
}

fn verifier(revocations: impl Revocations) -> Result<Verifier<Claims>, ConfigError> {
    let keys = ApiKeys::of(KEY_ISSUER, "acme_live", MemoryApiKeys::new());
    Verifier::accepting(keys).events(Events::collect().0).revocations(revocations).build()
}

/// A key that was revoked there alone would be accepted again after the retention.
#[test]
fn a_store_that_removes_revocations_is_refused_beside_api_keys() {
    for retention in [Duration::from_secs(25 * 60 * 60), Duration::from_secs(24 * 365 * 10 * 60 * 60)] {
        let error = verifier(Own(Some(retention))).map(drop).unwrap_err();
        assert!(matches!(error, ConfigError::Revocations { .. }), "{error:?}");
        let message = error.to_string();
        assert!(message.contains(KEY_ISSUER) && message.contains("Revocations::keep_forever"), "{message}");
    }
}

#[test]
fn a_store_that_keeps_revocations_is_accepted_beside_api_keys() {
    let _ = verifier(Own(None)).unwrap();
    let _ = verifier(RevocationList::default()).unwrap();
}
