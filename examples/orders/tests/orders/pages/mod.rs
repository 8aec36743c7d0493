//! Tests the pages of the service in a real browser.

mod browser;
mod customers;
mod operators;
mod service;
