//! API keys, alone and beside tokens.

use crate::support::{KEYS, app, assert_sent, assert_through, sent};
use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords, ApiKeys, MemoryApiKeys, Unavailable};
use auth_runtime::credentials::{Carrier, CredentialRecord, NotVerified, OwnKind, VerifyCredential};
use auth_runtime::{AuthRouter, Events, Verifier};
use auth_testkit::{AttackReport, Severity, TestApiKeys, TestIssuer, attack};

const ALL: [&str; 10] = ["K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10"];

fn beside_tokens(issuer: &TestIssuer, keys: ApiKeys) -> AuthRouter {
    let verifier = Verifier::builder().issuer(issuer.name()).audience(issuer.audience()).keys(issuer.key_set());
    app(verifier.also_accept(keys).events(Events::collect().0).build().unwrap())
}

fn alone(keys: ApiKeys) -> AuthRouter {
    app(Verifier::accepting(keys).events(Events::collect().0).build().unwrap())
}

fn keys(store: &MemoryApiKeys) -> ApiKeys {
    ApiKeys::of(KEYS, "acme_live", store.clone())
}

fn test_keys(store: &MemoryApiKeys) -> TestApiKeys {
    TestApiKeys::of(KEYS, "acme_live", store)
}

#[tokio::test]
async fn bad_keys_are_sent_to_each_route_and_none_gets_through() {
    let store = MemoryApiKeys::new();
    let report = attack(alone(keys(&store))).with_api_keys(&test_keys(&store)).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &ALL);
    assert_sent(&report, &["H01", "H11", "good"]);
    assert_eq!(sent(&report, "T02"), 0, "the verifier accepts no tokens");
}

#[tokio::test]
async fn keys_beside_tokens_in_the_same_header() {
    let (store, issuer) = (MemoryApiKeys::new(), TestIssuer::new());
    let app = beside_tokens(&issuer, keys(&store));
    let report = attack(app).with(&issuer).with_api_keys(&test_keys(&store)).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &ALL);
    assert_sent(&report, &["T02", "H04"]);
}

#[tokio::test]
async fn keys_in_a_header_beside_tokens() {
    let (store, issuer) = (MemoryApiKeys::new(), TestIssuer::new());
    let app = beside_tokens(&issuer, keys(&store).carriers([Carrier::header("x-api-key")]));
    let report = attack(app).with(&issuer).with_api_keys(&test_keys(&store)).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &ALL);
    assert_sent(&report, &["C01", "C02", "C03", "C04", "T02"]);
}

#[tokio::test]
async fn keys_alone_in_a_header() {
    let store = MemoryApiKeys::new();
    let app = alone(keys(&store).carriers([Carrier::header("x-api-key"), Carrier::authorization("Token")]));
    let report = attack(app).with_api_keys(&test_keys(&store)).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &ALL);
}

#[track_caller]
fn assert_inconclusive(report: &AttackReport, problem: &str) {
    let is_reported =
        |finding: &&auth_testkit::Finding| finding.severity == Severity::Control && finding.problem.contains(problem);
    assert!(report.findings.iter().any(|finding| is_reported(&finding)), "{report}");
}

#[tokio::test]
async fn a_kind_without_credentials_is_inconclusive() {
    let (store, issuer) = (MemoryApiKeys::new(), TestIssuer::new());
    let report = attack(beside_tokens(&issuer, keys(&store))).with(&issuer).await;
    assert_inconclusive(&report, "no good credentials for a kind: API key of https://orders.example.com/keys: add");
}

#[tokio::test]
async fn keys_that_the_verifier_does_not_accept_are_inconclusive() {
    let store = MemoryApiKeys::new();
    let other = TestApiKeys::of("https://other.example/", "acme_live", &store);
    let report = attack(alone(keys(&store))).with_api_keys(&test_keys(&store)).with_api_keys(&other).await;
    assert_inconclusive(&report, "unknown issuer of credentials: `https://other.example/`: use one of");

    let other = TestApiKeys::of(KEYS, "acme_live", &MemoryApiKeys::new());
    let report = attack(alone(keys(&store))).with_api_keys(&other).await;
    assert_inconclusive(
        &report,
        "good API key in Authorization: Bearer was rejected: `401 Unauthorized` (unknown_api_key",
    );
}

#[tokio::test]
async fn an_excluded_attack_on_keys_is_not_sent() {
    let store = MemoryApiKeys::new();
    let attack = attack(alone(keys(&store))).with_api_keys(&test_keys(&store));
    let report = attack.without_attack("K09", "our clients rotate their keys slowly").await;
    report.assert_nothing_got_through();
    assert_eq!(sent(&report, "K09"), 0);
}

type Change = fn(&mut ApiKeyRecord);

/// The store removes what the verifier checks.
struct Forgetful {
    store: MemoryApiKeys,
    change: Change,
}

impl ApiKeyRecords for Forgetful {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let mut found = self.store.find(id).await?;
        found.iter_mut().for_each(self.change);
        Ok(found)
    }
}

#[tokio::test]
async fn the_store_returns_revoked_and_expired_records_as_good() {
    let changes: [(Change, &str); 2] =
        [(|record| record.revoked_at = None, "K08"), (|record| record.expires_at = None, "K07")];
    for (change, id) in changes {
        let store = MemoryApiKeys::new();
        let app = alone(ApiKeys::of(KEYS, "acme_live", Forgetful { store: store.clone(), change }));
        assert_through(&attack(app).with_api_keys(&test_keys(&store)).await, &[id]);
    }
}

/// A hand-written check of keys, as an own kind.
struct ComparesIdOnly(MemoryApiKeys);

impl VerifyCredential for ComparesIdOnly {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        let id = presented.split('_').nth(2).ok_or(NotVerified::malformed("not a key"))?;
        let record = self.0.get(id).ok_or(NotVerified::invalid("unknown"))?;
        if record.revoked_at.is_some() {
            return Err(NotVerified::invalid("revoked"));
        }
        if record.expires_at.is_some() {
            return Err(NotVerified::Expired);
        }
        Ok(CredentialRecord::of(record.owner).scopes(record.scopes))
    }
}

#[tokio::test]
async fn the_check_compares_the_id_only() {
    let store = MemoryApiKeys::new();
    let kind = OwnKind::new("partner key", KEYS, Carrier::header("x-api-key"), ComparesIdOnly(store.clone()));
    let app = app(Verifier::accepting(kind).events(Events::collect().0).build().unwrap());
    let report = attack(app).with_api_keys(&test_keys(&store)).await;
    for id in ["K02", "K03", "K04", "K06", "K09"] {
        let through = |finding: &&auth_testkit::Finding| finding.id == id && finding.severity == Severity::GotThrough;
        assert!(report.findings.iter().any(|finding| through(&finding)), "{id}: {report}");
    }
}
