//! Tests identity providers as they are: tokens, JWK sets and documents of their shapes.
//!
//! The shapes are those of the providers' public documentation. Names, ids and keys are made up.

mod attacked;
mod fixture;
mod google;
mod keys;
mod kinds;
mod people;
mod posture;
mod rows;
mod tenants;
mod twins;
mod workloads;

pub(crate) use fixture::Fixture;

/// One fixture for each profile.
fn all() -> Vec<Fixture> {
    people::fixtures().into_iter().chain(workloads::fixtures()).collect()
}
