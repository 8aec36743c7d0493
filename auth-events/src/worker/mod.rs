//! Runs the stream, the network sinks and the pager, each on a thread of its own.
//!
//! A [`Worker`] is the handle: a bounded queue, a deadline for the end, and a [`Ledger`] of losses.
//! A [`Task`] is the state machine that its thread drives. The outlets of `diagnostics` are not
//! workers, because workers report their own panics there.

#[cfg(any(feature = "otlp", feature = "pager", feature = "splunk"))]
mod async_jobs;
mod deadline;
mod drive;
mod ledger;
mod task;
#[cfg(test)]
mod tests;
mod thread;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod worker;

pub(crate) use deadline::Deadline;
pub(crate) use ledger::Ledger;
pub(crate) use task::{Next, Task};
pub(crate) use thread::{StillRunning, Thread};
pub(crate) use worker::{NotQueued, Settings, Worker};
