//! Shapes of services: see `main.rs`, which holds the tests.
