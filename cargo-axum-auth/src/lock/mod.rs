//! Posture locks: `cargo axum-auth posture diff`, and the routes of an attack.

mod diff;

pub(crate) use diff::{diff, read};
