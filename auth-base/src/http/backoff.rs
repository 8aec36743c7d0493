//! Waits between attempts, with jitter.

use aws_lc_rs::rand;
use std::time::Duration;

/// Returns the wait after consecutive failures. It doubles with each failure, up to `longest`.
///
/// Half of it is random, so that instances which failed together do not retry together.
pub fn backoff(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doubled = 1_u32 << failures.saturating_sub(1).min(16);
    jittered(first.saturating_mul(doubled).min(longest), 0.5)
}

/// Returns a random duration between this share of the whole and the whole.
pub fn jittered(whole: Duration, least_share: f64) -> Duration {
    let mut random = [0; 4];
    // Without random numbers there is no jitter, but still a wait.
    let _ = rand::fill(&mut random);
    let part = f64::from(u32::from_ne_bytes(random)) / f64::from(u32::MAX);
    whole.mul_f64(least_share + (1.0 - least_share) * part)
}

#[cfg(test)]
mod tests {
    use super::{backoff, jittered};
    use std::time::Duration;

    const FIRST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(30);

    #[test]
    fn waits_grow_up_to_their_bound_and_differ() {
        for failures in [0, 1, 2, 5, 8, 100, u32::MAX] {
            let whole = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
            let waits: Vec<_> = (0..20).map(|_| backoff(FIRST, LONGEST, failures)).collect();
            assert!(waits.iter().all(|wait| (whole / 2..=whole).contains(wait)), "{failures}: {waits:?}");
            assert!(waits.windows(2).any(|two| two[0] != two[1]), "{waits:?}");
        }
        assert!(backoff(FIRST, LONGEST, 1) <= FIRST && backoff(FIRST, LONGEST, 100) >= LONGEST / 2);
        assert!(backoff(Duration::MAX, Duration::MAX, u32::MAX) > Duration::from_secs(60 * 60), "it does not overflow");
    }

    #[test]
    fn jitter_keeps_the_requested_share() {
        for _ in 0..1000 {
            let jittered = jittered(Duration::from_secs(100), 0.9);
            assert!((Duration::from_secs(90)..=Duration::from_secs(100)).contains(&jittered), "{jittered:?}");
        }
    }
}
