//! Runs the stream, the network sinks and the pager, each on a thread of its own.
//!
//! A [`Worker`] is the handle: a bounded queue, a limit for the end, and a [`Ledger`] of the losses.
//! A [`Task`] is the state machine that its thread drives.

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
