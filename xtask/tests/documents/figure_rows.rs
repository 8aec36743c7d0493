//! The numbers of the manual, each with the line that decides it.

/// A sentence of a chapter, and the line of a source that makes it true.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

/// What is true by a constant or a default. A changed line fails here, and the chapter changes.
pub(super) const DECIDED: &[Row] = &[
    ("alerts", "A hundred of one reason and route are emitted a second", STREAM, "const MOST: u64 = 100;"),
    (
        "api-keys",
        "`used` is called at most once a minute for a key",
        USAGE,
        "const INTERVAL: Duration = Duration::from_secs(60);",
    ),
    (
        "api-keys",
        "`.cached_for(..)` (zero by default, 5 minutes at most)",
        KEYS,
        "const MAX_CACHED_FOR: Duration = Duration::from_secs(5 * 60);",
    ),
    ("api-keys", "`.cached_for(..)` (zero by default", KEYS, "cached_for: Duration::ZERO,"),
    (
        "api-keys",
        "An unknown id costs one look-up a second",
        FINDER,
        "const UNKNOWN_FOR: Duration = Duration::from_secs(1);",
    ),
    ("api-keys", "The last 10 000 ids are kept", FINDER, "const CAPACITY: usize = 10_000;"),
    ("api-keys", "| id | 16 letters and digits |", KEY_TEXT, "const ID_LENGTH: usize = 16;"),
    ("api-keys", "| secret | 43 letters and digits |", KEY_TEXT, "const SECRET_LENGTH: usize = 43;"),
    (
        "attacks",
        "tokens that are valid for more than a day",
        "auth-testkit/src/run/set_up.rs",
        "const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);",
    ),
    (
        "attacks",
        "tokens, a lifetime of more than a day",
        "auth-runtime/src/verifier/weaknesses.rs",
        "const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);",
    ),
    ("concepts", "how far the clocks of issuer and service may differ: 30 seconds by default", VERIFIER, LEEWAY),
    ("events", "100 a second are emitted as events", STREAM, "const MOST: u64 = 100;"),
    ("events", "only if the token verified: at most 255 bytes", EVENT, "const MAX_SUBJECT: usize = 255;"),
    ("events", "in words of this crate or of `Denied`: at most 500 bytes", EVENT, "const MAX_DETAIL: usize = 500;"),
    ("events", "details: at most 500 characters", "auth-events/src/notice.rs", "const MAX_DETAIL: usize = 500;"),
    ("events", "A batch has at most 500 records", DELIVERY_TASK, "const RECORDS: usize = 500;"),
    ("events", "and 512 KiB, and its oldest", DELIVERY_TASK, "const BYTES: usize = 512 * 1024;"),
    (
        "events",
        "record waits for at most half a second",
        DELIVERY_TASK,
        "const LINGER: Duration = Duration::from_millis(500);",
    ),
    ("events", "of at most 256 KiB of the spool", "auth-events/src/sinks/spool.rs", "const SEGMENT: u64 = 256 * 1024;"),
    (
        "events",
        "the sink retries after 250 ms",
        DELIVERY_TASK,
        "const FIRST_WAIT: Duration = Duration::from_millis(250);",
    ),
    (
        "events",
        "twice as long each time, up to 30 s",
        DELIVERY_TASK,
        "const LONGEST_WAIT: Duration = Duration::from_secs(30);",
    ),
    (
        "events",
        "`Retry-After` asks for it, but at most 30 s",
        DELIVERY_TASK,
        "const LONGEST_WAIT: Duration = Duration::from_secs(30);",
    ),
    ("events", "into memory: 8 MiB", "auth-events/src/sinks/backlog.rs", "const MEMORY: usize = 8 * 1024 * 1024;"),
    (
        "events",
        "diagnostics on stderr: at most 300 characters",
        "auth-events/src/sinks/http_endpoint.rs",
        "const WORDS: usize = 300;",
    ),
    ("events", "half a second of events", DELIVERY_TASK, "const LINGER: Duration = Duration::from_millis(500);"),
    ("events", "takes at most six seconds", STREAM, "const SHUTDOWN: Duration = Duration::from_secs(6);"),
    ("events", "three for the queue", STREAM, "const DRAIN: Duration = Duration::from_secs(3);"),
    (
        "events",
        "Diagnostics have one more second",
        STREAM,
        "const LAST_DIAGNOSTICS: Duration = Duration::from_secs(1);",
    ),
    (
        "events",
        "(two for a network sink to send, half a second for its spool)",
        DELIVERY,
        "const FLUSH: Duration = Duration::from_secs(2);",
    ),
    (
        "events",
        "(two for a network sink to send, half a second for its spool)",
        DELIVERY,
        "const CLOSE: Duration = Duration::from_millis(500);",
    ),
    ("limits", "within the leeway (30 seconds by default)", VERIFIER, LEEWAY),
    ("limits", "within ten seconds for a guarded stream (`recheck_every`)", VERIFIER, RECHECK),
    (
        "limits",
        "until the next reading: 15 minutes at most by default",
        FRESHNESS,
        "most: Duration::from_secs(15 * 60)",
    ),
    ("limits", "an hour while the issuer is unreachable", REMOTE, MAX_AGE),
    (
        "opaque-tokens",
        "no JSON, more than 64 KiB",
        "auth-runtime/src/credential/introspection/server.rs",
        "const MAX_BYTES: usize = 64 * 1024;",
    ),
    (
        "opaque-tokens",
        "after 250 milliseconds to 10 seconds",
        "auth-runtime/src/credential/introspection/health.rs",
        "(Duration::from_millis(250), Duration::from_secs(10))",
    ),
    (
        "opaque-tokens",
        "`.cached_for(..)` is 10 seconds by default",
        INTROSPECTION,
        "cached_for: Duration::from_secs(10),",
    ),
    (
        "opaque-tokens",
        "at most 5 minutes, and in the posture",
        INTROSPECTION,
        "const MAX_CACHED_FOR: Duration = Duration::from_secs(5 * 60);",
    ),
    (
        "opaque-tokens",
        "A refused token is asked for once a second",
        "auth-runtime/src/credential/introspection/answers.rs",
        "const REFUSED_FOR: Duration = Duration::from_secs(1);",
    ),
    (
        "opaque-tokens",
        "At most 64 questions are sent at once",
        "auth-runtime/src/credential/introspection/introspection.rs",
        "const MAX_AT_ONCE: usize = 64;",
    ),
    (
        "own-tokens",
        "longer than 24 hours, raise `.max_lifetime(..)`",
        VERIFIER,
        "const DEFAULT_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);",
    ),
    (
        "performance",
        "in 64 MiB by default",
        "auth-runtime/src/verifier/cache.rs",
        "const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;",
    ),
    ("performance", "`cached_for`, at most a minute", SESSIONS, "self.cached_for > Duration::from_secs(60)"),
    ("performance", "one question per token and ten seconds", INTROSPECTION, "cached_for: Duration::from_secs(10),"),
    (
        "performance",
        "`cached_for`, at most five minutes",
        INTROSPECTION,
        "const MAX_CACHED_FOR: Duration = Duration::from_secs(5 * 60);",
    ),
    ("production", "at most one such reading every ten seconds", REMOTE, "cooldown: Duration::from_secs(10),"),
    ("production", "the last good keys hold for an hour", REMOTE, MAX_AGE),
    ("production", "Within these ten seconds", REMOTE, "cooldown: Duration::from_secs(10),"),
    ("production", "gets 503 for at most eight of them", DOUBTS, "const MAX_DOUBTED: usize = 8;"),
    (
        "production",
        "`kid`s get 401 for a time that doubles, up to an hour",
        DOUBTS,
        "const MAX_CLOSED: Duration = Duration::from_secs(60 * 60);",
    ),
    ("quick-start", "It prints three lines, `export ISSUER=..`", STAND_IN, r#"println!("export ISSUER={name}");"#),
    ("quick-start", "`export TOKEN=..` and", STAND_IN, r#"println!("export TOKEN={}","#),
    ("quick-start", "and `export TOKEN_WITHOUT_SCOPE=..`", STAND_IN, r#"println!("export TOKEN_WITHOUT_SCOPE={}","#),
    ("security", "for eight `kid`s in a cooldown", DOUBTS, "const MAX_DOUBTED: usize = 8;"),
    (
        "security",
        "for a time that doubles, up to an hour",
        DOUBTS,
        "const MAX_CLOSED: Duration = Duration::from_secs(60 * 60);",
    ),
    ("security", "Within `cache_principals_for` (zero by default)", VERIFIER, "principals_for: Duration::ZERO,"),
    (
        "security",
        "one look-up a second for an unknown id",
        FINDER,
        "const UNKNOWN_FOR: Duration = Duration::from_secs(1);",
    ),
    ("security", "more than a hundred lines a second for each reason and route", STREAM, "const MOST: u64 = 100;"),
    (
        "sessions",
        "other text than 22 characters of base64url",
        "auth-runtime/src/credential/session/session_id.rs",
        "const LENGTH: usize = 22;",
    ),
    ("sessions", "`cached_for` (at most one minute)", SESSIONS, "self.cached_for > Duration::from_secs(60)"),
    (
        "setup",
        "has 32 characters or more",
        "auth-runtime/src/credential/setup/setup_token.rs",
        "const LEAST: usize = 32;",
    ),
    (
        "setup",
        "the state took more than 5 seconds",
        "auth-runtime/src/proof/setup.rs",
        "const STATE_TIME_LIMIT: Duration = Duration::from_secs(5);",
    ),
    ("streams", "at the next recheck: ten seconds by default (`recheck_every`)", VERIFIER, RECHECK),
    ("webhooks", "up to `max_body` (1 MiB by default)", SIGNED, "max_body: 1024 * 1024,"),
    ("webhooks", "within `body_time_limit` (10 seconds)", SIGNED, "body_time_limit: Duration::from_secs(10),"),
    ("webhooks", "which is 24 hours by default", SIGNED, "time.unwrap_or(Duration::from_secs(24 * 60 * 60))"),
    ("webhooks", "and 30 days at most", SIGNED, "time > Duration::from_secs(30 * 24 * 60 * 60)"),
];

/// What others decide, or what was measured: the sentence, the file that has the figure, its words.
pub(super) const MEASURED: &[Row] = &[
    (
        "attacks",
        "Twenty routes of a service that takes 5 ms a request",
        "auth-testkit/examples/twenty_routes.rs",
        "Duration::from_millis(5)",
    ),
    // The program prints them. A test would assert a time.
    ("attacks", "some 41 000 requests in 32 s", "auth-testkit/examples/twenty_routes.rs", "{} requests in {:.1} s"),
    // The limit of `http::Uri`.
    ("events", "for a path beyond 64 KiB", "tests/events/caller_text.rs", "(414, 0)"),
    ("performance", "takes 1.43 µs", "benches/quotes.md", "takes 1.43 µs"),
    ("performance", "at most 2.1 times what axum takes", "benches/quotes.md", "at most 2.1 times what axum takes"),
    (
        "performance",
        "it takes 0.89 (HS256), 0.84 (RS256), 0.97 (ES256) and 0.91 (Ed25519) of the time",
        "benches/quotes.md",
        "it takes 0.89 (HS256), 0.84 (RS256), 0.97 (ES256) and 0.91 (Ed25519) of the time",
    ),
    (
        "performance",
        "`#[axum::debug_handler]` takes longer than the attributes",
        "benches/compile.md",
        "| the same, with `#[axum::debug_handler]` | 1.92 (1.33) | 7.96 (1.35)",
    ),
    (
        "performance",
        "some 60 µs of one core each",
        "benches/results.md",
        "| the signature alone, without HTTP | 588 ±19 | 18428 ±105 | 57809",
    ),
    (
        "performance",
        "A service of 500 handlers takes 1.05 times as long to build",
        "benches/compile.md",
        "ours, with `#[authenticated]` | 1.72 (1.20) | 6.21 (1.05)",
    ),
    (
        "performance",
        "and 1.26 times the processor time to check",
        "benches/README.md",
        "1.26 times as much as for axum",
    ),
    ("providers", "Access tokens live for ten days", "tests/against_a_provider/canaille.rs", "max_lifetime(TEN_DAYS)"),
    ("webhooks", "A signed body of 10 KiB takes 1.03 times the instructions", "benches/README.md", "The ratio is 1.03"),
    ("webhooks", "1.12 times their time", "benches/README.md", "1.12 times, the median"),
    (
        "webhooks",
        "Of 64 unsigned bodies of 1 MiB the service reads 0 bytes",
        "benches/README.md",
        "A flood of 64 unsigned bodies of 1 MiB: the service reads 0 bytes",
    ),
    ("webhooks", "hyper takes less than 128 KiB from each socket", "tests/signed/flood.rs", "assert!(each < MIB / 8"),
];

const STAND_IN: &str = "examples/topics/examples/provider.rs";
const STREAM: &str = "auth-events/src/stream/stream.rs";
const EVENT: &str = "auth-events/src/event.rs";
const DELIVERY: &str = "auth-events/src/sinks/delivery.rs";
const DELIVERY_TASK: &str = "auth-events/src/sinks/delivery_task.rs";
const KEYS: &str = "auth-runtime/src/credential/api_key/api_keys.rs";
const KEY_TEXT: &str = "auth-runtime/src/credential/api_key/text.rs";
const USAGE: &str = "auth-runtime/src/credential/api_key/usage.rs";
const FINDER: &str = "auth-runtime/src/credential/lookup/finder.rs";
const INTROSPECTION: &str = "auth-runtime/src/credential/introspection/options.rs";
const SESSIONS: &str = "auth-runtime/src/credential/session/sessions.rs";
const SIGNED: &str = "auth-runtime/src/credential/signature/builder.rs";
const VERIFIER: &str = "auth-runtime/src/verifier/options.rs";
const REMOTE: &str = "auth-runtime/src/credential/token/keys/remote/options.rs";
const DOUBTS: &str = "auth-runtime/src/credential/token/keys/remote/doubts.rs";
const FRESHNESS: &str = "auth-runtime/src/credential/token/keys/remote/freshness.rs";

const LEEWAY: &str = "leeway: Duration::from_secs(30),";
const RECHECK: &str = "recheck_every: Duration::from_secs(10),";
const MAX_AGE: &str = "max_age: Duration::from_secs(60 * 60),";
