//! Compares the documents with the repository: numbers, commands and paths that a reader can check.
//!
//! They only read files, so that they take seconds, also on a machine without the peers.

mod arguments;
mod commands;
mod counts;
mod defaults;
mod features;
mod figure_rows;
mod figures;
mod native_code;
mod paths;
mod promises;
mod support;
mod versions;
