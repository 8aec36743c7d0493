//! Runs the attack: sends the requests and checks the responses.

mod applicable;
mod attack_run;
mod builder;
mod carriers;
mod comparable;
mod concurrent;
mod control;
mod cookies_of_rejections;
mod credential_sources;
mod excluded_attacks;
mod expiry;
mod first_request;
mod good_answers;
mod guests;
mod hidden_paths;
mod identities;
mod kinds;
mod look_ups;
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
mod siblings;
mod side_effects;
mod token_sources;
mod unmatched;

pub use builder::AttackBuilder;
pub use setup::{AttackSetup, attack};
