//! Tests sessions that a login with axum-login opens, in a real Redis server.

mod alone;
mod attacked;
mod login;
mod outages;
mod shop;
