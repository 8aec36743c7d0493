//! `cargo axum-auth`, run as its users run it: the built program, in cargo projects that the tests
//! write.

#[cfg(feature = "attack")]
mod attack;
mod init;
mod lint;
#[cfg(feature = "attack")]
mod posture;
mod review;
mod support;
