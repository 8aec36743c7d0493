//! Calls that remove a guarantee.

/// The crates whose methods these are.
pub(super) const OURS: [&str; 2] = ["auth_runtime", "auth_testkit"];

/// Our methods with `without_` in their name, and those that remove a guarantee under another name.
/// A test compares the first with the source of both crates.
pub(super) const METHODS: [&str; 12] = [
    "alertmanager_without_tls",
    "start_degraded",
    "unguarded",
    "without_attack",
    "without_audience",
    "without_cache",
    "without_eviction_check",
    "without_header",
    "without_required_claim",
    "without_revocations_for",
    "without_route",
    "without_verifier_check",
];

/// Prefixes that other crates use for the same (rustls, jsonwebtoken).
const OF_ANYONE: [&str; 2] = ["dangerous", "insecure_"];

/// Whether a method or function of this name removes a guarantee.
///
/// `may_be_ours` returns whether its receiver can be ours.
pub(super) fn weakens(name: &str, may_be_ours: impl Fn() -> bool) -> bool {
    OF_ANYONE.iter().any(|begin| name.starts_with(begin)) || (METHODS.contains(&name) && may_be_ours())
}
