//! Tests that each reply of the server is handled by itself, and that an error reply is not an
//! outage.

use super::fake_redis::{CLOSE, FINE, FakeRedis, Replies};
use crate::support::{Mint, NOW, Redis, Server, claims, with};
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::RedisRevocations;
use futures_util::future::join_all;
use std::time::Duration;

const TOKEN: &str = "auth:revoked:token:https://id.example.com/ 5f3b";
const SESSION: &str = "auth:revoked:session:https://id.example.com/ s1";
const SUBJECT: &str = "auth:revoked:subject:https://id.example.com/ alice";
const SINCE: &str = "auth:revoked:since";

/// Makes a server with a grace, which must cover outages only.
async fn server_with_grace(url: String) -> Server {
    // A long time-out, because a busy machine must not cause an outage.
    let revocations = RedisRevocations::at(url).timeout(Duration::from_secs(5)).await.expect("a server");
    let grace = Duration::from_secs(60);
    Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(revocations).without_revocations_for(grace))
        .start()
        .await
}

/// Makes a token with an id, a session and a subject.
fn token() -> String {
    Mint::of(Algorithm::Ed25519).token(&with(claims(), "sid", "s1"))
}

async fn is_not_an_outage(server: &Server) {
    server.answers_503(&token()).await;
    let notices = server.notices();
    assert!(notices.is_empty(), "{notices:?}");
}

/// The figure of `performance.md`. The queries for the token's id, its session, its subject and the
/// start of the data do not wait for each other.
#[tokio::test]
async fn a_token_takes_one_round_trip() {
    let redis = FakeRedis::start().await;
    let server = server_with_grace(redis.url()).await;
    server.accepts(&token()).await;
    redis.reply_to(4);
    for _ in 0..3 {
        server.accepts(&token()).await;
        assert!(server.notices().is_empty(), "no reply within the time limit");
    }
}

#[tokio::test]
async fn t50_a_user_without_get_or_exists_hides_no_revocation_and_gets_no_grace() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["SET", SINCE, "0"]);
    let allow = |commands: &[&str]| {
        let user = ["ACL", "SETUSER", "service", "on", ">secret", "~*", "+@all"];
        assert_eq!(redis.cli(&[&user, commands].concat()), "OK");
    };
    allow(&[]);
    let server = server_with_grace(redis.url().replace("127.0.0.1", "service:secret@127.0.0.1")).await;
    server.accepts(&token()).await;

    for key in [TOKEN, SESSION] {
        redis.cli(&["SET", key, "1"]);
        for without in [["-get"].as_slice(), &["-get", "-set"]] {
            allow(without);
            server.refuses_as_revoked(&token()).await;
        }
        redis.cli(&["DEL", key]);
        is_not_an_outage(&server).await;
    }
    allow(&["-exists"]);
    is_not_an_outage(&server).await;
    redis.cli(&["SET", SUBJECT, &NOW.to_string()]);
    server.refuses_as_revoked(&token()).await;
    redis.cli(&["DEL", SUBJECT]);
    redis.cli(&["SET", SINCE, &NOW.to_string()]);
    server.refuses_as_revoked(&token()).await;
    redis.cli(&["SET", SINCE, "0"]);
    allow(&["-exists", "-get"]);
    is_not_an_outage(&server).await;
    // Keys that the user may not read.
    allow(&["resetkeys", "~auth:revoked:since", "~auth:revoked:token:*"]);
    is_not_an_outage(&server).await;
    redis.cli(&["SET", TOKEN, "1"]);
    server.refuses_as_revoked(&token()).await;
    redis.cli(&["DEL", TOKEN]);
    allow(&[]);
    server.accepts(&token()).await;
}

#[tokio::test]
async fn t50_a_value_that_cannot_be_read_hides_no_revocation_and_gets_no_grace() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["SET", SINCE, "0"]);
    let server = server_with_grace(redis.url()).await;
    let bytes = "redis.call('SET', KEYS[1], '\\255\\254')";
    for key in [SUBJECT, SINCE] {
        for unreadable in [
            ["EVAL", bytes, "1", key].as_slice(),
            &["SET", key, ""],
            &["SET", key, "yesterday"],
            &["SET", key, "-1"],
            &["SET", key, "+1"],
            &["SET", key, "1.5"],
            &["SET", key, "99999999999999999999"],
            &["LPUSH", key, "1"],
            &["HSET", key, "a", "1"],
        ] {
            redis.cli(&["DEL", key]);
            redis.cli(unreadable);
            is_not_an_outage(&server).await;
            for revoked in [TOKEN, SESSION] {
                redis.cli(&["SET", revoked, "1"]);
                server.refuses_as_revoked(&token()).await;
                redis.cli(&["DEL", revoked]);
            }
            let other = if key == SUBJECT { SINCE } else { SUBJECT };
            redis.cli(&["SET", other, &NOW.to_string()]);
            server.refuses_as_revoked(&token()).await;
            redis.cli(&["SET", other, "0"]);
        }
        redis.cli(&["DEL", key]);
        redis.cli(&["SET", SINCE, "0"]);
    }
    server.accepts(&token()).await;
    // The server was emptied and has a revocation written since then.
    redis.cli(&["FLUSHALL"]);
    redis.cli(&["SET", TOKEN, "1"]);
    server.refuses_as_revoked(&token()).await;
}

/// A replica that has lost its master and sends no stale data.
#[tokio::test]
async fn a_master_that_is_down_is_an_outage() {
    let Some(redis) = Redis::start() else { return };
    redis.cli(&["SET", SINCE, "0"]);
    let server = server_with_grace(redis.url()).await;
    server.accepts(&token()).await;
    redis.cli(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    redis.cli(&["REPLICAOF", "127.0.0.1", "1"]);
    server.accepts(&token()).await;
    let notices = server.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].notice, NoticeKind::RevocationsUnavailable);
}

#[tokio::test]
async fn four_error_replies_of_a_server_are_outages() {
    let cases = [
        ("-LOADING Redis is loading the dataset in memory\r\n", true),
        ("-CLUSTERDOWN The cluster is down\r\n", true),
        ("-MASTERDOWN Link with MASTER is down\r\n", true),
        ("-TRYAGAIN Multiple keys request during rehashing of slot\r\n", true),
        ("-NOPERM this user has no permissions\r\n", false),
        ("-NOAUTH Authentication required.\r\n", false),
        ("-WRONGPASS invalid username-password pair\r\n", false),
        ("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", false),
        ("-MOVED 3999 127.0.0.1:6381\r\n", false),
        ("-ASK 3999 127.0.0.1:6381\r\n", false),
        ("-READONLY You can't write against a read only replica.\r\n", false),
        ("-BUSY Redis is busy running a script.\r\n", false),
        ("-ERR max number of clients reached\r\n", false),
        ("-ERR unknown command\r\n", false),
        ("-SOMETHING new\r\n", false),
        // A reply that is not an error but of an unexpected type.
        ("*1\r\n:0\r\n", false),
        ("+\r\n", false),
    ];
    // Each waits for its own server, so they wait beside each other.
    join_all(cases.map(|(error, is_outage)| error_reply_is_an_outage(error, is_outage))).await;
}

async fn error_reply_is_an_outage(error: &'static str, is_outage: bool) {
    for replies in [
        Replies { exists: error, ..FINE },
        Replies { subject: error, ..FINE },
        Replies { since: error, ..FINE },
        Replies { exists: error, subject: error, since: error },
    ] {
        let redis = FakeRedis::start().await;
        let server = server_with_grace(redis.url()).await;
        server.accepts(&token()).await;
        redis.replies(replies.clone());
        if is_outage {
            server.accepts(&token()).await;
            assert_eq!(server.notices().len(), 1, "{error}");
        } else {
            is_not_an_outage(&server).await;
        }
        // One "revoked" rejects the token, whatever the other replies are.
        assert_eq!(NOW, 1_900_000_000);
        for revoked in [
            Replies { exists: ":1\r\n", ..replies.clone() },
            Replies { subject: "$10\r\n1900000000\r\n", ..replies.clone() },
            Replies { since: "$10\r\n1900000000\r\n", ..replies.clone() },
        ] {
            redis.replies(revoked);
            server.refuses_as_revoked(&token()).await;
        }
        // The grace does not cover an outage beside an unreadable answer.
        redis.replies(Replies { exists: "-LOADING\r\n", subject: "$1\r\nx\r\n", ..FINE });
        server.answers_503(&token()).await;
    }
}

#[tokio::test]
async fn t50_a_revocation_before_the_connection_ended_is_not_covered_by_the_grace() {
    for revoked in [
        Replies { exists: ":1\r\n", subject: CLOSE, since: CLOSE },
        Replies { exists: ":1\r\n", since: CLOSE, ..FINE },
        Replies { subject: "$10\r\n1900000000\r\n", since: CLOSE, ..FINE },
    ] {
        let redis = FakeRedis::start().await;
        let server = server_with_grace(redis.url()).await;
        server.accepts(&token()).await;
        redis.replies(revoked);
        server.refuses_as_revoked(&token()).await;
    }
}
