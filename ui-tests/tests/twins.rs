//! Compiles the twins in `pass/` and the services in `shapes/` as modules of one program, and runs
//! their `main`.
//!
//! A program for each of the 167 twins took longer to link than all other tests took to run.

// Before the lints that a file denies. The fixtures must match their failing twins, so clippy must
// not ask for other code.
#![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/twins.rs"));
