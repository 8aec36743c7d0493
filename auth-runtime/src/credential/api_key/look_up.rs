//! Looks up an API key: from the presented text to the record of its owner.

use super::record::Presented;
use super::text::{KeyText, Malformed};
use super::{ApiKeyRecord, ApiKeys, SecretHash, prefix};
use crate::base::ConfigError;
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialRecord, CredentialSource, LookedUp};
use crate::credential::token::short_hash;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::time::{Duration, SystemTime};

impl CredentialSource for ApiKeys {
    fn kind(&self) -> &'static str {
        "API key"
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// Also for a key that is cut off or has a typo, so that the event names the kind.
    fn has_form(&self, presented: &str) -> bool {
        match KeyText::split(presented) {
            // `acme` must not claim the keys of `acme_live`. Without the checksum, because a cached
            // key costs no hash then.
            Ok(key) => key.prefix == self.prefix,
            Err(_) => presented.strip_prefix(&*self.prefix).is_some_and(|rest| rest.starts_with('_')),
        }
    }

    fn has_distinct_form(&self) -> bool {
        true
    }

    fn is_of_other_environment(&self, presented: &str) -> bool {
        KeyText::split(presented).is_ok_and(|key| prefix::check(key.prefix).is_ok())
    }

    /// A whole key, also of another environment, whatever the parameter is called. Under the name
    /// of the key's header, also a part of a key.
    fn is_in_query(&self, name: &str, value: &str) -> bool {
        self.is_of_other_environment(value)
            || (self.carriers.iter().any(|carrier| carrier.is_parameter(name)) && self.has_form(value))
    }

    fn cached_for(&self) -> Duration {
        self.cached_for
    }

    fn posture(&self) -> String {
        self.described()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.checked()
    }

    fn look_up<'a>(&'a self, presented: &'a str, now: SystemTime) -> LookedUp<'a> {
        Box::pin(async move {
            let key = self.read(presented)?;
            // Only the id, as for `kid`: enough to group events.
            let refused = |refusal| Refusal { key_id_hash: Some(short_hash(key.id)), ..refusal };
            let record = self.verified(&key, now).await.map_err(refused)?;
            self.usage.report(&self.records, key.id, now);
            Ok(record)
        })
    }
}

impl ApiKeys {
    /// Reads the text. A typo and a key of another environment cost no look-up.
    fn read<'a>(&self, presented: &'a str) -> Result<KeyText<'a>, Refusal> {
        let key = KeyText::read(presented).map_err(|malformed| match malformed {
            Malformed::Form => Refusal::token(Reason::MalformedApiKey, "not of the form prefix_id_secret_checksum"),
            Malformed::Checksum => Refusal::token(Reason::MalformedApiKey, "the checksum is wrong, as after a typo"),
        })?;
        if key.prefix != self.prefix {
            let detail = format!("a key of another environment: its prefix is not `{}`", self.prefix);
            let refusal = Refusal::from(Rejection::InvalidToken(Reason::UnknownApiKey));
            return Err(Refusal { detail: Some(detail.into()), key_id_hash: Some(short_hash(key.id)), ..refusal });
        }
        Ok(key)
    }

    /// Finds the record, and checks all of it.
    ///
    /// P6: the secret comes first. Only its holder reaches the other checks, so an event with a
    /// subject is about the owner of the key.
    async fn verified(&self, key: &KeyText<'_>, now: SystemTime) -> Result<CredentialRecord, Refusal> {
        let presented = SecretHash::of(key.secret);
        let found = self.finder.find(key.id, now, || self.records.find_any(key.id)).await.map_err(|error| Refusal {
            detail: Some(error.why),
            ..Rejection::Unavailable(Reason::VerifierUnavailable).into()
        })?;
        let compared = ApiKeyRecord::compare(found.as_ref(), &presented);
        let Some(record) = found else {
            return Err(Refusal::token(Reason::UnknownApiKey, "no record has the id of the key"));
        };
        if record.id != key.id {
            return Err(unusable("the store found a record with another id: compare ids byte by byte"));
        }
        let Ok(secret) = compared else {
            return Err(Refusal::token(Reason::BadApiKey, "the secret is not that of the record"));
        };
        check(&record, secret, now)
            .map_err(|refusal| Refusal { subject: Some(record.owner.as_str().into()), ..refusal })?;
        Ok(record.into_credential(secret))
    }
}

/// Checks a record whose secret was presented.
fn check(record: &ApiKeyRecord, secret: Presented, now: SystemTime) -> Result<(), Refusal> {
    if record.owner.trim().is_empty() {
        return Err(unusable("the record has no owner: set it"));
    }
    if record.revoked_at.is_some() {
        return Err(Refusal::token(Reason::Revoked, "the record is revoked"));
    }
    if record.expires_at.is_some_and(|expires| now >= expires) {
        return Err(Refusal::token(Reason::Expired, "the record has expired"));
    }
    match secret {
        Presented::Previous { until } if now >= until => {
            Err(Refusal::token(Reason::Expired, "the secret was replaced by a rotation, and its time has passed"))
        }
        _ => Ok(()),
    }
}

/// P6: the record cannot be used, which is a fault of the service: 503.
fn unusable(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::Unavailable(Reason::VerifierUnavailable), detail)
}
