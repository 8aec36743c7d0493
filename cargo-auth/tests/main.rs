//! `cargo auth`, run as its users run it: the built program, in cargo projects that the tests write.

mod init;
mod lint;
mod review;
mod support;
