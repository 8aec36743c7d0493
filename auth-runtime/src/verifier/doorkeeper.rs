//! Decides which verified tokens the cache stores.

use quick_cache::DefaultHashBuilder;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

/// Admits a token to the cache when it is verified for the second time.
///
/// A token that is used once would be copied for nothing, which takes as long as to verify an HMAC,
/// and would evict tokens that are used again. The doorkeeper keeps 21 bits of a keyed hash of
/// each recent token.
///
/// P6: it decides only whether a verified token is stored. A token whose hash equals that of
/// another one is stored at first sight.
pub(super) struct Doorkeeper {
    /// One slot for each of the lower bits of a hash. It holds the upper bits of the latest three,
    /// so old tokens are forgotten. Three, because tokens that arrive in turn and share a slot
    /// would otherwise forget each other.
    slots: Box<[AtomicU64]>,
    /// With a random key, so that no client can choose tokens that share a slot.
    hasher: DefaultHashBuilder,
}

/// The bits of a hash in a slot. Three times as many fit into its 64.
const BITS: u32 = 21;

impl Doorkeeper {
    /// `slots` is rounded up to a power of two.
    pub(super) fn new(slots: usize) -> Self {
        let slots = (0..slots.next_power_of_two()).map(|_| AtomicU64::new(0)).collect();
        Self { slots, hasher: DefaultHashBuilder::default() }
    }

    /// Records a verified token, and returns whether it was one of the latest three in its slot.
    #[expect(clippy::cast_possible_truncation, reason = "a hash is split into parts")]
    pub(super) fn saw_before(&self, token: &impl Hash) -> bool {
        let hash = self.hasher.hash_one(token);
        let slot = &self.slots[hash as usize & (self.slots.len() - 1)];
        let rest = hash >> (u64::BITS - BITS);
        // Nothing else is read because of the value, so no order is needed. Of two threads at once,
        // one may forget the token of the other, which is stored one verification later then.
        let latest = slot.load(Ordering::Relaxed);
        let is_known = [0, BITS, 2 * BITS].into_iter().any(|place| (latest >> place) & ((1 << BITS) - 1) == rest);
        if !is_known {
            slot.store((latest << BITS) | rest, Ordering::Relaxed);
        }
        is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(number: usize) -> Vec<u8> {
        format!("eyJhbGciOiJIUzI1NiJ9.{number}.signature").into_bytes()
    }

    #[test]
    fn a_token_is_admitted_at_second_sight() {
        let doorkeeper = Doorkeeper::new(64);
        for number in 0..8 {
            assert!(!doorkeeper.saw_before(&token(number)), "{number} for the first time");
            assert!(doorkeeper.saw_before(&token(number)), "{number} for the second time");
        }
    }

    /// A client that measures one process learns nothing about the slots of another.
    #[test]
    fn two_doorkeepers_have_two_keys() {
        let [one, other] = [(); 2].map(|()| Doorkeeper::new(1));
        assert!((0..8).any(|number| one.hasher.hash_one(token(number)) != other.hasher.hash_one(token(number))));
    }

    #[test]
    fn three_tokens_in_turn_share_a_slot() {
        let doorkeeper = Doorkeeper::new(1);
        let sees = |number| doorkeeper.saw_before(&token(number));
        assert!(!sees(0) && !sees(1) && !sees(2));
        assert!(sees(0) && sees(1) && sees(2) && sees(0));
        // The fourth replaces the oldest one.
        assert!(!sees(3) && sees(1) && sees(2) && !sees(0));
    }

    #[test]
    fn recent_tokens_are_recognised_and_old_ones_are_forgotten() {
        let doorkeeper = Doorkeeper::new(1000);
        assert_eq!(doorkeeper.slots.len(), 1024);
        let seen = |from: usize, to: usize| (from..to).filter(|number| doorkeeper.saw_before(&token(*number))).count();
        // One of a million has the same bits as another one in its slot.
        assert!(seen(0, 100) < 5);
        assert!(seen(0, 100) > 95);
        assert!(seen(100, 10_000) < 10);
        assert!(seen(0, 100) < 20);
    }
}
