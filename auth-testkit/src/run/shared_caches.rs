//! H40: an answer to a known caller that a shared cache keeps for others (RFC 9111).

use super::attack_run::AttackRun;
use super::probe::Probe;
use crate::report::Severity;
use crate::target::{Place, ServiceResponse};
use http::header::{AUTHORIZATION, CACHE_CONTROL, DATE, EXPIRES, LAST_MODIFIED, VARY};
use http::{HeaderMap, Method, StatusCode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

impl AttackRun {
    /// Reads the caching headers of a good answer, with one finding for each route.
    pub(super) fn look_for_shared_cache(&mut self, probe: &Probe<'_>, place: &Place, response: &ServiceResponse) {
        let id = "H40";
        let route = probe.route.to_string();
        let is_known = self.findings.iter().any(|finding| finding.id == id && finding.route == route);
        if is_known || self.plan.without.contains(id) {
            return;
        }
        let (carrier, _) = place.header("");
        let Some(why) = kept(&probe.method, response.status, &response.headers, carrier.as_str()) else { return };
        let probe = Probe {
            route: probe.route,
            method: probe.method.clone(),
            id: id.to_owned(),
            what: "the caching headers of a good answer".to_owned(),
            curl: probe.curl.clone(),
        };
        let problem = format!(
            "a shared cache keeps the answer of one caller for all others: {why}: send `Cache-Control: no-store` or \
             `private`, or `Vary: {carrier}`"
        );
        let finding = probe.finding(Severity::Wrong, problem, Some(response));
        self.findings.push(finding);
    }
}

/// Why a shared cache may store a response and use it for other callers. `None` if it must not.
fn kept(method: &Method, status: StatusCode, headers: &HeaderMap, carrier: &str) -> Option<String> {
    // RFC 9111 section 3: other methods and statuses need more than these headers.
    if !matches!(*method, Method::GET | Method::HEAD) || !status.is_success() || status == StatusCode::PARTIAL_CONTENT {
        return None;
    }
    let directives = list(headers, CACHE_CONTROL.as_str());
    let has = |name: &str| directives.iter().any(|directive| directive == name);
    let seconds = |name: &str| {
        let value = directives.iter().find_map(|directive| directive.strip_prefix(name)?.strip_prefix('='));
        value.and_then(|value| value.trim_matches('"').parse::<u64>().ok())
    };
    // `no-cache` asks the service before each use, which then rejects a bad token.
    if has("no-store") || has("private") || has("no-cache") {
        return None;
    }
    let vary = list(headers, VARY.as_str());
    if vary.iter().any(|name| name == "*" || name == carrier) {
        return None;
    }
    // Section 3.5: with `Authorization` only these permit it.
    let is_permitted = has("public") || has("must-revalidate") || seconds("s-maxage").is_some();
    if carrier == AUTHORIZATION.as_str() && !is_permitted {
        return None;
    }
    // Section 4.2.1: the first of these decides how long it is used.
    let lifetime = seconds("s-maxage").or_else(|| seconds("max-age"));
    let shown = |what: &str| Some(format!("`{what}`"));
    match lifetime {
        Some(0) => None,
        Some(_) => shown(&format!("Cache-Control: {}", directives.join(", "))),
        None if headers.contains_key(EXPIRES) => is_in_future(headers).then(|| "`Expires`".to_owned()),
        None if has("public") => shown("Cache-Control: public"),
        // Section 4.2.2: the cache chooses a lifetime by itself.
        None if headers.contains_key(LAST_MODIFIED) => shown("Last-Modified"),
        None => None,
    }
}

/// Whether `Expires` is later than `Date`, or than now. A malformed one is in the past.
fn is_in_future(headers: &HeaderMap) -> bool {
    let time = |name| {
        let text = headers.get(name)?;
        OffsetDateTime::parse(&text.to_str().ok()?.replace("GMT", "+0000"), &Rfc2822).ok()
    };
    time(EXPIRES).is_some_and(|expires| expires > time(DATE).unwrap_or_else(OffsetDateTime::now_utc))
}

/// The members of a list in a header, in lower case.
fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|member| member.trim().to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(carrier: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a value"));
        }
        let kept_by = |method: &Method, status| kept(method, status, &map, carrier).is_some();
        assert!(!kept_by(&Method::POST, StatusCode::OK), "{headers:?}");
        assert!(!kept_by(&Method::GET, StatusCode::FORBIDDEN), "{headers:?}");
        kept_by(&Method::GET, StatusCode::OK)
    }

    #[test]
    fn authorization_protects_unless_the_answer_permits_a_shared_cache() {
        for headers in [
            &[("cache-control", "public, max-age=60")][..],
            &[("cache-control", "Public")],
            &[("cache-control", "max-age=5"), ("cache-control", "must-revalidate")],
            &[("cache-control", "s-maxage=60"), ("vary", "accept, origin")],
            &[("cache-control", "public"), ("expires", "Fri, 01 Jan 2100 00:00:00 GMT")],
        ] {
            assert!(is_kept("authorization", headers), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[("cache-control", "max-age=60")],
            &[("last-modified", "Fri, 01 Jan 2021 00:00:00 GMT")],
            &[("cache-control", "public, no-store")],
            &[("cache-control", "private, must-revalidate, max-age=60")],
            &[("cache-control", "no-cache, public")],
            &[("cache-control", "max-age=0, must-revalidate")],
            &[("cache-control", "public, max-age=60"), ("vary", "Accept, Authorization")],
            &[("cache-control", "must-revalidate"), ("expires", "0")],
            &[("cache-control", "public"), ("expires", "Thu, 01 Jan 1970 00:00:00 GMT")],
        ] {
            assert!(!is_kept("authorization", headers), "{headers:?}");
        }
    }

    #[test]
    fn a_cookie_or_a_key_does_not_protect() {
        for headers in [
            &[("cache-control", "max-age=60")][..],
            &[("last-modified", "Fri, 01 Jan 2021 00:00:00 GMT")],
            &[("expires", "Fri, 01 Jan 2100 00:00:00 GMT"), ("vary", "authorization")],
        ] {
            assert!(is_kept("cookie", headers), "{headers:?}");
        }
        for headers in [&[][..], &[("cache-control", "max-age=60"), ("vary", "cookie")]] {
            assert!(!is_kept("cookie", headers), "{headers:?}");
        }
    }
}
