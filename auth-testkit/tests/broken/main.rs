//! Tests of the kit: services with one mistake each, from real incidents, and the kit finds each
//! one.
//!
//! The same service without the mistake passes, so the finding is about the mistake.

mod absence;
mod answers;
mod branches;
mod caches;
mod claims;
mod compared;
mod cross_site;
mod crossed;
mod elevations;
mod encrypted;
mod everyday;
mod fetches;
mod first_run;
mod grants;
mod guests;
mod hidden;
mod hook;
mod hooks;
mod ignored_results;
mod kept_answers;
mod keys;
mod log_ins;
mod logs;
mod near_claims;
mod objects;
mod open_paths;
mod overrides;
mod owners;
mod partners;
mod permissions;
mod requests;
mod right;
mod roles;
mod routes;
mod set_up;
mod state;
mod stored;
mod subjects;
mod support;
mod twins;
mod two_names;
mod undeclared;
mod variants;
