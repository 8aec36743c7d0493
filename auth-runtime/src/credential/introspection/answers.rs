//! Caches answers, and asks about one token once at a time.

use crate::base::DualClockInstant;
use crate::credential::lookup::CredentialRecord;
use crate::rejection::Refusal;
use aws_lc_rs::digest;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use std::future::Future;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How long a refused token is known to be refused.
///
/// Short, because a replica of the server may learn of a new token late.
const REFUSED_FOR: Duration = Duration::from_secs(1);

/// The memory of all answers, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;

/// SHA-256 of a token. The cache holds no token.
type TokenHash = [u8; 32];

/// What an answer decides about a token.
pub(super) type Decided = Result<CredentialRecord, Refusal>;

/// The answers of the server, by the hash of the token.
pub(super) struct Answers {
    cache: Cache<TokenHash, Answer, ByMemory>,
    cached_for: Duration,
}

#[derive(Clone)]
struct Answer {
    /// When the server was asked, because the token may be revoked while it answers.
    asked: DualClockInstant,
    asked_at: Instant,
    decided: Decided,
    bytes: u64,
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<TokenHash, Answer> for ByMemory {
    fn weight(&self, _: &TokenHash, answer: &Answer) -> u64 {
        answer.bytes
    }
}

impl Answers {
    pub(super) fn new(cached_for: Duration) -> Self {
        Self { cache: Cache::with_weighter(10_000, CAPACITY, ByMemory), cached_for }
    }

    /// Returns the current answer about a token, or asks.
    ///
    /// P6: an error is not an answer, so it is not cached.
    pub(super) async fn get<F>(&self, token: &str, now: SystemTime, ask: impl FnOnce() -> F) -> Decided
    where
        F: Future<Output = Result<(Decided, u64), Refusal>>,
    {
        let (arrived, hash) = (Instant::now(), hash(token));
        // Other requests with this token wait here while one asks. If it fails or is dropped, the
        // next one asks.
        let entry = self.cache.entry_async(&hash, |_, answer| match self.is_current(answer, arrived, now) {
            Currency::Current => EntryAction::Retain(answer.decided.clone()),
            Currency::Old => EntryAction::ReplaceWithGuard,
        });
        let guard = match entry.await {
            EntryResult::Retained(decided) => return decided,
            EntryResult::Vacant(guard) | EntryResult::Replaced(guard, _) => Some(guard),
            EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        let (asked, asked_at) = (DualClockInstant::new(now), Instant::now());
        let (decided, bytes) = ask().await?;
        if let Some(guard) = guard {
            // An error means that the entry was evicted meanwhile.
            drop(guard.insert(Answer { asked, asked_at, decided: decided.clone(), bytes }));
        }
        decided
    }

    fn is_current(&self, answer: &Answer, arrived: Instant, now: SystemTime) -> Currency {
        let keep = if answer.decided.is_ok() { self.cached_for } else { REFUSED_FOR };
        // The second: requests that waited for one answer share it, also where nothing is cached.
        if answer.asked.elapsed(now) < keep || answer.asked_at > arrived { Currency::Current } else { Currency::Old }
    }
}

/// Whether an answer may be used for a request.
enum Currency {
    Current,
    Old,
}

fn hash(token: &str) -> TokenHash {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    // SHA-256 has 32 bytes (FIPS 180-4).
    hash.as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Answers, Decided};
    use crate::credential::lookup::CredentialRecord;
    use crate::rejection::{Refusal, Rejection};
    use auth_events::Reason;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    use test_support::LIMIT;
    use tokio::sync::Notify;
    use tokio::time::timeout;

    const SECOND: Duration = Duration::from_secs(1);

    struct Asked {
        answers: Answers,
        count: AtomicUsize,
        go: Notify,
    }

    impl Asked {
        fn new(cached_for: Duration) -> Self {
            Self { answers: Answers::new(cached_for), count: AtomicUsize::new(0), go: Notify::new() }
        }

        fn count(&self) -> usize {
            self.count.load(Ordering::SeqCst)
        }

        /// The subject, or the reason.
        async fn get(
            &self,
            token: &str,
            now: SystemTime,
            answer: Result<Decided, Refusal>,
            waits: bool,
        ) -> Result<String, Reason> {
            let ask = || async {
                self.count.fetch_add(1, Ordering::SeqCst);
                if waits {
                    self.go.notified().await;
                }
                answer.map(|decided| (decided, 1000))
            };
            let decided = timeout(LIMIT, self.answers.get(token, now, ask)).await.expect("an answer in time");
            decided.map(|record| record.subject).map_err(|refusal| refusal.rejection.reason())
        }

        async fn good(&self, token: &str, now: SystemTime) -> Result<String, Reason> {
            self.get(token, now, Ok(Ok(CredentialRecord::of("alice"))), false).await
        }
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000)
    }

    fn inactive() -> Refusal {
        Refusal::token(Reason::InactiveToken, "inactive")
    }

    fn unavailable() -> Refusal {
        Rejection::Unavailable(Reason::VerifierUnavailable).into()
    }

    /// FIPS 180-4, appendix B.1.
    #[test]
    fn an_answer_is_found_by_the_sha_256_of_its_token() {
        let hex: Vec<String> = super::hash("abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[tokio::test(start_paused = true)]
    async fn a_good_answer_is_used_for_the_stated_time_on_both_clocks() {
        let asked = Asked::new(10 * SECOND);
        asked.good("a", now()).await.unwrap();
        asked.good("a", now() + 9 * SECOND).await.unwrap();
        assert_eq!(asked.count(), 1);
        asked.good("b", now()).await.unwrap();
        assert_eq!(asked.count(), 2, "another token");
        asked.good("a", now() + 10 * SECOND).await.unwrap();
        assert_eq!(asked.count(), 3, "by the clock of the verifier");
        tokio::time::advance(10 * SECOND).await;
        asked.good("a", now() + 10 * SECOND).await.unwrap();
        assert_eq!(asked.count(), 4, "by the clock of the machine");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_asked_for_once_a_second_and_an_error_is_not_cached() {
        let asked = Asked::new(10 * SECOND);
        for _ in 0..5 {
            let decided = asked.get("a", now(), Ok(Err(inactive())), false).await;
            assert_eq!(decided, Err(Reason::InactiveToken));
        }
        assert_eq!(asked.count(), 1);
        asked.good("a", now() + SECOND).await.unwrap();
        assert_eq!(asked.count(), 2, "after a second");
        for _ in 0..2 {
            asked.get("b", now(), Err(unavailable()), false).await.unwrap_err();
        }
        assert_eq!(asked.count(), 4);
        asked.good("b", now()).await.unwrap();
    }

    /// Also where nothing is cached: a request uses an answer that was asked for after it arrived.
    #[tokio::test(start_paused = true)]
    async fn requests_with_one_token_share_one_question() {
        for cached_for in [Duration::ZERO, 10 * SECOND] {
            let asked = Asked::new(cached_for);
            let first = asked.get("a", now(), Ok(Ok(CredentialRecord::of("alice"))), true);
            let others = futures_util::future::join_all((0..20).map(|_| asked.good("a", now())));
            let release = async {
                tokio::time::sleep(SECOND / 10).await;
                asked.go.notify_one();
            };
            let (first, others, ()) = tokio::join!(first, others, release);
            first.unwrap();
            assert!(others.iter().all(Result::is_ok), "{others:?}");
            let most = if cached_for.is_zero() { 2 } else { 1 };
            assert_eq!(asked.count(), most, "{cached_for:?}");
            tokio::time::advance(SECOND / 10).await;
            asked.good("a", now()).await.unwrap();
            assert_eq!(asked.count(), if cached_for.is_zero() { 3 } else { 1 }, "{cached_for:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_dropped_does_not_block_the_next() {
        let asked = Asked::new(10 * SECOND);
        let hangs = asked.get("a", now(), Ok(Ok(CredentialRecord::of("alice"))), true);
        assert!(timeout(SECOND, hangs).await.is_err());
        asked.good("a", now()).await.unwrap();
        assert_eq!(asked.count(), 2);
    }
}
