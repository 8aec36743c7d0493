//! `cargo axum-auth lint`.

mod allowances;
mod doors;
mod extensions;
mod files;
mod habits;
mod handlers;
mod manifests;
mod names;
mod open_services;
mod optional;
mod output;
mod soft;
