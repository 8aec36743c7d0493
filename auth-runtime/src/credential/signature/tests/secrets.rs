//! Weak secrets, rotation, public keys, and files that are read again.

use super::super::SigningSecret;
use super::support::{
    GitHub, NOW, SECRET, Standard, Stripe, at, base64, github, headers, reason, signatures, standard, verify,
};
use crate::base::ConfigError;
use crate::credential::signature::{Sender, Signatures};
use auth_events::{Events, Reason};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use test_support::LIMIT;

const BODY: &[u8] = b"{}";

fn built<S: Sender>(secret: &str) -> Result<Signatures<S>, ConfigError> {
    let secret = SigningSecret::from_bytes(secret);
    Signatures::builder().secret(secret).events(Events::discard("a test")).build()
}

#[test]
fn a_secret_that_can_be_guessed_is_refused_at_start() {
    built::<GitHub>(SECRET).expect("a good secret");
    for (weak, why) in [
        ("", "it is empty"),
        ("secret", "shorter than 16 bytes"),
        ("It's a Secret", "shorter than 16 bytes"),
        ("changeme-changeme", "placeholder"),
        ("my-secret-password", "placeholder"),
        ("abcdabcdabcdabcdabcd", "repeats itself"),
        ("00000000000000000000000000000000", "repeats itself"),
        ("orders-1\0\0\0\0\0\0\0\0\0\0", "filled up with equal bytes"),
    ] {
        let error = built::<GitHub>(weak).expect_err(weak).to_string();
        assert!(error.contains(why) && error.contains("set by the program"), "{weak}: {error}");
        assert!(weak.is_empty() || why == "placeholder" || !error.contains(&format!("`{weak}`")), "{error}");
    }
}

#[test]
fn the_secret_of_standard_webhooks_is_decoded_and_that_of_stripe_is_not() {
    let raw = b"a raw secret of 24 bytes";
    let text = format!("whsec_{}", base64(raw));
    let ours = built::<Standard>(&text).expect("a good secret");
    assert!(verify(&ours, &standard(raw, "msg_1", NOW, BODY), BODY, NOW).is_ok());
    // The text in place of the bytes is a common mistake.
    assert!(verify(&ours, &standard(text.as_bytes(), "msg_1", NOW, BODY), BODY, NOW).is_err());

    let stripe = built::<Stripe>(&text).expect("a good secret");
    let signed = headers(&[("stripe-signature", super::support::stripe(&text, NOW, BODY))]);
    assert!(verify(&stripe, &signed, BODY, NOW).is_ok());

    for (refused, why) in [
        (base64(raw), "does not start with `whsec_`"),
        ("whsec_".to_owned(), "shorter than 16 bytes"),
        (format!("whsec_{}", base64(b"15 bytes of it.")), "shorter than 16 bytes"),
        (format!("whsec_{}", base64(&[7; 32])), "repeats itself"),
        (format!("whsec_{}", base64(b"orders-1\0\0\0\0\0\0\0\0\0\0")), "filled up with equal bytes"),
        ("whsec_not base64 at all!".to_owned(), "not base64"),
    ] {
        let error = built::<Standard>(&refused).expect_err("a bad secret").to_string();
        assert!(error.contains(why), "{refused}: {error}");
    }
}

#[test]
fn each_of_two_secrets_is_accepted_while_one_replaces_the_other() {
    let next = "5be0c1a8d2f94763b1e07c3da4f86215";
    let [first, second] = [SECRET, next].map(SigningSecret::from_bytes);
    let builder = Signatures::<GitHub>::builder().secret(first).secret(second);
    let ours = builder.events(Events::discard("a test")).build().expect("signatures");
    for (secret, accepted) in [(SECRET, true), (next, true), ("0d41c7b2a95e8f36d7c20b19e4f3a586", false)] {
        let headers = headers(&[("x-hub-signature-256", github(secret, BODY))]);
        assert_eq!(verify(&ours, &headers, BODY, NOW).is_ok(), accepted, "{secret}");
    }
}

#[test]
fn a_signature_with_a_private_key_is_verified_with_its_public_key() {
    let pair = Ed25519KeyPair::generate().expect("a key");
    let public = format!("whpk_{}", base64(pair.public_key().as_ref()));
    let builder = || Signatures::<Standard>::builder().events(Events::discard("a test"));
    let ours = builder().public_key(&*public).build().expect("signatures");
    let signed = |body: &[u8], id: &str| {
        let signature = pair.sign(&[format!("{id}.{NOW}.").as_bytes(), body].concat());
        let mut headers = standard(b"another secret", id, NOW, body);
        headers.append("x-ignored", "x".parse().expect("a value"));
        let both =
            format!("{} v1a,{}", headers["webhook-signature"].to_str().expect("text"), base64(signature.as_ref()));
        headers.insert("webhook-signature", both.parse().expect("a value"));
        headers
    };
    assert!(verify(&ours, &signed(BODY, "msg_1"), BODY, NOW).is_ok());
    assert_eq!(reason(verify(&ours, &signed(BODY, "msg_1"), b"{ }", NOW)), Reason::BadSignature);
    let mut renamed = signed(BODY, "msg_1");
    renamed.insert("webhook-id", "msg_2".parse().expect("a value"));
    assert_eq!(reason(verify(&ours, &renamed, BODY, NOW)), Reason::BadSignature);

    for (refused, why) in [
        (String::new(), "`whpk_`"),
        (base64(pair.public_key().as_ref()), "`whpk_`"),
        (format!("whpk_{}", base64(&[1; 31])), "32 bytes"),
        // A point of small order, for which any signature is valid.
        (format!("whpk_{}", base64(&[0; 32])), "small order"),
    ] {
        let error = builder().public_key(refused).build().expect_err("a bad key").to_string();
        assert!(error.contains(why), "{error}");
    }
    let other_scheme = Signatures::<GitHub>::builder().public_key(public).events(Events::discard("a test")).build();
    assert!(matches!(other_scheme, Err(ConfigError::OutOfBounds { name: "public_key", .. })));
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("signing-secret-{}-{name}", std::process::id()))
}

#[test]
fn a_new_secret_in_a_file_is_used_without_a_restart() {
    let path = file("rotated");
    std::fs::write(&path, format!("{SECRET}\n")).expect("a file");
    let secret = SigningSecret::from_file(&path).expect("a secret");
    let ours = Signatures::<GitHub>::builder().secret(secret).events(Events::discard("a test")).build();
    let ours = ours.expect("signatures");
    let accepts = |secret: &str| {
        let headers = headers(&[("x-hub-signature-256", github(secret, BODY))]);
        verify(&ours, &headers, BODY, NOW).is_ok()
    };
    assert!(accepts(SECRET));
    let next = "5be0c1a8d2f94763b1e07c3da4f86215";
    // A weak secret and a missing file change nothing, which the next good secret shows.
    std::fs::write(&path, "changeme").expect("a file");
    std::fs::remove_file(&path).expect("a file");
    std::fs::write(&path, next).expect("a file");
    let begun = Instant::now();
    while !accepts(next) {
        assert!(begun.elapsed() < LIMIT, "the new secret is not used");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!accepts(SECRET));
    std::fs::remove_file(&path).expect("a file");
}

/// The watcher calls the same function once a second.
#[test]
fn a_weak_secret_in_a_file_does_not_replace_a_good_one() {
    use super::super::keys::{MacKey, ReadAgain};
    use super::super::scheme::SecretForm;
    let key = MacKey::new(SecretForm::Verbatim, SigningSecret::from_bytes(SECRET)).expect("a key");
    let before = key.current();
    assert!(key.replace(b"changeme").is_err());
    assert!(key.replace(b"").is_err());
    assert!(std::sync::Arc::ptr_eq(&before, &key.current()));
    assert_eq!(key.replace(SECRET.as_bytes()), Ok(ReadAgain::SameSecret));
    assert_eq!(key.replace(b"5be0c1a8d2f94763b1e07c3da4f86215"), Ok(ReadAgain::OtherSecret));
    assert!(!std::sync::Arc::ptr_eq(&before, &key.current()));
    // Reported once, and again after the file was good.
    assert_eq!(key.news(Some("gone".to_owned())), Some("gone".to_owned()));
    assert_eq!(key.news(Some("gone".to_owned())), None);
    assert_eq!(key.news(None), None);
    assert_eq!(key.news(Some("gone".to_owned())), Some("gone".to_owned()));
}

#[test]
fn a_secret_that_cannot_be_read_is_named_and_not_shown() {
    let error = SigningSecret::from_env("NO_SUCH_SECRET_9f2c").expect_err("no variable").to_string();
    assert!(error.contains("environment variable `NO_SUCH_SECRET_9f2c`: it is not set"), "{error}");
    let error = SigningSecret::from_file("/no/such/secret").expect_err("no file").to_string();
    assert!(error.contains("file `/no/such/secret`"), "{error}");

    let long = file("long");
    std::fs::write(&long, "x".repeat(5000)).expect("a file");
    assert!(SigningSecret::from_file(&long).expect_err("too long").to_string().contains("4096"));
    std::fs::remove_file(&long).expect("a file");

    let (secret, ours) = (SigningSecret::from_bytes(SECRET), signatures::<GitHub>(SECRET));
    let shown =
        format!("{secret:?} {ours:?} {:?}", Signatures::<GitHub>::builder().secret(SigningSecret::from_bytes(SECRET)));
    assert!(!shown.contains(SECRET) && !shown.contains(&format!("{:?}", SECRET.as_bytes())), "{shown}");
}

#[test]
fn the_timestamp_of_an_accepted_request_is_known() {
    let raw = b"a raw secret of 24 bytes";
    let ours = signatures::<Standard>(&format!("whsec_{}", base64(raw)));
    let delivery = verify(&ours, &standard(raw, "msg_1", NOW - 7, BODY), BODY, NOW).expect("a delivery").delivery();
    assert_eq!((delivery.id.as_deref(), delivery.sent_at), (Some("msg_1"), Some(at(NOW - 7))));
}
