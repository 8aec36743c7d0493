//! Runs the attack: sends the requests and checks the responses.

mod attack_run;
mod builder;
mod concurrent;
mod control;
mod guests;
mod hidden_paths;
mod plan;
mod probe;
mod public_routes;
mod requests;
mod response_checker;
mod unmatched;

pub use builder::{AttackBuilder, AttackSetup, attack};
