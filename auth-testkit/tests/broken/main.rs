//! Proof of the kit: services with one mistake each, after an incident that happened, each caught. What is right without the
//! mistake passes, so that it is the mistake that is caught.

mod absence;
mod answers;
mod caches;
mod claims;
mod keys;
mod permissions;
mod routes;
mod support;
mod unheeded;
