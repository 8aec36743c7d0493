//! Sets a service up once, before it has a user.
//!
//! [`SetupGate`] holds a [`SetupToken`] and a [`SetupState`]. A handler with
//! [`#[setup(reason = "..")]`](macro@crate::setup) takes [`Setup`](crate::Setup), and
//! [`Setup::close`](crate::Setup::close) returns [`SetupClosed`]. The manual has a
//! [chapter](crate::manual::setup).

pub use crate::credential::setup::{Closing, SetupGate, SetupState, SetupStateError, SetupStatus, SetupToken};
pub use crate::proof::SetupClosed;
