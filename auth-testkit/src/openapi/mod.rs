//! Compares an OpenAPI document with a router.

mod check;

pub use check::{OpenApiCheck, assert_openapi};
