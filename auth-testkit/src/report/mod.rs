//! The report of an attack, as text, HTML, JSON, `JUnit` XML and SARIF.

mod attack_report;
mod cause;
mod coverage;
mod finding;
mod html;
mod junit;
mod route_report;
mod sarif;
mod sender;
mod text;
mod verdict;

pub use attack_report::AttackReport;
pub use cause::Cause;
pub use finding::{Finding, Severity};
pub use route_report::{RequestCounts, RouteReport};
