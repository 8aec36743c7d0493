//! Tests that `AnyOf` tells which of its permissions was granted.

use crate::support::{Server, claims, get, get_with, routes, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::permissions::Granted;
use auth_runtime::routing::get as route_get;
use auth_runtime::{AnyOf, Authenticated, Claims, Denied, Permission, Rejection, authenticated, scope};
use std::sync::atomic::{AtomicBool, Ordering};

scope!(Admin = "admin");
scope!(Support = "support");
scope!(Auditor = "auditor");

type Staff = AnyOf<(Admin, Support, Auditor)>;

fn of_an_admin(_: &Authenticated<Claims, Admin>) -> String {
    "admin".to_owned()
}

fn of_an_auditor(_: &Authenticated<Claims, Auditor>) -> String {
    "auditor".to_owned()
}

#[authenticated(Claims, requires = Staff)]
async fn staff(auth: Authenticated<Claims, Staff>) -> Result<String, Rejection> {
    Ok(match auth.granted()? {
        Granted::First(admin) => of_an_admin(&admin),
        Granted::Other(Granted::First(support)) => format!("support {}", support.subject()),
        Granted::Other(Granted::Other(auditor)) => of_an_auditor(&auditor),
    })
}

/// Whether `Fickle` was granted before.
static BEFORE: AtomicBool = AtomicBool::new(false);

/// A permission that is granted once, as while a role is removed.
struct Fickle;

impl Permission<Claims> for Fickle {
    const NAME: &'static str = "granted once";

    fn check(_: &Claims) -> Result<(), Denied> {
        if BEFORE.swap(true, Ordering::SeqCst) { Err(Denied::undecided("the roles change")) } else { Ok(()) }
    }
}

#[authenticated(Claims, requires = AnyOf<(Fickle, Admin)>)]
async fn fickle(auth: Authenticated<Claims, AnyOf<(Fickle, Admin)>>) -> Result<&'static str, Rejection> {
    Ok(match auth.granted()? {
        Granted::First(_) => "fickle",
        Granted::Other(_) => "admin",
    })
}

async fn server() -> Server {
    let app =
        |service| routes().route("/staff", route_get(staff)).route("/fickle", route_get(fickle)).with_state(service);
    Server::with(Algorithm::Ed25519).app(app).start().await
}

#[tokio::test]
async fn any_of_grants_the_first_permission_that_the_caller_has() {
    let server = server().await;
    for (scope, expected) in [
        ("admin", "admin"),
        ("auditor support admin", "admin"),
        ("support", "support alice"),
        ("auditor support", "support alice"),
        ("auditor", "auditor"),
    ] {
        let token = server.mint.token(&with(claims(), "scope", scope));
        assert_eq!(server.exchange(get_with("/staff", &token)).await.text(), expected, "{scope}");
    }
    assert!(server.events().is_empty(), "a permission that another one replaces is not an event");
    for scope in ["", "admins", "staff"] {
        let token = server.mint.token(&with(claims(), "scope", scope));
        assert_eq!(server.exchange(get_with("/staff", &token)).await.status, 403, "{scope}");
        assert_eq!(server.only_event().reason, Reason::Denied);
    }
    assert_eq!(server.exchange(get("/staff")).await.status, 401);
}

#[tokio::test]
async fn any_of_rejects_when_nothing_is_granted_any_more() {
    let server = server().await;
    let response = server.exchange(get_with("/fickle", &server.good())).await;
    assert_eq!(response.status, 503, "undecided outweighs the missing scope");
    assert_eq!(server.only_event().status, 503);
}
