//! The public modules, one for each topic. Each re-exports items of the layers below.

pub mod api_keys;
pub mod credentials;
pub mod events;
pub mod keys;
pub mod manual;
pub mod permissions;
pub mod posture;
pub mod rules;
pub mod serve;
pub mod services;
pub mod setup;
pub mod signatures;
pub mod streams;
#[cfg(feature = "request-probe")]
pub mod testing;
pub mod vault;
