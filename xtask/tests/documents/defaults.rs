//! Compares each default that a doc comment names with the line of code that decides it.

use super::support::{one_line, read, sources};

/// The file of the doc comment, its words, and the line that makes them true, there or elsewhere.
const DEFAULTS: &[(&str, &str, &str, &str)] = &[
    ("revocation/redis/options.rs", "25 hours by default", HERE, "retention: Duration::from_secs(25 * 60 * 60),"),
    ("revocation/redis/options.rs", "500 ms by default", "base/redis/server.rs", "timeout: Duration::from_millis(500)"),
    ("revocation/revocation.rs", "(30 seconds by default)", VERIFIER, "leeway: Duration::from_secs(30),"),
    (
        "credential/introspection/remote.rs",
        "10 seconds by default, 5 minutes at most",
        INTROSPECTION,
        "cached_for: Duration::from_secs(10),",
    ),
    ("credential/introspection/remote.rs", "2 seconds by default", INTROSPECTION, "timeout: Duration::from_secs(2),"),
    ("credential/api_key/api_keys.rs", "Zero by default, 5 minutes at most", HERE, "cached_for: Duration::ZERO,"),
    ("credential/token/issue/builder.rs", "15 minutes by default", HERE, "lifetime: Duration::from_secs(15 * 60),"),
    (
        KEY_SET,
        "30 seconds and 15 minutes by default",
        "credential/token/keys/remote/freshness.rs",
        "least: Duration::from_secs(30), most: Duration::from_secs(15 * 60)",
    ),
    (KEY_SET, "10 seconds by default", REMOTE, "cooldown: Duration::from_secs(10),"),
    (KEY_SET, "An hour by default", REMOTE, "max_age: Duration::from_secs(60 * 60),"),
    (KEY_SET, "2 seconds by default", REMOTE, "connect_timeout: Duration::from_secs(2),"),
    (KEY_SET, "3 seconds by default", REMOTE, "timeout: Duration::from_secs(3),"),
    (KEY_SET, "512 KiB by default", REMOTE, "max_bytes: 512 * 1024,"),
    (SIGNED, "24 hours by default, 30 days at most", HERE, "time.unwrap_or(Duration::from_secs(24 * 60 * 60))"),
    (SIGNED, "1 MiB by default", HERE, "max_body: 1024 * 1024,"),
    (SIGNED, "10 seconds by default, a minute at most", HERE, "body_time_limit: Duration::from_secs(10),"),
    (
        "credential/signature/replay/redis/options.rs",
        "500 ms by default",
        "base/redis/server.rs",
        "timeout: Duration::from_millis(500)",
    ),
    (SETTINGS, "30 seconds by default, 5 minutes at most", VERIFIER, "leeway: Duration::from_secs(30),"),
    (
        SETTINGS,
        "24 hours by default",
        VERIFIER,
        "const DEFAULT_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);",
    ),
    (SETTINGS, "16 KiB by default", VERIFIER, "max_token_bytes: 16 * 1024,"),
    (SETTINGS, "5 seconds by default", VERIFIER, "time_limit: Duration::from_secs(5),"),
    (SETTINGS, "64 MiB by default", "verifier/cache.rs", "const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;"),
    (SETTINGS, "10 seconds by default. A stream", VERIFIER, "recheck_every: Duration::from_secs(10),"),
    (SETTINGS, "Zero by default; 5 minutes at most", VERIFIER, "principals_for: Duration::ZERO,"),
];

/// The default is set in the file of the doc comment.
const HERE: &str = "";
const INTROSPECTION: &str = "credential/introspection/options.rs";
const KEY_SET: &str = "credential/token/keys/remote/remote_key_set.rs";
const REMOTE: &str = "credential/token/keys/remote/options.rs";
const SETTINGS: &str = "verifier/settings.rs";
const SIGNED: &str = "credential/signature/builder.rs";
const VERIFIER: &str = "verifier/options.rs";

/// The doc comments of a source, without the line breaks.
fn comments(source: &str) -> String {
    let lines = source.lines().filter_map(|line| line.trim().strip_prefix("///"));
    one_line(&lines.collect::<Vec<_>>().join(" "))
}

#[test]
fn each_default_of_a_doc_comment_is_the_one_of_the_code() {
    for (file, words, source, line) in DEFAULTS {
        let text = read(&format!("auth-runtime/src/{file}"));
        assert!(comments(&text).contains(words), "{file} lacks `{words}`: change the row of this test too");
        let source = if *source == HERE { file } else { source };
        let decides = one_line(&read(&format!("auth-runtime/src/{source}"))).contains(line);
        assert!(decides, "`{line}` has changed in {source}: change `{words}` in {file}");
    }
}

/// A default that is added to a doc comment needs a row above.
#[test]
fn each_default_with_a_unit_has_a_row() {
    const UNITS: [&str; 8] = ["seconds", "minutes", "hours", "hour", "minute", "ms", "KiB", "MiB"];
    let (mut found, mut left) = (0, Vec::new());
    for path in sources("auth-runtime/src") {
        let mut text = comments(&read(&path));
        let defaults = |text: &str| -> Vec<String> {
            let parts: Vec<&str> = text.split(" by default").collect();
            let named = parts[..parts.len() - 1].iter().filter_map(|part| {
                let unit = part.rsplit(' ').next()?;
                (UNITS.contains(&unit) && !part.contains("Kubernetes gives"))
                    .then(|| part.rsplit(". ").next().unwrap_or_default().to_owned())
            });
            named.collect()
        };
        found += defaults(&text).len();
        for (_, words, ..) in DEFAULTS.iter().filter(|(file, ..)| path.ends_with(file)) {
            text = text.replacen(words, "", 1);
        }
        left.extend(defaults(&text).into_iter().map(|words| format!("{path}: {words} by default")));
    }
    assert!(left.is_empty(), "add a row for {left:#?}");
    assert!(found > 15, "only {found} defaults: update how this test finds them");
}
