//! Runs the attack: sends the requests and checks the responses.

mod applicable;
mod attack_run;
mod builder;
mod carriers;
mod concurrent;
mod control;
mod credential_sources;
mod excluded_attacks;
mod guests;
mod hidden_paths;
mod kinds;
mod permissions;
mod plan;
mod preflight;
mod probe;
mod public_routes;
mod rejected_control;
mod requests;
mod response_checker;
mod revoking_routes;
mod setup;
mod side_effects;
mod token_sources;
mod unmatched;

pub use builder::AttackBuilder;
pub use setup::{AttackSetup, attack};
