//! C01 to C06: several credentials, foreign carriers, and cookies of other sites' requests.

use super::attack_run::AttackRun;
use super::kinds::{PlacedKind, ready};
use super::second_tokens::ANOTHER;
use crate::catalogue::{Attack, Credentials, Expected, SEC_FETCH_SITE};
use crate::issuer::TestToken;
use crate::report::RouteReport;
use crate::target::{Place, Route};
use auth_runtime::events::Reason;
use http::header::{AUTHORIZATION, CONNECTION, ORIGIN, UPGRADE};
use http::{HeaderName, Method};

const SEVERAL: &[Reason] = &[Reason::SeveralCredentials];
const CROSS_SITE: &[Reason] = &[Reason::CrossSite];

/// A page, and the headers that name it: `Sec-Fetch-Site` and `Origin`.
type ForeignPage = (&'static str, Option<&'static str>, Option<&'static str>);

/// Pages that must not send a request with the cookie of the service.
const FOREIGN_PAGES: [ForeignPage; 5] = [
    ("a page of another site", Some("cross-site"), Some("https://evil.example")),
    ("a page of a neighbour on the same site", Some("same-site"), Some("https://evil.localhost")),
    ("a page of another site in an old browser", None, Some("https://evil.example")),
    ("a sandboxed page", Some("cross-site"), Some("null")),
    ("a page without an origin", Some("cross-site"), None),
];

impl AttackRun {
    pub(super) async fn attack_carriers(
        &mut self,
        route: &Route,
        method: &Method,
        placed: &[PlacedKind],
        report: &mut RouteReport,
    ) {
        for (index, one) in placed.iter().enumerate() {
            let mut attacks = self.attacks_on_carrier(route, method, one).await;
            attacks.extend(self.beside_other_carriers(route, one, &placed[..index]).await);
            attacks.extend(self.in_foreign_carriers(route, method, one, placed).await);
            attacks.retain(|attack| !self.plan.without.contains(attack.id()));
            self.send_attacks(route, method, &attacks, one.good_status, report).await;
            self.attack_from_other_sites(route, method, one, report).await;
            self.attack_foreign_reader(route, method, one, report).await;
            if !one.place.is_bearer()
                && let Some(good) = self.good_of_kind(route, &one.kind).await
            {
                let good = Credentials::placed(&one.place, &good);
                self.present_second_token((route, method), &good, ANOTHER, report).await;
            }
        }
    }

    async fn attacks_on_carrier(&mut self, route: &Route, method: &Method, one: &PlacedKind) -> Vec<Attack> {
        let PlacedKind { kind, place, .. } = one;
        let (Some(good), Some(second)) = (self.good_of_kind(route, kind).await, self.good_of_kind(route, kind).await)
        else {
            return Vec::new();
        };
        let name = &kind.name;
        let mut attacks = Vec::new();
        // H05 and H04 for `Authorization: Bearer`.
        if *place != Place::bearer() {
            let twice = Credentials::placed(place, &good).and(Credentials::placed(place, &second));
            let what = format!("two of {name} in {place}");
            attacks.push(ready("C01", what, Expected::InvalidRequest, twice).because(SEVERAL));
            // A scheme alone is not a subprotocol's form.
            if matches!(place, Place::Header(_) | Place::Cookie(_)) {
                let what = format!("nothing in {place}");
                attacks.push(ready("C04", what, Expected::Refused, Credentials::placed(place, "")));
            }
        }
        if let Place::Cookie(_) = place {
            // A service without a posture that reads its cookie only has no second credential.
            let reads_header = self.target.is_guarded() || route.places().contains(&&Place::bearer());
            for other in ["Bearer a.b.c", "Basic YWxpY2U6c2VjcmV0"].into_iter().filter(|_| reads_header) {
                let beside = Credentials::placed(place, &good).header(AUTHORIZATION, other);
                let what = format!("{place} with a good {name} beside Authorization: {other}");
                attacks.push(ready("C02", what, Expected::InvalidRequest, beside).because(SEVERAL));
            }
            if self.can_come_from_other_sites(route, method, place, &good).await {
                let mut pages = FOREIGN_PAGES.to_vec();
                // A browser sends the declared header from the service's own page only.
                let template = self.plan.template(route, method);
                let has = |name: &HeaderName| template.header(name).is_some();
                pages.retain(|(_, site, origin)| {
                    (site.is_some() || !has(&SEC_FETCH_SITE)) && (origin.is_some() || !has(&ORIGIN))
                });
                attacks.extend(cross_site(place, &good, method, &pages));
            }
        }
        attacks
    }

    /// C02: two good credentials. Another component might act on the other one.
    async fn beside_other_carriers(&self, route: &Route, one: &PlacedKind, others: &[PlacedKind]) -> Vec<Attack> {
        let mut attacks = Vec::new();
        for other in others.iter().filter(|other| other.place != one.place) {
            let goods = (self.good_of_kind(route, &one.kind).await, self.good_of_kind(route, &other.kind).await);
            let (Some(first), Some(second)) = goods else { continue };
            let both = Credentials::placed(&one.place, &first).and(Credentials::placed(&other.place, &second));
            let what = format!(
                "a good {} in {} beside a good {} in {}",
                one.kind.name, one.place, other.kind.name, other.place
            );
            attacks.push(ready("C02", what, Expected::InvalidRequest, both).because(SEVERAL));
        }
        attacks
    }

    /// C03: a good credential where only another kind is accepted.
    async fn in_foreign_carriers(
        &self,
        route: &Route,
        method: &Method,
        one: &PlacedKind,
        placed: &[PlacedKind],
    ) -> Vec<Attack> {
        let mut attacks = Vec::new();
        // Once for each kind.
        if !placed.iter().find(|other| other.kind == one.kind).is_some_and(|first| first.place == one.place) {
            return attacks;
        }
        for place in route.places().into_iter().filter(|place| place.is_in_requests_of(method)) {
            let Some(good) = self.good_of_kind(route, &one.kind).await else { continue };
            if one.kind.places.contains(place)
                || !place.holds(&good)
                || self.is_interchangeable(route, &good, place).await
            {
                continue;
            }
            let what = format!("a good {} in {place}, which is for another kind", one.kind.name);
            attacks.push(ready("C03", what, Expected::InvalidToken, Credentials::placed(place, &good)));
        }
        attacks
    }

    /// Whether a service without a posture accepts tokens like this one in the carrier.
    ///
    /// The test declares them as two kinds, but a token has no other meaning in a cookie.
    async fn is_interchangeable(&self, route: &Route, good: &str, place: &Place) -> bool {
        if self.target.is_guarded() {
            return false;
        }
        let Some(token) = TestToken::decoded(good) else { return false };
        for kind in route.accepts.iter().filter(|kind| kind.places.contains(place)) {
            let other = self.good_of_kind(route, kind).await;
            if other.and_then(|other| TestToken::decoded(&other)).is_some_and(|other| other.is_like(&token)) {
                return true;
            }
        }
        false
    }
}

/// C05 and C06: a browser adds the cookie to the requests of any site.
///
/// A safe method changes nothing (RFC 9110 section 9.2.1), but a WebSocket can be read by the page
/// that opens it.
fn cross_site(place: &Place, good: &str, method: &Method, pages: &[ForeignPage]) -> Vec<Attack> {
    let (name, value) = place.header(good);
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe && *method != Method::GET {
        return Vec::new();
    }
    let attack = |(page, site, origin): &ForeignPage| {
        let mut credentials = Credentials::none().header(name.clone(), &value);
        if let Some(site) = site {
            credentials = credentials.header(SEC_FETCH_SITE, site);
        }
        if let Some(origin) = origin {
            credentials = credentials.header(ORIGIN, origin);
        }
        if is_safe {
            credentials = credentials.header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
            return ready("C06", format!("{place} in a WebSocket of {page}"), Expected::CrossSite, credentials)
                .because(CROSS_SITE);
        }
        ready("C05", format!("{place} in a request of {page}"), Expected::CrossSite, credentials).because(CROSS_SITE)
    };
    pages.iter().map(attack).collect()
}
