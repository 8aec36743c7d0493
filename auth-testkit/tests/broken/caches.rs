//! What was verified once is taken for verified.

use crate::support::{Right, assert_caught, token_of};
use auth_testkit::Severity::GotThrough;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn inc_73_a_cache_looks_at_the_beginning_of_a_token() {
    let right = Right::new();
    let verified: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = right.behind(move |right, parts| {
        let verified = Arc::clone(&verified);
        async move {
            // bcrypt reads 72 bytes.
            let key = token_of(&parts).map(|token| token.chars().take(72).collect::<String>()).unwrap_or_default();
            if verified.lock().unwrap().contains(&key) {
                return Ok(());
            }
            right.check(&parts).await?;
            verified.lock().unwrap().insert(key);
            Ok(())
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T02", "T20", "T23"]);
}

#[tokio::test]
async fn inc_75_a_token_counts_as_verified_before_it_is() {
    let right = Right::new();
    let verified: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = right.behind(move |right, parts| {
        let verified = Arc::clone(&verified);
        async move {
            let seen = token_of(&parts).is_some_and(|token| !verified.lock().unwrap().insert(token.to_owned()));
            if seen { Ok(()) } else { right.check(&parts).await.map(drop) }
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T52"]);
}

#[tokio::test]
async fn a_cache_goes_by_who_the_token_says_it_is() {
    let right = Right::new();
    let known: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = right.behind(move |right, parts| {
        let known = Arc::clone(&known);
        async move {
            let subject = token_of(&parts)
                .and_then(crate::support::unverified)
                .and_then(|(_, claims)| claims["sub"].as_str().map(str::to_owned))
                .unwrap_or_default();
            if known.lock().unwrap().contains(&subject) {
                return Ok(());
            }
            right.check(&parts).await?;
            known.lock().unwrap().insert(subject);
            Ok(())
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T02", "T20"]);
}
