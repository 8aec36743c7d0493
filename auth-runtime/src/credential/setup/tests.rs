//! The token of a set-up: its form, what is refused, and what is never shown.

use super::SetupToken;

const GOOD: &str = "9f1c0e7ab34d52880617cbfe94a1d3f2";

/// The token that the operator reads from the line at start.
fn shown(token: &SetupToken) -> String {
    let line = token.announced();
    line.rsplit('`').nth(1).expect("a token in backticks").to_owned()
}

#[test]
fn a_random_token_has_256_bits_and_is_another_each_time() {
    let (first, second) = (SetupToken::random().unwrap(), SetupToken::random().unwrap());
    let text = shown(&first);
    // 32 bytes in base64url.
    assert_eq!(text.strip_prefix("setup_").map(str::len), Some(43), "{text}");
    assert_ne!(text, shown(&second));
    assert!(first.compare(&text).is_ok() && second.compare(&text).is_err());
}

#[test]
fn only_the_whole_token_is_equal() {
    let token = SetupToken::from_text(GOOD).unwrap();
    assert!(token.compare(GOOD).is_ok());
    for other in ["", &GOOD[..31], &format!("{GOOD}0"), &GOOD.to_uppercase(), &GOOD.replace("9f", "9e")] {
        assert!(token.compare(other).is_err(), "{other}");
    }
}

#[test]
fn a_token_that_can_be_guessed_is_refused_without_showing_it() {
    for (weak, why) in [
        ("", "shorter than 32"),
        ("hunter2", "shorter than 32"),
        (&GOOD[..31], "shorter than 32"),
        (&"ab".repeat(20), "repeats itself"),
        (&format!("orders-1{}", "0".repeat(24)), "filled up with equal bytes"),
        ("changeme-changeme-changeme-password", "placeholder"),
        ("a token of several words, with spaces", "no bearer token"),
    ] {
        let error = SetupToken::from_text(weak).unwrap_err().to_string();
        assert!(error.contains(why), "{weak}: {error}");
        assert!(weak.is_empty() || !error.contains(weak), "{error}");
    }
    let missing = SetupToken::from_env("A_VARIABLE_THAT_IS_NOT_SET").unwrap_err().to_string();
    assert!(missing.contains("`A_VARIABLE_THAT_IS_NOT_SET`") && missing.contains("openssl"), "{missing}");
}

#[test]
fn only_the_line_at_start_shows_a_token_and_never_that_of_an_operator() {
    let random = SetupToken::random().unwrap();
    assert!(!format!("{random:?}").contains(&shown(&random)));
    let path = std::env::temp_dir().join(format!("auth-setup-token-{}", std::process::id()));
    std::fs::write(&path, format!("{GOOD}\r\n")).unwrap();
    let of_operator = SetupToken::from_file(&path).unwrap();
    assert!(of_operator.compare(GOOD).is_ok());
    let line = of_operator.announced();
    assert!(line.contains("file `") && !line.contains(GOOD), "{line}");
    std::fs::write(&path, "x".repeat(5000)).unwrap();
    assert!(SetupToken::from_file(&path).unwrap_err().to_string().contains("longer than 4096"));
    std::fs::remove_file(path).unwrap();
    assert!(!format!("{of_operator:?}").contains(GOOD));
}
