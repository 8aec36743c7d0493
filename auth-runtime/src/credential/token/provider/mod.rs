//! Profiles of identity providers: what their tokens look like, and what shows an access token.

mod entra;
mod people;
mod posture;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod provider;
mod rules;
mod workloads;

pub(crate) use posture::Profile;
pub use provider::Provider;
pub(crate) use rules::{IssuerRules, MAX_LIFETIME, tenant_of};
