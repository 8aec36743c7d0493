//! The examples that the senders publish.

use super::support::{GitHub, Slack, Standard, Stripe, Svix, headers, reason, signatures, verify};
use auth_events::Reason;

/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
#[test]
fn the_example_of_github_is_verified() {
    let github = signatures::<GitHub>("It's a Secret to Everybody");
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let headers = headers(&[("X-Hub-Signature-256", signature)]);
    assert!(verify(&github, &headers, b"Hello, World!", 0).is_ok());
    assert_eq!(reason(verify(&github, &headers, b"Hello, World?", 0)), Reason::BadSignature);
}

/// <https://api.slack.com/authentication/verifying-requests-from-slack>
#[test]
fn the_example_of_slack_is_verified() {
    let slack = signatures::<Slack>("8f742231b10e8888abcd99yyyzzz85a5");
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554\
                %2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let headers = headers(&[
        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        ("X-Slack-Request-Timestamp", "1531420618"),
    ]);
    assert!(verify(&slack, &headers, body.as_bytes(), 1_531_420_618).is_ok());
    assert_eq!(reason(verify(&slack, &headers, &body.as_bytes()[1..], 1_531_420_618)), Reason::BadSignature);
}

/// The example of the libraries of Standard Webhooks.
#[test]
fn the_example_of_standard_webhooks_is_verified() {
    let standard = signatures::<Standard>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let headers = headers(&[
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]);
    let body = br#"{"test": 2432232314}"#;
    assert!(verify(&standard, &headers, body, 1_614_265_330).is_ok());
    assert_eq!(reason(verify(&standard, &headers, br#"{"test":2432232314}"#, 1_614_265_330)), Reason::BadSignature);
}

/// <https://docs.svix.com/receiving/verifying-payloads/how-manual>
#[test]
fn the_example_of_svix_is_verified_with_its_headers_only() {
    const SECRET: &str = "whsec_plJ3nmyCDGBKInavdOK15jsl";
    let named = |name: &str| {
        headers(&[
            (&*format!("{name}-id"), "msg_loFOjxBNrRLzqYUf"),
            (&format!("{name}-timestamp"), "1731705121"),
            (&format!("{name}-signature"), "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="),
        ])
    };
    let body = br#"{"event_type":"ping","data":{"success":true}}"#;
    let svix = signatures::<Svix>(SECRET);
    assert!(verify(&svix, &named("svix"), body, 1_731_705_121).is_ok());
    assert_eq!(reason(verify(&svix, &named("svix"), &body[1..], 1_731_705_121)), Reason::BadSignature);
    assert_eq!(reason(verify(&svix, &named("webhook"), body, 1_731_705_121)), Reason::MissingSignature);
    assert!(verify(&signatures::<Standard>(SECRET), &named("webhook"), body, 1_731_705_121).is_ok());
}

/// A header as in Stripe's documentation, with `v0` for test events and a second `v1` while the
/// secret changes. The signatures are those of `openssl dgst -sha256 -hmac`.
#[test]
fn a_header_of_stripe_with_two_secrets_is_verified() {
    let stripe = signatures::<Stripe>("whsec_2f8c1d0e9b7a6543");
    let header = "t=1492774577,\
                  v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd,\
                  v1=OURS,\
                  v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
    let ours = super::support::stripe("whsec_2f8c1d0e9b7a6543", 1_492_774_577, b"{}");
    let ours = ours.rsplit_once('=').expect("a MAC").1;
    let headers = headers(&[("Stripe-Signature", header.replace("OURS", ours))]);
    assert!(verify(&stripe, &headers, b"{}", 1_492_774_600).is_ok());
    assert_eq!(reason(verify(&stripe, &headers, b"{ }", 1_492_774_600)), Reason::BadSignature);
}
