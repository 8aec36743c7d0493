//! What must hold for every token, tried on thousands that are made up.
//!
//! Each property is bounded, so that all of them take seconds. What fails is shrunk and printed; `PROPTEST_RNG_SEED`
//! repeats a run.

mod authorization;
mod bit_flips;
mod claims;
mod headers;
mod json;
mod key_documents;
mod nonsense;
mod remembered;
mod strangers;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};
use std::fmt::Debug;

/// Tries a property on so many cases.
fn for_all<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(strategy, |value| {
        property(value);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
