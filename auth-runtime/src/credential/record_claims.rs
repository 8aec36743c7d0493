//! Turns the record of a credential into verified claims.

use super::lookup::{CredentialRecord, LookedUpBy};
use super::token::check_record_expiry;
use super::token::json::Document;
use super::verified_claims::{Origin, Times, VerifiedClaims};
use crate::rejection::{IssuerNames, Refusal};
use auth_events::Reason;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, for credentials that do not expire.
const NEVER: Duration = Duration::from_secs(253_402_300_799);

/// The claims that the verifier sets. A service must not set them too.
const REGISTERED: [&str; 9] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "scope"];

impl VerifiedClaims {
    /// Makes the claims of a record that was found for a credential.
    ///
    /// P6: a record that cannot be stated as claims rejects the request.
    pub(crate) fn of_record(
        record: CredentialRecord,
        names: Arc<IssuerNames>,
        by: LookedUpBy,
        now: SystemTime,
    ) -> Result<Self, Refusal> {
        let CredentialRecord { subject, scopes, id, session, issued_at, expires_at, not_before, .. } = record;
        let mut members = record.claims;
        if subject.trim().is_empty() {
            return Err(malformed("the record of the credential has no owner"));
        }
        if members.keys().any(|name| REGISTERED.contains(&name.as_str())) {
            return Err(malformed("the record sets a claim that the verifier sets"));
        }
        // Two words in one text would be two scopes.
        if scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(malformed("a scope of the record is not one word"));
        }
        let since_epoch = |time: SystemTime| {
            time.duration_since(UNIX_EPOCH).map_err(|_| malformed("a time of the record is before 1970"))
        };
        let expires = expires_at.map_or(Ok(NEVER), since_epoch)?.min(NEVER);
        let issued = issued_at.map(since_epoch).transpose()?;
        let not_before = not_before.map(since_epoch).transpose()?;
        let times = Times { expires, not_before, issued };
        check_record_expiry(times, now)?;

        let mut set = |name: &str, value: Option<Value>| value.and_then(|value| members.insert(name.to_owned(), value));
        set("iss", Some((&*names.issuer).into()));
        set("sub", Some(subject.as_str().into()));
        set("aud", Some((&*names.audience).into()));
        set("exp", Some(expires.as_secs().into()));
        set("iat", issued.map(|issued| issued.as_secs().into()));
        set("jti", id.map(Value::from));
        set("sid", session.map(Value::from));
        set("scope", (!scopes.is_empty()).then(|| scopes.join(" ").into()));
        let claims = Document::parse(&Value::Object(members).to_string())
            .map_err(|_| malformed("the claims of the record are not within the limits of a token"))?;
        let (expires_at, origin) = (UNIX_EPOCH + expires, Origin::LookedUp(by));
        Ok(Self { names, subject, expires_at, times, holds: UNIX_EPOCH..expires_at, origin, claims })
    }
}

fn malformed(detail: &'static str) -> Refusal {
    Refusal::token(Reason::MalformedClaims, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ConfigError;
    use crate::credential::carrier::Carrier;
    use crate::credential::lookup::{CredentialSource, LookedUp};

    struct Nothing;

    impl CredentialSource for Nothing {
        fn kind(&self) -> &'static str {
            "nothing"
        }
        fn issuer(&self) -> &'static str {
            "keys"
        }
        fn carriers(&self) -> &[Carrier] {
            &[]
        }
        fn has_form(&self, _: &str) -> bool {
            false
        }
        fn has_distinct_form(&self) -> bool {
            false
        }
        fn is_in_query(&self, _: &str, _: &str) -> bool {
            false
        }
        fn cached_for(&self) -> Duration {
            Duration::ZERO
        }
        fn posture(&self) -> String {
            String::new()
        }
        fn check(&self) -> Result<(), ConfigError> {
            Ok(())
        }
        fn look_up<'a>(&'a self, _: &'a str, _: SystemTime) -> LookedUp<'a> {
            Box::pin(async { Err(malformed("nothing")) })
        }
    }

    fn claims(record: CredentialRecord) -> Result<VerifiedClaims, Refusal> {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let names = Arc::new(IssuerNames { issuer: "keys".into(), audience: "orders".into() });
        VerifiedClaims::of_record(record, names, LookedUpBy::new(Arc::new(Nothing), "secret", now, Duration::ZERO), now)
    }

    #[test]
    fn a_record_states_the_claims_of_a_token() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let record = CredentialRecord::of("acme")
            .scopes(["orders:read", "orders:write"])
            .id("k1")
            .session("s1")
            .issued_at(at(900))
            .expires_at(at(2000))
            .claim("plan", "enterprise");
        let verified = claims(record).expect("claims");
        let decoded: Value = verified.claims.decode().expect("JSON");
        let expected = serde_json::json!({
            "iss": "keys", "sub": "acme", "aud": "orders", "exp": 2000, "iat": 900, "jti": "k1", "sid": "s1",
            "scope": "orders:read orders:write", "plan": "enterprise"
        });
        assert_eq!(decoded, expected);
        assert_eq!(verified.scopes().collect::<Vec<_>>(), ["orders:read", "orders:write"]);
        assert!(!format!("{verified:?}").contains("secret"), "{verified:?}");
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
    }

    #[test]
    fn a_record_that_cannot_be_claims_is_refused() {
        let record = || CredentialRecord::of("acme");
        for (name, record, reason) in [
            ("no owner", CredentialRecord::of(" "), Reason::MalformedClaims),
            ("two words", record().scopes(["read write"]), Reason::MalformedClaims),
            ("an empty scope", record().scopes([""]), Reason::MalformedClaims),
            ("another issuer", record().claim("iss", "https://id.example.com/"), Reason::MalformedClaims),
            ("a scope by the side", record().claim("scope", "admin"), Reason::MalformedClaims),
            ("nested too deeply", record().claim("deep", nested(100)), Reason::MalformedClaims),
            ("expired", record().expires_at(UNIX_EPOCH + Duration::from_secs(1000)), Reason::Expired),
        ] {
            let reason_of = claims(record).map(drop).map_err(|refusal| refusal.rejection.reason());
            assert_eq!(reason_of, Err(reason), "{name}");
        }
    }
}
