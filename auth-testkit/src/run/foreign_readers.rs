//! C05: an answer to a cookie that a page of another site may read.
//!
//! A layer for cross-origin requests that repeats any `Origin`, and allows credentials, gives each
//! page on the web what the victim may read (CWE-942).

use super::attack_run::AttackRun;
use super::cross_site::own_origin;
use super::got_through::GotThrough;
use super::kinds::PlacedKind;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::RouteReport;
use crate::target::{Place, Route, ServiceResponse};
use http::Method;
use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};

impl AttackRun {
    pub(super) async fn attack_foreign_reader(
        &mut self,
        route: &Route,
        method: &Method,
        one: &PlacedKind,
        report: &mut RouteReport,
    ) {
        let is_cookie = matches!(one.place, Place::Cookie(_));
        if *method != Method::GET || !is_cookie || route.grpc || self.plan.without.contains("C05") {
            return;
        }
        let Some(good) = self.good_of_kind(route, &one.kind).await else { return };
        let (name, value) = one.place.header(&good);
        let cookie = Credentials::none().header(name, &value);
        let template = self.plan.template(route, method);
        let mut origins = vec!["https://evil.example".to_owned(), "null".to_owned()];
        if let Some(own) = own_origin(&template, one) {
            let host = own.split_once("://").map_or(own.as_str(), |(_, host)| host);
            origins.extend([format!("{own}.evil.example"), format!("https://evil{host}")]);
        }
        for origin in origins {
            let credentials = cookie.clone().header(SEC_FETCH_SITE, "cross-site").header(ORIGIN, &origin);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            let is_found = response.status.is_success() && may_read(&response, &origin);
            report.count("C05", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "C05",
                    what: format!("a cookie in a request of the origin {origin}, which may read the answer"),
                    problem: format!(
                        "page of another site may read the answer to a cookie: `access-control-allow-origin: {origin}` \
                         with credentials: list the origins that may"
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &credentials), &response);
                return;
            }
        }
    }
}

/// WHATWG Fetch, "CORS check".
fn may_read(response: &ServiceResponse, origin: &str) -> bool {
    let is = |name, value: &str| response.headers.get(name).is_some_and(|own| own.as_bytes() == value.as_bytes());
    is(ACCESS_CONTROL_ALLOW_ORIGIN, origin) && is(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
}
