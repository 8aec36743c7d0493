//! Computes how long a response is fresh (RFC 9111 section 4.2).

use headers::{Age, CacheControl, Header, HeaderMapExt};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use std::time::Duration;

/// For responses without a freshness lifetime.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Bounds for the freshness lifetime that a response states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Freshness {
    pub(super) least: Duration,
    pub(super) most: Duration,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { least: Duration::from_secs(30), most: Duration::from_secs(15 * 60) }
    }
}

impl Freshness {
    pub(super) fn of(self, headers: &HeaderMap) -> Duration {
        let stated = match cache_control(headers) {
            Some(control) if control.no_store() || control.no_cache() => Some(Duration::ZERO),
            Some(control) => control.max_age().map(|max_age| {
                let age = headers.typed_get::<Age>().map(|age| Duration::from_secs(age.as_secs()));
                max_age.saturating_sub(age.unwrap_or_default())
            }),
            None => None,
        };
        stated.unwrap_or(DEFAULT_LIFETIME).clamp(self.least, self.most)
    }
}

/// Parses directives in any case (RFC 9111 section 5.2), because `headers` parses lower case only.
fn cache_control(headers: &HeaderMap) -> Option<CacheControl> {
    let lower = headers.get_all(CACHE_CONTROL).iter().map(|value| value.as_bytes().to_ascii_lowercase());
    let lower: Vec<_> = lower.filter_map(|value| HeaderValue::from_bytes(&value).ok()).collect();
    CacheControl::decode(&mut lower.iter()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(headers: &[(&'static str, &'static str)]) -> u64 {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        Freshness::default().of(&headers.collect()).as_secs()
    }

    #[test]
    fn the_stated_lifetime_is_kept_within_bounds() {
        assert_eq!(fresh(&[]), 300);
        assert_eq!(fresh(&[("cache-control", "public, max-age=120")]), 120);
        assert_eq!(fresh(&[("cache-control", "max-age=120"), ("age", "30")]), 90);
        for short in ["max-age=1", "no-store", "no-cache, max-age=600", "Max-Age=1", "No-Store"] {
            assert_eq!(fresh(&[("cache-control", short)]), 30, "{short}");
        }
        assert_eq!(fresh(&[("cache-control", "max-age=120"), ("age", "500")]), 30);
        for long in ["max-age=86400", "max-age=18446744073709551615", "public, max-age=31536000, immutable"] {
            assert_eq!(fresh(&[("cache-control", long)]), 900, "{long}");
        }
        for nonsense in ["max-age=", "max-age=-5", "max-age=soon", ";;;"] {
            assert_eq!(fresh(&[("cache-control", nonsense)]), 300, "{nonsense}");
        }
    }
}
