//! Starts the programs that tests need, with a time limit for each wait, and checks module layers.
//!
//! A wait that exceeds its limit kills the program and panics with the program's output. So a test
//! command ends, and its log shows the reason.

mod http;
mod installed;
mod layers;
mod limit;
mod output;
mod process;

pub use http::exchange;
pub use installed::{is_installed, require_or_skip};
pub use layers::Layers;
pub use limit::{LIMIT, join_within, within};
pub use process::{Process, run};
