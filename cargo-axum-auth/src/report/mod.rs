//! Reports: text with `file:line`, JSON, SARIF and Markdown.

mod lint;
mod plan;
mod review;
mod sarif;
mod style;
mod text;

pub(crate) use lint::{explain, lint_json, lint_text};
pub(crate) use plan::{by_hand, plan};
pub(crate) use review::{review_json, review_markdown, review_text};
pub(crate) use sarif::sarif;
pub(crate) use style::Style;
pub(crate) use text::{counted, unreadable};
