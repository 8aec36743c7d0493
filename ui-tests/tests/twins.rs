//! The twins in `pass/` and the services in `shapes/` compile, as the modules of one program, and
//! their `main` runs.
//!
//! One program, because each one more has to be linked: with 167 of them that took longer than all
//! other tests.

// Before what a file denies by itself. The words of the fixtures are compared with those of their
// failing twins, and clippy has nothing to say of them.
#![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/twins.rs"));
