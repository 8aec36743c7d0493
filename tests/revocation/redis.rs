//! Tests revocations in a real Redis server, for many instances.

use crate::support::{ISSUER, Mint, NOW, Proxy, Redis, Server, claims, get_with, with, without};
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RedisRevocations, Revocation, RevokeError};
use auth_runtime::{ConfigError, TokenType};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use test_support::LIMIT;

async fn connected(redis: &Redis) -> RedisRevocations {
    // A long time-out, because the machine may be busy. A server that is down refuses at once.
    RedisRevocations::at(redis.url()).timeout(Duration::from_secs(5)).await.unwrap()
}

async fn server(revocations: RedisRevocations) -> Server {
    Server::with(Algorithm::Ed25519).verifier(move |builder| builder.revocations(revocations)).start().await
}

fn token(name: &str, value: &str) -> String {
    Mint::of(Algorithm::Ed25519).token(&with(claims(), name, value))
}

fn issued(iat: u64) -> String {
    Mint::of(Algorithm::Ed25519).token(&with(claims(), "iat", iat))
}

async fn refused(options: auth_runtime::revocation::RedisOptions) -> String {
    let error = options.await.expect_err("no usable store");
    assert!(matches!(error, ConfigError::Revocations { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn t50_a_revocation_in_one_instance_holds_in_all() {
    let Some(redis) = Redis::start() else { return };
    let here = connected(&redis).await;
    let (one, two) = (server(here.clone()).await, server(connected(&redis).await).await);
    for server in [&one, &two] {
        server.accepts_the_good_token().await;
    }
    here.revoke(&Revocation::token(ISSUER, "5f3b")).await.unwrap();
    here.revoke(&Revocation::session(ISSUER, "s1")).await.unwrap();
    here.revoke(&Revocation::subject(ISSUER, "bob", UNIX_EPOCH + Duration::from_secs(NOW - 30))).await.unwrap();
    for server in [&one, &two] {
        server.refuses_as_revoked(&server.good()).await;
        server.refuses_as_revoked(&token("sid", "s1")).await;
        server.accepts(&token("jti", "another")).await;
        server.accepts(&token("jti", "s1")).await;
        let bobs = |name: &str, value: u64| {
            let claims = with(with(claims(), "sub", "bob"), "jti", "of bob");
            Mint::of(Algorithm::Ed25519).token(&with(claims, name, value))
        };
        // The issuer's clock may be ahead by the leeway of 30 seconds.
        server.refuses_as_revoked(&bobs("iat", NOW)).await;
        server.accepts(&bobs("iat", NOW + 1)).await;
    }
    // Entries expire with the longest-lived token.
    for key in ["token:https://id.example.com/ 5f3b", "session:https://id.example.com/ s1"] {
        let left: i64 = redis.cli(&["TTL", &format!("auth:revoked:{key}")]).parse().unwrap();
        assert!((25 * 3600 - 60..=25 * 3600).contains(&left), "{key} {left}");
    }
}

/// Writes entries as another service would, in another language.
#[tokio::test]
async fn t50_entries_of_other_programs_count() {
    let Some(redis) = Redis::start() else { return };
    let server = server(connected(&redis).await).await;
    server.accepts_the_good_token().await;
    redis.cli(&["SET", "auth:revoked:session:https://id.example.com/ s1", "logged out", "EX", "90000"]);
    server.refuses_as_revoked(&token("sid", "s1")).await;
    redis.cli(&["SET", "auth:revoked:subject:https://id.example.com/ alice", &NOW.to_string()]);
    server.refuses_as_revoked(&server.good()).await;
    // An entry that cannot be read must not be ignored.
    redis.cli(&["SET", "auth:revoked:subject:https://id.example.com/ alice", "yesterday"]);
    server.answers_503(&server.good()).await;
}

/// A store without a verifier that reads it.
#[tokio::test]
async fn a_revocation_in_a_store_without_a_verifier_is_an_error() {
    let Some(redis) = Redis::start() else { return };
    let revocations = connected(&redis).await;
    let token = Revocation::token(ISSUER, "5f3b");
    assert_eq!(revocations.revoke(&token).await, Err(RevokeError::NoVerifier));
    let server = server(revocations.clone()).await;
    server.accepts_the_good_token().await;
    // A process that only revokes states that it does.
    let revoking_process = RedisRevocations::at(redis.url()).timeout(Duration::from_secs(5)).without_verifier_check();
    revoking_process.await.unwrap().revoke(&Revocation::session(ISSUER, "s1")).await.unwrap();
    server.refuses_as_revoked(&self::token("sid", "s1")).await;
    revocations.revoke(&token).await.unwrap();
    server.refuses_as_revoked(&server.good()).await;
}

/// Otherwise a value that rejects every token of a subject would become a time that accepts some of
/// them.
#[tokio::test]
async fn a_time_that_cannot_be_read_is_not_overwritten() {
    let Some(redis) = Redis::start() else { return };
    let revocations = connected(&redis).await;
    let server = server(revocations.clone()).await;
    let key = "auth:revoked:subject:https://id.example.com/ alice";
    for unreadable in ["forever", "inf", "1e99", "0x7fffffff"] {
        redis.cli(&["SET", key, unreadable]);
        let error = revocations.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH)).await.unwrap_err();
        assert!(error.to_string().contains("not a number of seconds"), "{error}");
        assert_eq!(redis.cli(&["GET", key]), unreadable);
        server.answers_503(&server.good()).await;
    }
}

#[tokio::test]
async fn an_earlier_time_restores_no_token() {
    let Some(redis) = Redis::start() else { return };
    let revocations = connected(&redis).await;
    let server = server(revocations.clone()).await;
    let up_to = async |seconds| {
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        revocations.revoke(&Revocation::subject(ISSUER, "alice", time)).await.unwrap();
    };
    up_to(NOW - 30).await;
    up_to(NOW - 300).await;
    server.refuses_as_revoked(&issued(NOW)).await;
    up_to(NOW - 20).await;
    server.refuses_as_revoked(&issued(NOW + 10)).await;
    server.accepts(&issued(NOW + 11)).await;
    let fraction = with(claims(), "iat", f64::from(u32::try_from(NOW + 10).unwrap()) + 0.5);
    server.refuses_as_revoked(&Mint::of(Algorithm::Ed25519).token(&fraction)).await;
    // A time in the future is kept from then on.
    let left: u64 = redis.cli(&["TTL", "auth:revoked:subject:https://id.example.com/ alice"]).parse().unwrap();
    assert!(left > 25 * 3600 + 365 * 24 * 3600, "{left}");
}

#[tokio::test]
async fn t50_a_killed_server_accepts_no_token_and_an_emptied_one_is_detected() {
    let Some(mut redis) = Redis::start() else { return };
    let revocations = connected(&redis).await;
    let server = server(revocations.clone()).await;
    server.accepts_the_good_token().await;
    redis.kill();
    for _ in 0..5 {
        server.answers_503(&server.good()).await;
    }
    let error = revocations.revoke(&Revocation::token(ISSUER, "a")).await.unwrap_err();
    assert!(matches!(error, RevokeError::Unavailable(_)), "{error}");
    let notices = server.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].notice, NoticeKind::RevocationsUnavailable);

    redis.restart();
    // The connection is made again, and the store must detect that the entries are gone.
    let mut detected = None;
    for _ in 0..500 {
        let status = server.exchange(get_with("/me", &server.good())).await.status;
        let emptied = server.events().into_iter().find_map(|event| event.detail.filter(|why| why.contains("emptied")));
        detected = detected.or(emptied);
        if status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(detected.is_some(), "an emptied server was trusted");
    server.accepts_the_good_token().await;
    let since: u64 = redis.cli(&["GET", "auth:revoked:since"]).parse().expect("a time");
    assert!(since > 1_750_000_000, "{since}");
    // The same value, with a time that these tokens know.
    redis.cli(&["SET", "auth:revoked:since", &(NOW - 30).to_string()]);
    server.refuses_as_revoked(&issued(NOW)).await;
    server.refuses_as_revoked(&issued(NOW - 1)).await;
    server.accepts(&issued(NOW + 1)).await;
    redis.cli(&["SET", "auth:revoked:since", "0"]);
    server.accepts(&issued(NOW - 1)).await;
}

#[tokio::test]
async fn a_server_that_is_emptied_while_it_runs_is_detected_at_the_next_token() {
    let Some(redis) = Redis::start() else { return };
    let server = server(connected(&redis).await).await;
    server.accepts_the_good_token().await;
    redis.cli(&["FLUSHALL"]);
    assert_eq!(server.exchange(get_with("/me", &server.good())).await.status, 503);
    let detail = server.only_event().detail;
    assert!(detail.as_deref().is_some_and(|detail| detail.contains("it was emptied")), "{detail:?}");
    server.accepts_the_good_token().await;
}

/// Late answers must not be matched with the next questions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_server_accepts_no_token_and_its_late_replies_are_not_used() {
    let Some(redis) = Redis::start() else { return };
    let revocations = RedisRevocations::at(redis.url()).timeout(Duration::from_millis(300)).await.unwrap();
    let server = Arc::new(server(revocations.clone()).await);
    revocations.revoke(&Revocation::token(ISSUER, "revoked")).await.unwrap();
    let revoked = token("jti", "revoked");
    assert_eq!(redis.cli(&["CLIENT", "PAUSE", "5000", "ALL"]), "OK");
    let started = std::time::Instant::now();
    server.answers_503(&server.good()).await;
    assert!(started.elapsed() < Duration::from_millis(4900), "the request waited for the server");
    let asked = |token: String, fine: u16| {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let mut decided = 0;
            while started.elapsed() < LIMIT {
                match server.exchange(get_with("/me", &token)).await.status {
                    503 => {}
                    status => {
                        assert_eq!(status, fine);
                        decided += 1;
                    }
                }
                if decided > 50 {
                    return;
                }
            }
            panic!("only {decided} decisions");
        })
    };
    for task in [asked(server.good(), 200), asked(revoked.clone(), 401), asked(server.good(), 200), asked(revoked, 401)]
    {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_evicts_keys_is_an_error_at_start() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["CONFIG", "SET", "maxmemory", "100mb"]);
    connected(&redis).await;
    for policy in ["allkeys-lru", "volatile-ttl"] {
        redis.cli(&["CONFIG", "SET", "maxmemory-policy", policy]);
        let error = refused(RedisRevocations::at(redis.url())).await;
        assert!(error.contains(policy) && error.contains("noeviction"), "{error}");
        RedisRevocations::at(redis.url()).without_eviction_check().await.unwrap();
    }
}

#[tokio::test]
async fn an_unusable_store_is_an_error_at_start_without_the_password() {
    let Some(mut redis) = Redis::start() else { return };
    redis.cli(&["CONFIG", "SET", "requirepass", "correct horse"]);
    let with_password = |password: &str| redis.url().replace("127.0.0.1", &format!(":{password}@127.0.0.1"));
    let right = with_password("correct%20horse");
    RedisRevocations::at(&right).await.unwrap();
    let error = refused(RedisRevocations::at(with_password("hunter2"))).await;
    assert!(!error.contains("hunter2") && error.contains("127.0.0.1"), "{error}");
    let error = refused(RedisRevocations::at(redis.url())).await;
    assert!(error.contains("NOAUTH") || error.to_lowercase().contains("authentication"), "{error}");
    redis.kill();
    let error = refused(RedisRevocations::at(&right)).await;
    assert!(error.to_lowercase().contains("refused") && !error.contains("horse"), "{error}");
    for malformed in ["127.0.0.1", "http://:hunter2@127.0.0.1/", "redis://:hunter2@/x/y"] {
        let error = refused(RedisRevocations::at(malformed)).await;
        assert!(!error.contains("hunter2"), "{error}");
    }
    let error = RedisRevocations::at("redis://127.0.0.1/").timeout(Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, ConfigError::OutOfBounds { name: "timeout", .. }), "{error}");
}

/// Every service of a session revokes it at logout.
///
/// The service with the shortest token lifetime must not shorten the entry of the others, nor that
/// of a subject who is locked out permanently.
#[tokio::test]
async fn a_repeated_revocation_does_not_shorten_its_entry() {
    let Some(redis) = Redis::start() else { return };
    let options = || RedisRevocations::at(redis.url()).timeout(Duration::from_secs(5)).without_verifier_check();
    let long = options().await.unwrap();
    let short = options().retention(Duration::from_secs(60)).await.unwrap();
    for (revocation, key) in [
        (Revocation::token(ISSUER, "5f3b"), "auth:revoked:token:https://id.example.com/ 5f3b"),
        (Revocation::session(ISSUER, "s1"), "auth:revoked:session:https://id.example.com/ s1"),
        (Revocation::subject(ISSUER, "alice", UNIX_EPOCH), "auth:revoked:subject:https://id.example.com/ alice"),
    ] {
        let left = || redis.cli(&["TTL", key]).parse::<i64>().unwrap();
        short.revoke(&revocation).await.unwrap();
        assert!((1..=62).contains(&left()), "{key} {}", left());
        long.revoke(&revocation).await.unwrap();
        short.revoke(&revocation).await.unwrap();
        assert!(left() > 24 * 3600, "{key} {}", left());
        redis.cli(&["PERSIST", key]);
        long.revoke(&revocation).await.unwrap();
        assert_eq!(left(), -1, "{key}");
    }
}

/// `MGET` returns the same for a wrong type as for a missing key.
#[tokio::test]
async fn t50_entries_of_other_programs_count_whatever_their_type() {
    let Some(redis) = Redis::start() else { return };
    let server = server(connected(&redis).await).await;
    redis.cli(&["SADD", "auth:revoked:token:https://id.example.com/ 5f3b", "logged out"]);
    server.refuses_as_revoked(&server.good()).await;
    redis.cli(&["HSET", "auth:revoked:session:https://id.example.com/ s1", "by", "alice"]);
    server.refuses_as_revoked(&token("sid", "s1")).await;
    redis.cli(&["LPUSH", "auth:revoked:subject:https://id.example.com/ bob", "1900000000"]);
    server.refuses_as_revoked(&token("sub", "bob")).await;
    redis.cli(&["DEL", "auth:revoked:token:https://id.example.com/ 5f3b"]);
    server.answers_503(&token("sub", "bob")).await;
}

/// The time 0 of the server means that it has no start time. For a subject it is a time like any
/// other.
#[tokio::test]
async fn t50_a_subject_revoked_up_to_1970_rejects_undated_tokens_only() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["SET", "auth:revoked:since", "0"]);
    let revocations = connected(&redis).await;
    let verified = revocations.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(verified).token_type(TokenType::AnyJwt))
        .start()
        .await;
    let undated = Mint::of(Algorithm::Ed25519).token(&without(claims(), "iat"));
    server.accepts(&undated).await;
    revocations.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH)).await.unwrap();
    server.refuses_as_revoked(&undated).await;
    server.accepts_the_good_token().await;
}

async fn recovers(server: &Server) {
    for _ in 0..400 {
        if server.exchange(get_with("/me", &server.good())).await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not recover: {:?}", server.events().last());
}

/// The password was changed in the server first, or the server has no room for another client.
#[tokio::test]
async fn an_outage_in_which_a_new_connection_is_refused_ends() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["CONFIG", "SET", "requirepass", "old"]);
    let url = redis.url().replace("127.0.0.1", ":old@127.0.0.1");
    let server = server(RedisRevocations::at(url).timeout(Duration::from_secs(5)).await.unwrap()).await;
    server.accepts_the_good_token().await;
    redis.cli(&["-a", "old", "CONFIG", "SET", "requirepass", "new"]);
    redis.cli(&["-a", "new", "CLIENT", "KILL", "TYPE", "normal"]);
    for _ in 0..20 {
        server.answers_503(&server.good()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    redis.cli(&["-a", "new", "CONFIG", "SET", "requirepass", "old"]);
    recovers(&server).await;
}

/// A machine disappeared: the connection gets no response and does not end for a quarter of an
/// hour.
#[tokio::test]
async fn an_outage_with_a_silent_connection_ends() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::before(&redis).await;
    let revocations = RedisRevocations::at(proxy.url()).timeout(Duration::from_millis(300)).await.unwrap();
    let server = server(revocations).await;
    server.accepts_the_good_token().await;
    proxy.silence();
    server.answers_503(&server.good()).await;
    recovers(&server).await;
}

/// P6: a server that can answer in the place of Redis decides which tokens are accepted.
#[tokio::test]
async fn a_server_without_certificate_verification_is_rejected() {
    let error = refused(RedisRevocations::at("rediss://127.0.0.1/#insecure")).await;
    assert!(error.contains("`#insecure` is refused"), "{error}");
    // Without TLS the client would ignore the authority and send the password to any server.
    let error = refused(RedisRevocations::at("redis://127.0.0.1/").root_certificate(b"an authority")).await;
    assert!(error.contains("rediss://"), "{error}");
}
