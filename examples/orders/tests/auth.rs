//! The test that everybody should have had on the first day: every route, every bad token. And who may call what, in a file.

use auth_runtime::revocation::RevocationList;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Claims, Events, Verifier};
use auth_testkit::{TestIssuer, assert_posture, attack};
use orders::{Database, Revoked, Watch};
use rusqlite::Connection;
use std::path::PathBuf;

/// The service as it is, with an issuer of the test's, and the file that its database is in.
fn service(issuer: &TestIssuer, name: &str) -> (AuthRouter, PathBuf) {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let revoked = RevocationList::default();
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .revocations(revoked.clone())
        .build()
        .unwrap();
    let database = Database::new(Connection::open(&file).unwrap()).unwrap();
    (orders::app(database, verifier, Revoked::InMemory(revoked), &Watch::default(), ShutdownSignal::never()), file)
}

#[tokio::test]
async fn nothing_gets_through() {
    let issuer = TestIssuer::new();
    let (app, file) = service(&issuer, "attacked");
    let report = attack(app)
        .with(&issuer)
        .json("POST /orders", serde_json::json!({"item": "tea", "cents": 450}))
        .granted_to_all("a readable customer", "who has no tenant is the customer of the issuer")
        // The rows themselves, past the service: a refusal that stores an order is none.
        .unchanged("rows in the database", move || {
            let file = file.clone();
            async move {
                let rows = Connection::open(&file).unwrap();
                rows.query_row("SELECT count(*) + coalesce(sum(refunded), 0) FROM orders", [], |row| {
                    row.get::<_, i64>(0)
                })
                .unwrap()
            }
        })
        .await;
    report.assert_nothing_got_through();
}

#[test]
fn who_may_call_what_is_as_it_was_reviewed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (app, _) = runtime.block_on(async { service(&TestIssuer::new(), "posture") });
    assert_posture(&app, "auth-posture.lock");
}
