//! Schemes with a hole. In `signature!` the same check fails at compile time.

use super::super::{Scheme, assert_scheme};
use std::panic::catch_unwind;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A scheme, and a part of the message.
type Refused = (fn() -> Scheme, &'static str);

fn why(scheme: fn() -> Scheme) -> Result<(), String> {
    catch_unwind(|| assert_scheme(&scheme())).map_err(|panic| match panic.downcast::<&str>() {
        Ok(text) => (*text).to_owned(),
        Err(panic) => panic.downcast::<String>().map_or_else(|_| String::new(), |text| *text),
    })
}

fn own() -> Scheme {
    Scheme::hmac("X-Signature").hex()
}

fn timed() -> Scheme {
    own().signed("{timestamp}.{body}").timestamp_header("X-Sent").tolerance(MINUTE)
}

#[test]
fn schemes_without_a_hole_are_accepted() {
    let good: [fn() -> Scheme; 11] = [
        Scheme::standard_webhooks,
        Scheme::github,
        Scheme::stripe,
        Scheme::slack,
        Scheme::shopify,
        || Scheme::stripe().tolerance(MINUTE),
        own,
        timed,
        || own().prefix("sha256="),
        || own().signed("v1:{body}"),
        || timed().signed("{id}.{timestamp}.{body}").delivery_id_header("X-Id"),
    ];
    for scheme in good {
        assert_eq!(why(scheme), Ok(()), "{:?}", scheme());
    }
}

#[test]
fn a_scheme_with_a_hole_is_refused_with_its_remedy() {
    let bad: [Refused; 23] = [
        (|| Scheme::hmac("X-Signature"), "add `.hex()` or `.base64()`"),
        (|| Scheme::hmac("").hex(), "the signature header is not the name of a header"),
        (|| Scheme::hmac("X Signature").hex(), "the signature header is not the name of a header"),
        (|| own().prefix("v1, "), "the prefix of the signature"),
        // Without the body.
        (|| own().signed(""), "does not sign the body"),
        (|| timed().signed("{timestamp}"), "followed by no separator"),
        (|| timed().signed("{timestamp}."), "does not sign the body"),
        (|| own().signed("{body}."), "the body is not the end"),
        (|| own().signed("{body}{body}"), "the body is not the end"),
        (|| own().signed("{url}{body}"), "unknown placeholder"),
        // A timestamp that is not judged, or that an attacker can change.
        (|| own().signed("{timestamp}.{body}"), "add `.timestamp_header(..)`"),
        (|| own().signed("{timestamp}.{body}").tolerance(MINUTE), "add `.timestamp_header(..)`"),
        (|| own().signed("{timestamp}.{body}").timestamp_header("X-Sent"), "add `.tolerance(..)`"),
        (|| timed().signed("{body}"), "the timestamp is not signed: write `{timestamp}`"),
        (|| own().timestamp_header("X-Sent"), "so an attacker can change it: write `{timestamp}`"),
        (|| Scheme::github().tolerance(MINUTE), "the timestamp is not signed"),
        (|| timed().timestamp_header("x-signature"), "the timestamp is in the signature header"),
        (|| timed().tolerance(Duration::ZERO), "the tolerance is out of bounds"),
        (|| timed().tolerance(Duration::from_secs(2 * 60 * 60)), "the tolerance is out of bounds"),
        // An id that an attacker can change.
        (|| own().delivery_id_header("X-Id"), "the id of the delivery is not signed"),
        (|| timed().signed("{id}.{timestamp}.{body}"), "add `.delivery_id_header(..)`"),
        // Two requests that share a MAC.
        (|| timed().signed("{timestamp}{body}"), "followed by no separator"),
        (|| Scheme::github().prefix(""), "start with `Scheme::hmac(..)`"),
    ];
    for (scheme, remedy) in bad {
        let refused = why(scheme).expect_err(remedy);
        assert!(refused.contains(remedy), "{refused}\n{remedy}");
    }
}
