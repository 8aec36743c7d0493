//! Starts the programs that tests need, makes their tokens, and checks module layers.
//!
//! A wait that exceeds its limit kills the program and panics with the program's output. So a test
//! command ends, and its log shows the reason.

mod cases;
mod file_circles;
mod http;
mod installed;
mod layers;
mod limit;
mod output;
mod process;
#[cfg(feature = "tokens")]
pub mod tokens;

pub use cases::cases;
pub use file_circles::assert_files_make_no_circle;
pub use http::exchange;
pub use installed::{is_installed, require_or_skip};
pub use layers::Layers;
pub use limit::{LIMIT, join_within, within};
pub use process::{Process, run};
