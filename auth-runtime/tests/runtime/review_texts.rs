//! Tests the texts that a developer writes for a reviewer, for example reasons and names.
//!
//! One function checks them all when the program starts. `ui-tests` has those that rustc checks.

use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::opt_out::OptOut;
use auth_runtime::{AuthRouter, Claims, ConfigError, Events, Public, Verifier, VerifyingKey, routing::get};
use axum::extract::Request;
use axum::response::Response;
use std::borrow::Cow;
use std::convert::Infallible;
use std::panic::catch_unwind;
use std::sync::LazyLock;

static LONG: LazyLock<String> = LazyLock::new(|| "x".repeat(10 * 1024));

/// Each states nothing that a reviewer could read.
fn bad() -> Vec<&'static str> {
    let mut bad = vec![
        "",
        "   ",
        ".",
        "...",
        "-",
        "\u{301}\u{302}",
        "\u{3164}",
        "\u{2800}",
        "\u{ad}",
        "\u{feff}",
        "\u{2060}",
        "a\0b",
        "a\nb",
        "a\u{7f}",
        "load\u{ad}balancer",
    ];
    bad.extend(["\u{200b}", "\u{200c}", "\u{200d}", "\u{200e}", "\u{200f}"]);
    bad.extend(["a\u{202a}b", "a\u{202b}b", "a\u{202c}b", "a\u{202d}b", "a\u{202e}b"]);
    bad.extend(["a\u{2066}b", "a\u{2067}b", "a\u{2068}b", "a\u{2069}b"]);
    bad.push(&LONG);
    bad
}

async fn ok(_: Request) -> Result<Response, Infallible> {
    Ok(Response::default())
}

/// The message of the panic with which `entrance` refuses `text`.
#[track_caller]
fn refusal<T>(text: &'static str, entrance: fn(&'static str) -> T) -> String {
    let panic = catch_unwind(|| drop(entrance(text))).expect_err(&format!("accepted: {text:.20?}"));
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn a_public_service_and_unheard_events_take_no_unreadable_reason() {
    for text in bad() {
        let message =
            refusal(text, |text| AuthRouter::<()>::new().public_service("/files", tower::service_fn(ok), text));
        assert!(message.starts_with("the reason of the public service at `/files` is refused: `"), "{message}");
        assert!(message.len() < 1000 && !message.contains(['\u{200b}', '\u{202e}', '\n']), "{message}");
        assert!(refusal(text, Events::discard).contains("is refused"));
    }
    drop(AuthRouter::<()>::new().public_service("/files", tower::service_fn(ok), "files for the public"));
    drop(Events::discard("a test"));
}

#[test]
fn a_reason_of_ones_own_is_read_before_its_handler_is_mounted() {
    thread_local! { static REASON: std::cell::Cell<&'static str> = const { std::cell::Cell::new("") }; }
    struct Own;
    impl OptOut for Own {
        type Opens = ();
        fn reason() -> Option<Cow<'static, str>> {
            Some(REASON.get().into())
        }
    }
    let mount = |text: &'static str| -> AuthRouter {
        REASON.set(text);
        AuthRouter::new().route("/", get(|_: Public<Own>| async {}))
    };
    for text in bad() {
        assert!(refusal(text, mount).contains("the reason of a public handler is refused"), "{text:.20?}");
    }
    assert!(mount("load balancer probe").posture().to_string().contains("load balancer probe"));
}

#[test]
fn an_issuer_and_an_audience_can_be_read() {
    let built = |issuer: &str, audience: &str, other: &str| -> Result<Verifier<Claims>, ConfigError> {
        let key = || VerifyingKey::hs256(b"one of the many secrets that no one shall know").unwrap();
        Verifier::builder()
            .issuer(issuer)
            .audience(audience)
            .keys(key())
            .also_trust(TrustedIssuer::new("https://other/", key()).audience(other))
            .events(Events::collect().0)
            .build()
    };
    built("https://id/", "orders", "orders").map(drop).unwrap();
    // The issuer has chosen these: a sign is as good as a word.
    for text in bad().into_iter().filter(|text| ![".", "...", "-"].contains(text)) {
        for (issuer, audience, other) in
            [(text, "orders", "orders"), ("https://id/", text, "orders"), ("https://id/", "orders", text)]
        {
            let error = built(issuer, audience, other).map(drop).unwrap_err();
            assert!(matches!(error, ConfigError::Unreadable { .. } | ConfigError::Empty(_)), "{text:.20?}: {error}");
        }
    }
}

#[cfg(feature = "pager")]
#[test]
fn a_pager_names_a_service_that_can_be_read() {
    use auth_runtime::events::Pager;
    for text in bad() {
        let pager = Pager::of(text).webhook("https://example.com/");
        let error = Events::builder().stderr().pager(pager).map(drop).unwrap_err();
        assert!(matches!(error, ConfigError::Unreadable { .. } | ConfigError::Empty(_)), "{text:.20?}: {error}");
    }
}

#[cfg(all(feature = "splunk", feature = "otlp"))]
#[test]
fn a_sink_names_a_service_that_can_be_read() {
    use auth_runtime::events::{Otlp, Splunk};
    for text in bad() {
        let splunk = || Splunk::at("https://example.com/", "token");
        for events in [
            Events::builder().splunk(splunk().source(text)),
            Events::builder().splunk(splunk().index(text)),
            Events::builder().otlp(Otlp::at("https://example.com/").service(text)),
        ] {
            let error = events.map(drop).unwrap_err();
            assert!(matches!(error, ConfigError::Unreadable { .. }), "{text:.20?}: {error}");
        }
    }
}
