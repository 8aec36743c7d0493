//! `cargo axum-auth lint`: finds side doors that types cannot see.

mod allowances;
mod caller_types;
mod doors;
mod extensions;
mod extractors;
mod finding;
mod habits;
mod handlers;
mod manifest;
mod objects;
mod open_services;
mod optional;
mod permits;
mod public_subjects;
mod relaxed;
pub(crate) mod rules;
mod run;
mod soft;
mod webhooks;

pub(crate) use allowances::{Comment, allowances};
pub(crate) use finding::{Finding, Linted};
pub(crate) use run::lint;
