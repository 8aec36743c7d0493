//! The report as `JUnit` XML: a suite for each route, a case for each id of an attack.

use super::cause::causes_of;
use super::{AttackReport, Finding, Severity};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

impl AttackReport {
    /// Returns the report as `JUnit` XML.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut report = Report::new("auth-testkit");
        for route in &self.routes {
            let name = route.route.to_string();
            let mut suite = TestSuite::new(&*name);
            for (id, counts) in &route.tried {
                let mut status = TestCaseStatus::success();
                let here = |finding: &&Finding| finding.route == name && finding.id == *id;
                let findings: Vec<&Finding> = self.findings.iter().filter(here).collect();
                if let Some(first) = findings.first() {
                    let kind = match first.severity {
                        Severity::GotThrough | Severity::Wrong => NonSuccessKind::Failure,
                        Severity::Control => NonSuccessKind::Error,
                    };
                    let causes = causes_of(&findings);
                    let described: Vec<String> =
                        causes.iter().map(|cause| format!("{}\n  {cause}", findings[cause.example])).collect();
                    status = TestCaseStatus::non_success(kind);
                    status.set_message(first.problem.as_str()).set_description(described.join("\n\n"));
                } else if counts.failed > 0 {
                    status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(format!("{} of {} requests have a finding", counts.failed, counts.sent));
                }
                let mut case = TestCase::new(format!("{id} ({} requests)", counts.sent), status);
                case.set_classname(&*name);
                suite.add_test_case(case);
            }
            report.add_test_suite(suite);
        }
        if !self.excluded.is_empty() {
            let mut suite = TestSuite::new("excluded attacks");
            for (id, why) in &self.excluded {
                let mut status = TestCaseStatus::skipped();
                status.set_message(why.as_str());
                suite.add_test_case(TestCase::new(id.as_str(), status));
            }
            report.add_test_suite(suite);
        }
        // Only characters that XML does not allow could fail, and quick-junit replaces them.
        report.to_string().unwrap_or_else(|error| format!("<!-- {error} -->"))
    }
}
