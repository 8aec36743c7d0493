//! Shapes of services: how they keep their state, run, and are tested with other crates.

mod arc_state;
mod one_module;
mod outside_of_a_layer;
mod servers;
