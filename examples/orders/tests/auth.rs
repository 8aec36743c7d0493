//! Sends every bad token to every route, and compares the posture with its reviewed file.

use auth_runtime::revocation::RevocationList;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Claims, Events, Verifier};
use auth_testkit::{TestIssuer, assert_posture, attack};
use orders::{Database, Revoked, Watch};
use rusqlite::Connection;
use std::path::PathBuf;

/// Builds the real service with a test issuer, and returns the file of its database.
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
        .granted_to_all("a readable customer", "a caller without a tenant belongs to the issuer's own customer")
        // The rows themselves, because a rejected request must not store an order.
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
fn the_posture_matches_the_reviewed_file() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (app, _) = runtime.block_on(async { service(&TestIssuer::new(), "posture") });
    assert_posture(&app, "auth-posture.lock");
}
