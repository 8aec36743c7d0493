//! Routes, and assertions on a report.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, Visitor, authenticated, public, scope};
use auth_testkit::AttackReport;

pub(crate) const KEYS: &str = "https://orders.example.com/keys";

scope!(OrdersRead = "orders:read");

#[authenticated]
async fn list(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[authenticated(requires = OrdersRead)]
async fn read(_auth: Authenticated<Claims, OrdersRead>) {}

#[public(reason = "prices are public", optional = Claims)]
async fn prices(_visitor: Visitor<Claims>) -> &'static str {
    "[]"
}

pub(crate) fn routes() -> AuthRouter<Verifier<Claims>> {
    let routes = AuthRouter::new().route("/orders", get(list).post(list)).route("/orders/{id}", get(read));
    routes.route("/prices", get(prices))
}

pub(crate) fn app(verifier: Verifier<Claims>) -> AuthRouter {
    routes().with_state(verifier)
}

/// How many requests of an attack were sent to all routes.
pub(crate) fn sent(report: &AttackReport, id: &str) -> usize {
    report.routes.iter().filter_map(|route| route.tried.get(id)).map(|counts| counts.sent).sum()
}

/// Asserts that the attacks were sent.
#[track_caller]
pub(crate) fn assert_sent(report: &AttackReport, ids: &[&str]) {
    for id in ids {
        assert!(sent(report, id) > 0, "{id} was not sent: {report}");
    }
}

/// Asserts that requests with these ids got through, and that nothing else was found.
#[track_caller]
pub(crate) fn assert_through(report: &AttackReport, ids: &[&str]) {
    let mut found: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ids, "{report}");
    assert!(report.to_string().contains("GOT THROUGH"), "{report}");
}
