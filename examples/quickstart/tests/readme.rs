//! Compares the README with this service, and attacks it.

use auth_runtime::{Events, KeySet};
use auth_testkit::{TestIssuer, attack};
use std::process::Command;
use std::time::Duration;
use std::{net, thread};
use test_support::{Process, exchange, require_or_skip};

#[expect(dead_code, reason = "the test calls `app`, not `main`")]
mod service {
    include!("../src/main.rs");

    pub(super) fn router(verifier: Verifier<Claims>) -> AuthRouter {
        app(verifier)
    }
}

const README: &str = include_str!("../../../README.md");
const SOURCE: &str = include_str!("../src/main.rs");

/// The contents of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    README.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn readme_shows_this_service() {
    assert!(blocks("rust").contains(&SOURCE), "put src/main.rs into the README");
}

/// The message of the README is the compiler's, which the ui-tests compare.
#[test]
fn readme_shows_the_message_of_the_compiler() {
    let shown = blocks("text").into_iter().next().expect("the message");
    let printed = include_str!("../../../ui-tests/fail/mount/forgotten.stderr");
    assert_eq!(shown.lines().next(), printed.lines().next());
    for line in shown.lines().filter(|line| line.contains('`')) {
        // Without the frame, which depends on the line.
        let text = line.trim_start_matches([' ', '|', '=', '-', '^']);
        assert!(printed.contains(text), "the compiler does not print: {text}");
    }
}

/// The code of the README is this service, and lines of `examples/shop.rs`.
#[test]
fn each_block_of_the_readme_is_compiled() {
    let program: String = include_str!("../examples/shop.rs").lines().flat_map(|line| [line.trim(), "\n"]).collect();
    for block in blocks("rust").into_iter().filter(|block| *block != SOURCE) {
        assert!(program.contains(block), "not in examples/shop.rs:\n{block}");
    }
}

/// `examples/shop.rs` is compiled and attacked, and the chapter shows it.
#[test]
fn the_manual_begins_with_the_service_that_is_attacked() {
    let page = include_str!("../../../auth-runtime/manual/quick-start.md");
    let program = include_str!("../examples/shop.rs");
    assert!(page.contains(&format!("```rust,no_run\n{program}```")), "put examples/shop.rs into the quick start");
}

#[test]
fn readme_lists_the_dependencies_of_this_service() {
    let manifest = include_str!("../Cargo.toml");
    let dependencies = manifest.split("[dependencies]\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let names = |text: &str| -> Vec<String> {
        let keys = text.lines().filter_map(|line| line.split([' ', '.']).next());
        keys.filter(|key| !key.is_empty() && !key.starts_with(['[', '#'])).map(str::to_owned).collect()
    };
    let shown = blocks("toml").into_iter().next().expect("the dependencies");
    assert_eq!(names(shown), names(dependencies.expect("dependencies")));
}

/// The README must fit on a few screens, also in a terminal.
#[test]
fn readme_is_short_and_narrow() {
    assert!(README.lines().count() <= 150, "{} lines", README.lines().count());
    let wide: Vec<_> = README.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "over 100 columns: {wide:#?}");
}

/// The first sentence names what readers search for.
#[test]
fn readme_begins_with_the_words_that_readers_search_for() {
    let first = README.split("\n\n").nth(1).expect("a first paragraph");
    for word in ["JWT", "OAuth 2.0", "axum", "compile"] {
        assert!(first.contains(word), "`{word}` is missing in: {first}");
    }
}

#[test]
fn key_set_of_this_service_loads() {
    assert!(KeySet::from_jwks_json(include_str!("../jwks.json")).is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn attacks_do_not_reach_a_handler() {
    let issuer = TestIssuer::new();
    let verifier = issuer.verifier(Events::discard("the kit reads the answers")).expect("a verifier");
    attack(service::router(verifier)).with(&issuer).await.assert_nothing_got_through();
}

/// The program of the README listens on the port that users type.
#[test]
fn the_service_of_the_readme_starts_and_answers() {
    const ADDRESS: &str = "127.0.0.1:3000";
    let is_free = net::TcpListener::bind(ADDRESS).is_ok();
    let Some(()) = require_or_skip(is_free, "port 3000 is in use: stop the program that uses it") else { return };
    let mut service = Process::start(Command::new(env!("CARGO_BIN_EXE_quickstart")));
    let send = |path: &str, header: &str| {
        exchange(ADDRESS, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n"))
    };
    let mut healthy = send("/health", "");
    for _ in 0..1000 {
        if healthy.is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        healthy = send("/health", "");
    }
    let healthy = healthy.expect("the service answers");
    assert!(healthy.starts_with("HTTP/1.1 200 ") && healthy.ends_with("\r\n\r\nok"), "{healthy}");
    let rejected = send("/orders", "authorization: Bearer x.y.z\r\n").expect("an answer");
    assert!(rejected.starts_with("HTTP/1.1 401 ") && rejected.contains("invalid_token"), "{rejected}");
    let events = service.wait_for_stderr("malformed_token");
    assert!(events.contains("\"route\":\"/orders\""), "{events}");
}
