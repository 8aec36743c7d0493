//! Tests keys from the environment and from files.

use crate::support::{Mint, base64url};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, VerifyingKey};
use std::path::PathBuf;

/// A file in a folder of this test, which ends with it.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("auth-runtime-key-{name}-{}", std::process::id()));
        std::fs::write(&path, bytes).expect("a file");
        Self(path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[track_caller]
fn why(result: Result<VerifyingKey, ConfigError>) -> String {
    let error = result.expect_err("must not be configurable");
    assert!(matches!(error, ConfigError::KeyOrigin { .. }), "{error:?}");
    error.to_string()
}

/// openrag: a forgotten variable made each request an administrator.
#[test]
fn inc_63_a_variable_that_is_not_set_is_an_error_at_start() {
    for algorithm in [Algorithm::HS256, Algorithm::HS512, Algorithm::RS256, Algorithm::Ed25519] {
        let error = why(VerifyingKey::from_env(algorithm, "A_VARIABLE_THAT_IS_NOT_SET"));
        assert!(error.contains("environment variable `A_VARIABLE_THAT_IS_NOT_SET`: it is not set"), "{error}");
    }
    // Cargo sets both: a text of 17 bytes, and one of 53.
    let error = why(VerifyingKey::from_env(Algorithm::HS256, "CARGO_PKG_NAME"));
    assert!(error.contains("`CARGO_PKG_NAME`") && error.contains("shorter than the hash"), "{error}");
    assert!(!error.contains("integration-tests"), "the value is a secret: {error}");
    VerifyingKey::from_env(Algorithm::HS256, "CARGO_PKG_DESCRIPTION").expect("long enough");
    why(VerifyingKey::from_env(Algorithm::RS256, "CARGO_PKG_DESCRIPTION"));
}

#[test]
fn a_key_is_read_from_a_file_and_refused_with_its_path() {
    let secret = Mint::of(Algorithm::HS512).public.clone();
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let file = TemporaryFile::of(&algorithm.to_string(), format!("\n{}\n", Mint::of(algorithm).pem()).as_bytes());
        assert_eq!(VerifyingKey::from_file(algorithm, &file.0).expect("a key").algorithm(), algorithm);
        // A public key as a shared secret would let any client sign.
        let error = why(VerifyingKey::from_file(Algorithm::HS256, &file.0));
        assert!(error.contains(&*file.0.to_string_lossy()) && error.contains("public key"), "{error}");
    }
    let text = base64url(&secret);
    let file = TemporaryFile::of("secret", format!("{text}\n").as_bytes());
    VerifyingKey::from_file(Algorithm::HS512, &file.0).expect("a secret, and a line end");
    for (name, bytes) in [("empty", &b""[..]), ("spaces", b"  \n"), ("long", &vec![b'x'; 40_000])] {
        let file = TemporaryFile::of(name, bytes);
        why(VerifyingKey::from_file(Algorithm::HS256, &file.0));
    }
    let absent = std::env::temp_dir().join("a-file-that-does-not-exist");
    assert!(why(VerifyingKey::from_file(Algorithm::HS256, &absent)).contains("a-file-that-does-not-exist"));
}
