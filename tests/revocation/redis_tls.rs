//! Tests revocations in a Redis server over TLS.

use crate::support::{Authority, ISSUER, Redis};
use auth_runtime::revocation::{RedisRevocations, Revocation};
use std::time::Duration;

#[tokio::test]
async fn over_tls_the_certificate_identifies_the_server() {
    let authority = Authority::new();
    let Some((redis, url)) = Redis::with_tls(&authority) else { return };
    let trusting = |authority: &Authority| {
        RedisRevocations::at(&url)
            .timeout(Duration::from_secs(5))
            .without_verifier_check()
            .root_certificate(authority.pem().as_bytes())
    };
    let revocations = trusting(&authority).await.unwrap();
    revocations.revoke(&Revocation::token(ISSUER, "5f3b")).await.unwrap();
    assert_eq!(redis.cli(&["EXISTS", "auth:revoked:token:https://id.example.com/ 5f3b"]), "1");

    let untrusted = Authority::called("Another authority");
    for (options, why) in [
        (trusting(&untrusted), "certificate"),
        (RedisRevocations::at(&url), "certificate"),
        (RedisRevocations::at(format!("{url}#insecure")), "insecure"),
    ] {
        let error = options.await.expect_err("it was trusted").to_string();
        assert!(error.to_lowercase().contains(why), "{error}");
    }
}
