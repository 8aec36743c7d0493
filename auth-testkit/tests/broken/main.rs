//! Tests of the kit: services with one mistake each, from real incidents, and the kit finds each
//! one.
//!
//! The same service without the mistake passes, so the finding is about the mistake.

mod absence;
mod answers;
mod caches;
mod claims;
mod compared;
mod crossed;
mod hidden;
mod hook;
mod hooks;
mod ignored_results;
mod keys;
mod partners;
mod permissions;
mod right;
mod routes;
mod state;
mod support;
mod variants;
