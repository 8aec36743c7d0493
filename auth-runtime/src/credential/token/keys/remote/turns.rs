//! Keeps the keys of an issuer whose replicas publish different sets.

use super::super::VerifyingKey;
use super::super::key_index::KeyIndex;
use crate::base::ConfigError;
use std::time::Duration;
use tokio::time::Instant;

/// How many keys are kept in memory.
const MAX_SEEN: usize = 200;

/// The keys that an issuer has published lately.
///
/// Behind a load balancer, each replica may publish its own key only. The verifier then sees a key
/// go and return. From that time on it keeps each key that the issuer has published within the
/// longest refresh interval, which is how long a removed key stays in use in any case. An empty set
/// removes all keys at once.
#[derive(Default)]
pub(super) struct Turns {
    seen: Vec<Seen>,
    /// When a key last returned.
    returned: Option<Instant>,
}

struct Seen {
    key: VerifyingKey,
    at: Instant,
    /// Whether the last set contained it.
    is_published: bool,
}

impl Turns {
    /// Returns the keys to use, after the issuer has published these.
    pub(super) fn completed(
        &mut self,
        published: KeyIndex,
        now: Instant,
        most: Duration,
    ) -> Result<KeyIndex, ConfigError> {
        // P6: with an empty set, an issuer revokes all of its tokens.
        if published.is_empty() {
            *self = Self::default();
            return Ok(published);
        }
        let is_recent = |at: Instant| now.duration_since(at) <= most;
        self.seen.retain(|seen| seen.is_published || is_recent(seen.at));
        let was_gone = |key: &VerifyingKey| self.seen.iter().any(|seen| !seen.is_published && same(&seen.key, key));
        if published.all().any(was_gone) {
            self.returned = Some(now);
        }
        for seen in &mut self.seen {
            seen.is_published = false;
        }
        self.seen.retain(|seen| !published.all().any(|key| same(&seen.key, key)));
        let new = published.all().map(|key| Seen { key: key.clone(), at: now, is_published: true });
        self.seen.splice(0..0, new);
        self.seen.truncate(MAX_SEEN);
        if !self.returned.is_some_and(is_recent) {
            return Ok(published);
        }
        let mut keys: Vec<VerifyingKey> = published.all().cloned().collect();
        for seen in self.seen.iter().filter(|seen| !seen.is_published) {
            // Without a `kid`, two keys would be ambiguous. A name belongs to its latest key.
            let is_taken = |key: &VerifyingKey| (&key.kid, key.algorithm) == (&seen.key.kid, seen.key.algorithm);
            if seen.key.kid.is_some() && !keys.iter().any(is_taken) {
                keys.push(seen.key.clone());
            }
        }
        KeyIndex::possibly_empty(keys)
    }

    /// Like [`completed`](Self::completed), after the issuer has published the same keys again.
    pub(super) fn unchanged(&mut self, now: Instant, most: Duration) -> Result<KeyIndex, ConfigError> {
        let published = self.seen.iter().filter(|seen| seen.is_published).map(|seen| seen.key.clone());
        let published = KeyIndex::possibly_empty(published.collect::<Vec<_>>())?;
        self.completed(published, now, most)
    }
}

fn same(one: &VerifyingKey, other: &VerifyingKey) -> bool {
    (one.fingerprint, &one.kid) == (other.fingerprint, &other.kid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(15 * 60);

    fn set(kids: &[&str]) -> KeyIndex {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let key = VerifyingKey::from_jwk(jwk).unwrap();
        KeyIndex::possibly_empty(kids.iter().map(|kid| key.clone().with_kid(*kid))).unwrap()
    }

    fn kids(keys: &KeyIndex) -> String {
        keys.kids().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_removed_key_is_kept_only_after_a_key_has_returned() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        let mut publish = |kids_now: &[&str], after: u64| {
            kids(&turns.completed(set(kids_now), now + Duration::from_secs(after), MOST).unwrap())
        };
        assert_eq!(publish(&["a"], 0), "a");
        assert_eq!(publish(&["b"], 10), "b", "an ordinary removal counts at once");
        assert_eq!(publish(&["a"], 20), "a b", "`a` has returned");
        assert_eq!(publish(&["a"], 30), "a b");
        assert_eq!(publish(&["b"], 40), "a b");
        assert_eq!(publish(&["b"], 930), "a b");
        assert_eq!(publish(&["b"], 931), "b", "`a` was last published more than 15 minutes ago");
        assert_eq!(publish(&["a"], 935), "a b");
        assert_eq!(publish(&["a"], 945), "a", "no key has returned for 15 minutes");
        assert_eq!(publish(&[], 946), "", "an empty set revokes all keys");
        assert_eq!(publish(&["b"], 950), "b");
        assert_eq!(publish(&["a"], 960), "a");
    }

    #[test]
    fn an_unchanged_set_renews_its_keys_only() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        for (kid, after) in [("a", 0), ("b", 10), ("a", 20)] {
            turns.completed(set(&[kid]), now + Duration::from_secs(after), MOST).unwrap();
        }
        assert_eq!(kids(&turns.unchanged(now + Duration::from_secs(15 * 60), MOST).unwrap()), "a b");
        assert_eq!(kids(&turns.unchanged(now + Duration::from_secs(2000), MOST).unwrap()), "a");
    }
}
