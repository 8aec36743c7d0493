//! Why a query has no usable answer: [`Failure`].

use redis::{ErrorKind, RedisError, ServerErrorKind};
use std::fmt;

/// Why a query has no usable answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server was unreachable, did not answer in time, or was temporarily unable to answer.
    Outage(String),
    /// The server answered with an error or with unexpected data.
    Answer(String),
}

impl Failure {
    /// P6: only errors that are known to be outages count as one. Any other error of the server
    /// lasts until an operator acts, and a grace period for outages must not cover it.
    pub(crate) fn of(error: &RedisError) -> Self {
        let temporary = matches!(
            error.kind(),
            ErrorKind::Io
                | ErrorKind::Server(
                    ServerErrorKind::BusyLoading
                        | ServerErrorKind::ClusterDown
                        | ServerErrorKind::MasterDown
                        | ServerErrorKind::TryAgain
                )
        );
        let why = error.to_string();
        if temporary { Self::Outage(why) } else { Self::Answer(why) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Outage(why) | Self::Answer(why)) = self;
        f.write_str(why)
    }
}
