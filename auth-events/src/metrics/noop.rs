//! Replaces the recorder when the feature `metrics` is off.
#![expect(missing_docs, reason = "the same items as in `recorder`, which has their documentation")]

use crate::NoticeKind;
use crate::kind::Kind;
use std::sync::Arc;

pub struct Meters;

impl Meters {
    #[must_use]
    pub fn new(_: &Arc<str>, _: &Arc<str>) -> Self {
        Self
    }

    pub fn accepted(&self, _: Option<&str>) {}

    pub fn guest(&self, _: Option<&str>) {}

    pub fn abandoned(&self) {}

    pub fn refused(&self, _: Kind, _: Option<&str>) {}

    pub fn claim_refused(&self, _: &str) {}

    pub fn took(&self, _: Stopwatch, _: bool) {}
}

#[derive(Clone, Copy)]
pub struct Stopwatch;

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        Self
    }
}

pub(crate) fn noticed(_: NoticeKind) {}

pub(crate) fn dropped(_: u64) {}

pub(crate) fn waiting(_: usize) {}

pub(crate) fn heartbeat(_: usize) {}

pub fn keys_read(_: &Arc<str>, _: std::time::Duration, _: usize) {}
