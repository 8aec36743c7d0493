//! The orders service over its interface, as a process, and in a browser. One program, because the
//! tests mostly wait, and so they wait beside each other.

mod abandoned;
mod alerting;
mod api;
mod api_keys;
mod auth;
mod cookie;
mod pages;
mod payments;
mod process;
mod prometheus;
mod signals;
mod support;
