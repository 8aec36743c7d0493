//! Tests properties of the verifier with thousands of generated tokens.
//!
//! A failing case is shrunk and printed; `PROPTEST_RNG_SEED` repeats a run.

mod authorization;
mod bit_flips;
mod cache;
mod claims;
mod headers;
mod json;
mod key_documents;
mod malformed;
mod other_keys;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};
use std::fmt::Debug;
use test_support::cases;

/// Tests a property with this many cases, or with the share that [`cases`] makes of them.
fn for_all<S: Strategy>(all: u32, strategy: &S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    let config = Config { cases: cases(all), failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(strategy, |value| {
        property(value);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
