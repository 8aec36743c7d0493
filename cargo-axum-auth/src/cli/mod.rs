//! The command line.

#[cfg(feature = "attack")]
mod attack;
mod command;
mod options;

#[cfg(feature = "attack")]
pub(crate) use attack::{Attack, AttackFormat, Diff, Posture, PostureCommand};
pub(crate) use command::{Command, parse};
pub(crate) use options::{Init, Lint, LintFormat, Review, ReviewFormat};

#[cfg(feature = "attack")]
use command::EXIT_CODES;
