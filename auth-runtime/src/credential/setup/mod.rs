//! The one-time set-up: its token, its state, and the gate that holds both.

mod setup_gate;
mod setup_state;
mod setup_token;
#[cfg(test)]
mod tests;

pub use setup_gate::SetupGate;
pub use setup_state::{Closing, SetupState, SetupStateError, SetupStatus};
pub use setup_token::SetupToken;
