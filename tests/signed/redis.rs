//! Replays across instances that share a real Redis server.

use super::hooks::{BODY, Hooks, github, request};
use crate::support::{Proxy, Redis};
use auth_runtime::ConfigError;
use auth_runtime::events::Reason;
use auth_runtime::signatures::RedisReplays;
use std::time::Duration;

async fn connected(url: String) -> RedisReplays {
    // A long time-out, because the machine may be busy. A server that is down refuses at once.
    RedisReplays::at(url).timeout(Duration::from_secs(5)).await.expect("a store")
}

async fn instance(store: RedisReplays) -> Hooks {
    Hooks::with(|builder| builder.replay(store), |app| app).await
}

#[tokio::test]
async fn a_delivery_that_one_instance_handled_is_known_to_all() {
    let Some(redis) = Redis::start() else { return };
    let one = instance(connected(redis.url()).await).await;
    let two = instance(connected(redis.url()).await).await;
    let delivery = request("/github", &github(BODY), BODY);
    assert_eq!(one.exchange(&delivery).await.status, 200);
    for hooks in [&one, &two] {
        let runs = hooks.runs.so_far();
        assert_eq!(hooks.exchange(&delivery).await.status, 200);
        hooks.one_event(Reason::AlreadyDelivered, 200, "again");
        assert_eq!(hooks.runs.so_far(), runs, "the handler ran again");
    }
    assert_eq!((one.runs.so_far(), two.runs.so_far()), (1, 0));
    // The store has neither the signature nor the body, and forgets the delivery in time.
    let key = redis.cli(&["KEYS", "*"]);
    assert!(key.starts_with("auth:delivered:") && !github(BODY).contains(&key["auth:delivered:".len()..]), "{key}");
    assert_eq!(redis.cli(&["GET", &key]), "handled");
    let seconds: u64 = redis.cli(&["TTL", &key]).parse().expect("seconds");
    assert!((23 * 3600..=24 * 3600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_failed_delivery_runs_again_on_another_instance() {
    let Some(redis) = Redis::start() else { return };
    let one = instance(connected(redis.url()).await).await;
    let two = instance(connected(redis.url()).await).await;
    let delivery = request("/fails", &github(BODY), BODY);
    for hooks in [&one, &two, &one] {
        assert_eq!(hooks.exchange(&delivery).await.status, 500);
    }
    assert_eq!((one.runs.so_far(), two.runs.so_far()), (2, 1));
    assert_eq!(redis.cli(&["KEYS", "*"]), "");
}

#[tokio::test]
async fn a_delivery_that_another_instance_handles_now_is_rejected() {
    let Some(redis) = Redis::start() else { return };
    let hooks = instance(connected(redis.url()).await).await;
    let delivery = request("/github", &github(BODY), BODY);
    assert_eq!(hooks.exchange(&delivery).await.status, 200);
    let key = redis.cli(&["KEYS", "*"]);
    redis.cli(&["SET", &key, "claimed"]);
    hooks.refuses(&delivery, Reason::ReplayedSignature, "claimed").await;
    // A value that this store does not write, and a key of another type.
    redis.cli(&["DEL", &key]);
    redis.cli(&["LPUSH", &key, "x"]);
    assert_eq!(hooks.exchange(&delivery).await.status, 503);
    hooks.one_event(Reason::VerifierUnavailable, 503, "a list");
    redis.cli(&["DEL", &key]);
    assert_eq!(hooks.exchange(&delivery).await.status, 200);
    assert_eq!(hooks.runs.so_far(), 2);
}

#[tokio::test]
async fn a_request_is_503_while_the_store_is_down() {
    let Some(mut redis) = Redis::start() else { return };
    let hooks = instance(connected(redis.url()).await).await;
    redis.kill();
    let delivery = request("/github", &github(BODY), BODY);
    assert_eq!(hooks.exchange(&delivery).await.status, 503);
    hooks.one_event(Reason::VerifierUnavailable, 503, "down");
    assert_eq!(hooks.runs.so_far(), 0);
    // A forged request does not reach the store.
    hooks.refuses(request("/github", &github(b"{}"), BODY), Reason::BadSignature, "forged").await;
}

/// A server that accepts and does not answer.
#[tokio::test]
async fn a_store_that_does_not_answer_is_down() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::before(&redis).await;
    let store = RedisReplays::at(proxy.url()).timeout(Duration::from_millis(200)).await.expect("a store");
    let hooks = instance(store).await;
    proxy.silence();
    assert_eq!(hooks.exchange(request("/github", &github(BODY), BODY)).await.status, 503);
    hooks.one_event(Reason::VerifierUnavailable, 503, "silent");
    assert_eq!(hooks.runs.so_far(), 0);
}

#[tokio::test]
async fn a_server_that_may_lose_deliveries_is_refused_at_start() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["CONFIG", "SET", "maxmemory", "100mb"]);
    redis.cli(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let error = RedisReplays::at(redis.url()).await.expect_err("no usable store");
    assert!(matches!(error, ConfigError::Replays { .. }), "{error:?}");
    assert!(error.to_string().contains("allows replays"), "{error}");
    RedisReplays::at(redis.url()).without_eviction_check().await.expect("a store");
    let error = RedisReplays::at("redis://:pass@").await.expect_err("no URL").to_string();
    assert!(error.contains("the replay store cannot be used: Redis") && !error.contains("pass"), "{error}");
}
