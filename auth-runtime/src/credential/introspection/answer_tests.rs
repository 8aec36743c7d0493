//! Reads good and bad answers of authorization servers.

use super::answer::Expected;
use super::fault::Fault;
use crate::credential::lookup::CredentialRecord;
use crate::rejection::Refusal;
use auth_events::Reason;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ISSUER: &str = "https://id.example.com/";
const NOW: u64 = 1_800_000_000;

fn expected() -> Expected {
    let (issuer, audience) = (ISSUER.to_owned(), "orders".to_owned());
    Expected { issuer, audience, subject_claim: "sub".to_owned(), may_lack_audience: false }
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

fn good() -> Value {
    json!({
        "active": true, "iss": ISSUER, "sub": "alice", "aud": ["orders", "billing"], "exp": NOW + 60, "iat": NOW,
        "nbf": NOW, "scope": "orders:read  orders:write", "client_id": "storefront", "username": "Alice",
        "token_type": "Bearer", "jti": "t1", "sid": "s1", "roles": ["admin"]
    })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut answer = good();
    answer[name] = value.into();
    answer
}

fn without(name: &str) -> Value {
    let mut answer = good();
    answer.as_object_mut().unwrap().remove(name);
    answer
}

fn read_by(expected: &Expected, answer: &Value) -> Result<CredentialRecord, Refusal> {
    expected.read(answer.to_string().as_bytes(), now()).unwrap_or_else(|fault| panic!("{answer}: {fault:?}"))
}

fn read(answer: &Value) -> Result<CredentialRecord, Refusal> {
    read_by(&expected(), answer)
}

#[test]
fn an_answer_becomes_the_record_of_the_caller() {
    let record = read(&good()).unwrap();
    assert_eq!(record.subject, "alice");
    assert_eq!(record.scopes, ["orders:read", "orders:write"]);
    assert_eq!((record.id.as_deref(), record.session.as_deref()), (Some("t1"), Some("s1")));
    assert_eq!(record.expires_at, Some(now() + Duration::from_secs(60)));
    assert_eq!((record.issued_at, record.not_before), (Some(now()), Some(now())));
    assert!(record.is_stated_by_issuer && !record.is_cacheable);
    let claims = Value::Object(record.claims);
    let others = json!({"client_id": "storefront", "username": "Alice", "token_type": "Bearer", "roles": ["admin"]});
    assert_eq!(claims, others);
}

#[test]
fn other_shapes_of_good_answers_are_accepted() {
    let minimal = json!({"active": true, "sub": "alice", "aud": "orders"});
    assert!(read(&minimal).unwrap().scopes.is_empty());
    for answer in [
        with("scope", json!(["orders:read", "orders:write"])),
        with("scope", json!(["orders:read orders:write"])),
        with("token_type", "bearer"),
        with("token_type", "access_token"),
        with("token_use", "access_token"),
        with("typ", "Bearer"),
        with("exp", json!(1_800_000_000.5)),
        // Keycloak keeps the `nonce` of the login in the answer.
        with("nonce", "n-0S6_WzA2Mj"),
    ] {
        let record = read(&answer).unwrap_or_else(|refusal| panic!("{answer}: {refusal:?}"));
        assert_eq!(record.scopes, ["orders:read", "orders:write"], "{answer}");
    }
}

#[test]
fn each_bad_answer_is_refused_with_its_member() {
    for (answer, reason, claim) in [
        (json!({"active": false}), Reason::InactiveToken, None),
        (with("active", false), Reason::InactiveToken, None),
        (with("iss", "https://id.example.com"), Reason::WrongIssuer, Some("iss")),
        (with("iss", json!([ISSUER])), Reason::WrongIssuer, Some("iss")),
        (with("aud", "billing"), Reason::WrongAudience, Some("aud")),
        (with("aud", json!([])), Reason::WrongAudience, Some("aud")),
        (with("aud", json!(["orders", 5])), Reason::MalformedClaims, Some("aud")),
        (with("aud", Value::Null), Reason::MalformedClaims, Some("aud")),
        (without("aud"), Reason::MalformedClaims, Some("aud")),
        (without("sub"), Reason::MalformedClaims, Some("sub")),
        (with("sub", " "), Reason::MalformedClaims, Some("sub")),
        (with("sub", 5), Reason::MalformedClaims, Some("sub")),
        (with("exp", NOW), Reason::Expired, Some("exp")),
        (with("exp", NOW - 1), Reason::Expired, Some("exp")),
        (with("exp", "soon"), Reason::MalformedClaims, Some("exp")),
        (with("exp", -5), Reason::MalformedClaims, Some("exp")),
        (with("nbf", Value::Null), Reason::MalformedClaims, Some("nbf")),
        (with("iat", "now"), Reason::MalformedClaims, Some("iat")),
        (with("scope", 5), Reason::MalformedClaims, Some("scope")),
        (with("scope", json!(["orders:read", 5])), Reason::MalformedClaims, Some("scope")),
        (with("jti", 5), Reason::MalformedClaims, Some("jti")),
        (with("sid", 5), Reason::MalformedClaims, Some("sid")),
        (with("client_id", 5), Reason::MalformedClaims, Some("client_id")),
        (with("token_type", "refresh_token"), Reason::WrongTokenType, Some("token_type")),
        (with("token_type", 5), Reason::MalformedClaims, Some("token_type")),
        (with("token_use", "refresh_token"), Reason::WrongTokenType, Some("token_use")),
        (with("token_use", "id"), Reason::WrongTokenType, Some("token_use")),
        (with("typ", "Refresh"), Reason::WrongTokenType, Some("typ")),
        (with("typ", "ID"), Reason::WrongTokenType, Some("typ")),
        (with("token_type", "DPoP"), Reason::SenderConstrained, Some("token_type")),
        (with("cnf", json!({"jkt": "a"})), Reason::SenderConstrained, Some("cnf")),
        (with("cnf", Value::Null), Reason::SenderConstrained, Some("cnf")),
    ] {
        let refusal = read(&answer).expect_err(&answer.to_string());
        assert_eq!((refusal.rejection.reason(), refusal.claim.as_deref()), (reason, claim), "{answer}");
        assert_eq!(refusal.rejection.status(), 401, "{answer}");
    }
}

/// P6: a server that answers anything else has not said that the token is good, nor that it is bad.
#[test]
fn an_answer_that_is_not_of_the_rfc_is_a_fault() {
    let twice = r#"{"active":true,"sub":"alice","aud":"orders","sub":"admin"}"#;
    let escaped = r#"{"active":false,"\u0061ctive":true,"sub":"alice","aud":"orders"}"#;
    let texts = ["", "true", "[]", "<html>", "{}", "{\"active\":true} {}", twice, escaped].map(str::to_owned);
    let active = ["\"true\"", "1", "null", "[true]", "\"\"", "{}"];
    let active = active.map(|active| format!(r#"{{"active":{active},"sub":"alice","aud":"orders"}}"#));
    let deep =
        format!(r#"{{"active":true,"sub":"alice","aud":"orders","deep":{}1{}}}"#, "[".repeat(40), "]".repeat(40));
    for text in texts.into_iter().chain(active).chain([deep]) {
        let answer = expected().read(text.as_bytes(), now());
        let fault = answer.map(drop).expect_err(&text);
        assert!(matches!(fault, Fault::Token(_)), "{text}: {fault:?}");
        assert_eq!(fault.refusal().rejection.status(), 503);
    }
}

#[test]
fn a_missing_member_is_refused_with_the_way_on() {
    for (missing, remedy) in [("sub", ".subject_claim("), ("aud", ".dangerous_missing_audience(")] {
        let detail = read(&without(missing)).unwrap_err().detail.unwrap();
        assert!(detail.contains(remedy), "{detail}");
    }
    let by_client = Expected { subject_claim: "client_id".to_owned(), ..expected() };
    assert_eq!(read_by(&by_client, &without("sub")).unwrap().subject, "storefront");
    // P6: `sub` is not tried next: a client could have the name of a user.
    assert_eq!(read_by(&by_client, &good()).unwrap().subject, "storefront");
    let refusal = read_by(&by_client, &without("client_id")).unwrap_err();
    assert_eq!(refusal.claim.as_deref(), Some("client_id"));
    let any = Expected { may_lack_audience: true, ..expected() };
    assert_eq!(read_by(&any, &without("aud")).unwrap().subject, "alice");
    assert_eq!(read_by(&any, &with("aud", "billing")).unwrap_err().rejection.reason(), Reason::WrongAudience);
}
