//! The report as CI systems read it: a suite for each route, a case for each kind of attack.

use super::{AttackReport, Severity};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

impl AttackReport {
    /// The report as XML of `JUnit`.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut report = Report::new("auth-testkit");
        for route in &self.routes {
            let name = route.route.to_string();
            let mut suite = TestSuite::new(&*name);
            for (id, tried) in &route.tried {
                let mut status = TestCaseStatus::success();
                let mut of_it = self.findings.iter().filter(|finding| finding.route == name && finding.id == *id);
                if let Some(first) = of_it.next() {
                    let kind = match first.severity {
                        Severity::GotThrough | Severity::Wrong => NonSuccessKind::Failure,
                        Severity::Control => NonSuccessKind::Error,
                    };
                    let described: Vec<String> = std::iter::once(first).chain(of_it).map(ToString::to_string).collect();
                    status = TestCaseStatus::non_success(kind);
                    status.set_message(first.problem.as_str()).set_description(described.join("\n\n"));
                } else if tried.failed > 0 {
                    status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(format!("{} of {} requests", tried.failed, tried.sent));
                }
                let mut case = TestCase::new(format!("{id} ({} requests)", tried.sent), status);
                case.set_classname(&*name);
                suite.add_test_case(case);
            }
            report.add_test_suite(suite);
        }
        // Strings in memory: there is nothing that could fail but a text that XML has no room for, and those are replaced.
        report.to_string().unwrap_or_else(|error| format!("<!-- {error} -->"))
    }
}
