//! Decides whether a token with an unknown `kid` is invalid, or cannot be judged yet.

use super::super::key_index::KeyIndex;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// How many `kid`s may be in doubt at once. A rotation brings one or two, a flood thousands.
const MAX_DOUBTED: usize = 8;

/// How many `kid`s that the issuer does not publish are kept in memory.
const MAX_ABSENT: usize = 64;

/// The longest time without doubts, after doubts in vain.
const MAX_CLOSED: Duration = Duration::from_secs(60 * 60);

/// Whether an unknown `kid` is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The issuer may have published the key since the last read. The next read decides.
    Pending,
    /// The issuer does not publish the key, or the verifier does not ask again for now.
    Decided,
}

/// The unknown `kid`s of one issuer.
///
/// Within the cooldown of a read, a token with an unknown `kid` may be good: the issuer may have
/// rotated since. It is in doubt, its client gets 503, and one read at the end of the cooldown
/// decides. An attacker can invent `kid`s, so the number of doubts is bounded in three ways:
///
/// - a `kid` is in doubt once: a read that does not contain it decides about it;
/// - at most [`MAX_DOUBTED`] of them are in doubt at once;
/// - after a read that found none of them, there are no doubts for a time that doubles.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    asked: Vec<Box<str>>,
    absent: VecDeque<Box<str>>,
    /// The number of reads in a row that found none of the `kid`s in doubt.
    in_vain: u32,
    closed_until: Option<Instant>,
}

impl Doubts {
    /// Asks about a `kid` that the current keys do not have.
    pub(super) fn ask(&mut self, kid: &str, now: Instant) -> Doubt {
        if self.asked.iter().any(|asked| **asked == *kid) {
            return Doubt::Pending;
        }
        let is_closed = self.closed_until.is_some_and(|until| now < until);
        if is_closed || self.asked.len() == MAX_DOUBTED || self.absent.iter().any(|absent| **absent == *kid) {
            return Doubt::Decided;
        }
        self.asked.push(kid.into());
        Doubt::Pending
    }

    /// Whether a read has to decide.
    pub(super) fn are_pending(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Records a `kid` that the issuer does not publish.
    pub(super) fn decide(&mut self, kid: &str) {
        if self.absent.iter().all(|absent| **absent != *kid) {
            self.absent.push_back(kid.into());
            while self.absent.len() > MAX_ABSENT {
                self.absent.pop_front();
            }
        }
    }

    /// Decides with keys that were read just now.
    pub(super) fn read(&mut self, keys: &KeyIndex, now: Instant, cooldown: Duration) {
        let asked = std::mem::take(&mut self.asked);
        if asked.iter().any(|kid| keys.has_kid(kid)) {
            (self.in_vain, self.closed_until) = (0, None);
        } else if !asked.is_empty() {
            self.in_vain = self.in_vain.saturating_add(1);
            let closed = cooldown.saturating_mul(1 << self.in_vain.min(16)).min(MAX_CLOSED).max(cooldown);
            self.closed_until = Some(now + closed);
        }
        for kid in asked.iter().filter(|kid| !keys.has_kid(kid)) {
            self.decide(kid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(10);

    fn none() -> KeyIndex {
        KeyIndex::possibly_empty([]).unwrap()
    }

    #[test]
    fn t15_a_kid_is_in_doubt_once() {
        let (mut doubts, now) = (Doubts::default(), Instant::now());
        assert_eq!(doubts.ask("a", now), Doubt::Pending);
        assert_eq!(doubts.ask("a", now), Doubt::Pending, "until it is decided");
        doubts.read(&none(), now, COOLDOWN);
        for later in [Duration::ZERO, COOLDOWN * 100] {
            assert_eq!(doubts.ask("a", now + later), Doubt::Decided);
        }
    }

    #[test]
    fn t15_invented_kids_are_in_doubt_for_a_vanishing_share_of_the_time() {
        let (mut doubts, begun) = (Doubts::default(), Instant::now());
        let day = 24 * 3600 / COOLDOWN.as_secs();
        let mut pending = 0;
        for window in 0..day {
            let now = begun + COOLDOWN * u32::try_from(window).unwrap();
            let asked = (0..1000).map(|number| doubts.ask(&format!("{window}-{number}"), now));
            let in_doubt = asked.filter(|doubt| *doubt == Doubt::Pending).count();
            assert!(in_doubt == 0 || in_doubt == MAX_DOUBTED, "{in_doubt}");
            pending += u64::from(in_doubt > 0);
            doubts.read(&none(), now, COOLDOWN);
        }
        assert!((25..40).contains(&pending), "{pending} of {day} windows of a day");
    }

    /// For instance tokens of another environment, whose key is never published here.
    #[test]
    fn a_kid_that_stays_unknown_does_not_close_the_way_for_a_rotation() {
        let (mut doubts, now) = (Doubts::default(), Instant::now());
        doubts.ask("staging", now);
        doubts.read(&none(), now, COOLDOWN);
        for window in 0..100 {
            assert_eq!(doubts.ask("staging", now + COOLDOWN * window), Doubt::Decided);
            doubts.read(&none(), now + COOLDOWN * window, COOLDOWN);
        }
        assert_eq!(doubts.ask("rotated", now + COOLDOWN * 3), Doubt::Pending);
    }
}
