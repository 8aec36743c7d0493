//! The catalogue of attacks, each with its id and the expected response.
//!
//! The ids are those of the project's list of attacks: `T` for tokens, `H` for HTTP, `G` for signed
//! requests, `U` for set-ups.

mod algorithms;
mod all;
mod attack;
mod claims;
mod credentials;
mod crossed;
mod deliveries;
mod delivery_heads;
mod delivery_times;
mod encrypted;
mod expected;
mod fallback_secrets;
mod form;
mod header;
mod inputs;
mod method_overrides;
mod names;
mod presentation;
mod proxy_headers;
mod setups;
mod signatures;

pub use all::{COVERED_ELSEWHERE, catalogue};
pub use attack::Attack;
pub use credentials::Credentials;
pub(crate) use credentials::SEC_FETCH_SITE;
pub(crate) use deliveries::{BadDelivery, bad_deliveries, unsigned_deliveries};
pub use expected::Expected;
pub(crate) use fallback_secrets::fallback_secrets;
pub use inputs::AttackInputs;
pub(crate) use method_overrides::{method_in_form, method_overrides};
pub(crate) use presentation::{BESIDE_A_QUERY, FORGED_IN_THE_QUERY};
pub(crate) use proxy_headers::{IDENTITIES, SIGNALS};
pub(crate) use setups::bad_setups;
