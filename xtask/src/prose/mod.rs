//! Checks the English of comments, string literals and Markdown.

mod allow;
mod check;
mod run;
mod text;
mod words;

pub(crate) use run::run;
