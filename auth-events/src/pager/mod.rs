//! Pages the on-call engineer, from a thread that reads the stream's counts each second.

mod detector;
mod page;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod pager;
mod record;
mod sender;
mod target;
mod thread;

pub use page::{Alert, Page, PageState};
pub(super) use pager::Checked;
pub use pager::{DrillError, Pager};
pub(super) use thread::{Drills, start};
