//! Sends every bad token to every route, and compares the posture with its reviewed file.

use auth_runtime::revocation::RevocationList;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::signatures::{Signatures, SigningSecret};
use auth_runtime::{AuthRouter, Claims, Events, Verifier};
use auth_testkit::{AttackReport, RouteReport, TestApiKeys, TestIssuer, TestSender, assert_posture, attack};
use orders::{Database, Payments, Revoked, SqliteApiKeys, Watch};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// The secret of the payment provider.
const PAYMENT_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How the service is started.
#[derive(Clone, Copy)]
struct Mode {
    browser: bool,
    api_keys: bool,
    payments: bool,
}

const PLAIN: Mode = Mode { browser: false, api_keys: false, payments: false };
const BROWSER: Mode = Mode { browser: true, api_keys: false, payments: false };
const BROWSER_AND_API_KEYS: Mode = Mode { browser: true, api_keys: true, payments: false };
const PAYMENTS: Mode = Mode { browser: false, api_keys: false, payments: true };
const BROWSER_AND_PAYMENTS: Mode = Mode { browser: true, api_keys: false, payments: true };

/// Builds the real service with a test issuer, and returns the file of its database.
fn service(issuer: &TestIssuer, name: &str, mode: Mode) -> (AuthRouter, PathBuf) {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let revoked = RevocationList::default();
    let mut verifier = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .revocations(revoked.clone());
    if mode.browser {
        verifier = verifier.carriers(orders::browser_carriers());
    }
    if mode.api_keys {
        verifier = verifier.also_accept(SqliteApiKeys::new(Connection::open(&file).unwrap()).unwrap());
    }
    let verifier: Verifier<Claims> = verifier.build().unwrap();
    let database = Database::new(Connection::open(&file).unwrap()).unwrap();
    let app = if mode.browser { orders::app_with_browser } else { orders::app };
    let payments = mode.payments.then(|| {
        let secret = SigningSecret::from_bytes(PAYMENT_SECRET);
        Signatures::builder().secret(secret).events(Events::collect().0).build().unwrap()
    });
    let revoked = Revoked::InMemory(revoked);
    (app(database, verifier, revoked, payments, &Watch::default(), ShutdownSignal::never()), file)
}

async fn attacked(name: &str, mode: Mode) -> AttackReport {
    let issuer = TestIssuer::new();
    let (app, file) = service(&issuer, name, mode);
    // One connection, because a new one reads the schema, and the rows are read hundreds of times.
    let rows = Arc::new(Mutex::new(Connection::open(&file).unwrap()));
    let mut attack = attack(app)
        .with(&issuer)
        .json("POST /orders", serde_json::json!({"item": "tea", "cents": 450}))
        .granted_to_all("a readable customer", "a caller without a tenant belongs to the issuer's own customer")
        // The rows themselves, because a rejected request must not store an order.
        .unchanged("rows in the database", move || {
            let changes = "SELECT count(*) + coalesce(sum(refunded), 0) + (SELECT count(*) FROM payments) FROM orders";
            let rows = rows.lock().unwrap();
            std::future::ready(
                rows.prepare_cached(changes)
                    .and_then(|mut rows| rows.query_row([], |row| row.get::<_, i64>(0)))
                    .unwrap(),
            )
        });
    if mode.browser {
        attack = attack.json("POST /browser/login", serde_json::json!({"token": "a.b.c"}));
    }
    if mode.api_keys {
        attack = attack.with_api_keys(&api_keys(file)).without_attack(
            "K09",
            "a key of this service is not rotated: a new one is minted, and the old one revoked",
        );
    }
    if mode.payments {
        // The provider adds types, which the service answers with 204.
        let provider = TestSender::of::<Payments>(PAYMENT_SECRET);
        attack =
            attack
                .with_sender(&provider.body(|number| {
                    format!("{{\"type\":\"refund.created\",\"refund\":\"refund-of-a-test-{number}\"}}")
                }));
    }
    attack.await
}

/// Mints and revokes keys in the database, as `orders api-key` does.
fn api_keys(file: PathBuf) -> TestApiKeys {
    TestApiKeys::stored_with("https://orders.example/keys", "orders", move |mut record| {
        // Keys of this service always expire.
        record.expires_at.get_or_insert(SystemTime::now() + Duration::from_secs(60 * 60));
        let connection = Connection::open(&file).unwrap();
        // Some thousand keys, which a test need not keep through a loss of power.
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        SqliteApiKeys::insert(&connection, &record).unwrap();
        if record.revoked_at.is_some() {
            SqliteApiKeys::revoke(&connection, &record.id).unwrap();
        }
        std::future::ready(())
    })
}

#[tokio::test]
async fn nothing_gets_through() {
    attacked("attacked", PLAIN).await.assert_nothing_got_through();
}

#[tokio::test]
async fn nothing_gets_through_with_payments() {
    let report = attacked("payments", PAYMENTS).await;
    report.assert_nothing_got_through();
    // A replay needs a delivery that was handled.
    assert_sent(&report, &["G01", "G07", "G16", "G18", "G19", "G20"]);
}

#[tokio::test]
async fn nothing_gets_through_with_the_page_for_browsers() {
    let report = attacked("browser", BROWSER).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["C01", "C02", "C05", "C06"]);
}

#[tokio::test]
async fn nothing_gets_through_with_the_page_and_api_keys() {
    let report = attacked("browser-keys", BROWSER_AND_API_KEYS).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["C03", "C05", "C06", "K06", "K08"]);
}

#[track_caller]
fn assert_sent(report: &AttackReport, ids: &[&str]) {
    for id in ids {
        let is_sent = |route: &RouteReport| route.tried.get(*id).is_some_and(|counts| counts.sent > 0);
        assert!(report.routes.iter().any(is_sent), "{id} was not sent: {report}");
    }
}

fn assert_posture_of(mode: Mode, name: &str, lock: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (app, _) = runtime.block_on(async { service(&TestIssuer::new(), name, mode) });
    assert_posture(&app, lock);
}

#[test]
fn the_posture_matches_the_reviewed_file() {
    assert_posture_of(PLAIN, "posture", "auth-posture.lock");
}

#[test]
fn the_posture_with_the_page_for_browsers_matches_the_reviewed_file() {
    assert_posture_of(BROWSER, "posture-browser", "auth-posture-browser.lock");
}

#[test]
fn the_posture_with_payments_matches_the_reviewed_file() {
    assert_posture_of(PAYMENTS, "posture-payments", "auth-posture-payments.lock");
}

#[test]
fn the_posture_with_payments_and_the_page_matches_the_reviewed_file() {
    assert_posture_of(BROWSER_AND_PAYMENTS, "posture-browser-payments", "auth-posture-browser-payments.lock");
}
