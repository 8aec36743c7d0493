//! Tests of sessions without a server. `tests/sessions` in the workspace has a real login.

mod axum_login;
mod store;
mod support;
