//! Pages the on-call engineer, from a thread that reads the stream's counts each second.

mod cause;
mod detector;
mod drill_record;
mod drills;
mod heartbeat;
#[cfg(test)]
mod inputs_tests;
mod page;
mod page_sender;
#[cfg(all(test, unix))]
mod page_sender_tests;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod pager;
mod pager_task;
mod target;
mod thresholds;
#[cfg(test)]
mod thresholds_tests;
mod window;

pub(super) use drills::Drills;
pub use page::{Alert, Page, PageState};
pub(super) use pager::Checked;
pub use pager::{DrillError, Pager};
pub(super) use pager_task::start;
pub use thresholds::Thresholds;
