//! The whole report.

use super::{Cause, Finding, RouteReport};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

/// Lists the findings of an attack, and the requests that were sent.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_testkit::{TestIssuer, attack};
///
/// async fn test(app: AuthRouter, issuer: TestIssuer) {
///     let report = attack(app).with(&issuer).await;
///     println!("{}: {} requests", report.verdict(), report.requests);
///     report.assert_nothing_got_through();
/// }
/// # let _ = test;
/// ```
#[derive(Debug, Clone, Serialize)]
#[must_use = "a report fails no test by itself: add `.assert_nothing_got_through()`"]
#[non_exhaustive]
pub struct AttackReport {
    /// When the attack ended; in JSON as seconds since 1970.
    #[serde(serialize_with = "seconds_since_1970")]
    pub made_at: SystemTime,
    /// Whether the service is an `AuthRouter`, of which the kit also sees handlers and events.
    pub guarded: bool,
    /// The number of requests.
    pub requests: usize,
    /// Each route, with the attacks on it.
    pub routes: Vec<RouteReport>,
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
    /// Attacks that were not sent, each with the reason.
    pub not_sent: BTreeMap<String, String>,
    /// The ids of attacks that the test excludes, each with the reason.
    pub excluded: BTreeMap<String, String>,
    /// What the test accepts, each with the reason: ids of attacks, and statuses of rejections.
    pub accepted: BTreeMap<String, String>,
    /// What the test could add, to see more or to be sure.
    pub suggestions: Vec<String>,
    /// The verifiers of the routes, as text.
    pub verifiers: Vec<String>,
}

impl AttackReport {
    /// Panics with the whole report when there is a finding.
    ///
    /// If the environment variable `AUTH_REPORT` names a folder, the report is written there first:
    /// see [`write`](Self::write).
    ///
    /// # Panics
    ///
    /// When there is a finding of any severity: also about a rejection that reveals too much, or a
    /// good token that was rejected.
    #[track_caller]
    pub fn assert_nothing_got_through(&self) {
        if let Some(folder) = std::env::var_os("AUTH_REPORT").filter(|folder| !folder.is_empty()) {
            let name = std::thread::current().name().unwrap_or("attack").replace(|c: char| !c.is_alphanumeric(), "-");
            if let Err(error) = self.write(&folder, &name) {
                let folder = Path::new(&folder).display();
                panic!("report cannot be written: `{folder}`: {error}: set AUTH_REPORT to a writable folder");
            }
        }
        assert!(self.findings.is_empty(), "{self}");
    }

    /// Writes `NAME.html`, `NAME.xml` (`JUnit`), `NAME.sarif` and `NAME.json` into a folder.
    ///
    /// The folder is created if it does not exist.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created, or a file cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>, name: &str) -> io::Result<()> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder)?;
        for (ending, text) in
            [("html", self.to_html()), ("xml", self.to_junit()), ("sarif", self.to_sarif()), ("json", self.to_json())]
        {
            fs::write(folder.join(format!("{name}.{ending}")), text)?;
        }
        Ok(())
    }

    /// Returns the report as JSON, with every finding, every cause and every route.
    ///
    /// `schema` is the version of its shape, at present 2.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Document { schema: SCHEMA, report: self, causes: self.causes() };
        // Cannot fail: a report holds strings, numbers, lists, and maps with string keys.
        serde_json::to_string_pretty(&document).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }
}

/// The version of the JSON. Version 1 had no `schema`, `causes` and `excluded`, and routes had no
/// `claims`.
const SCHEMA: u32 = 2;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(flatten)]
    report: &'a AttackReport,
    causes: Vec<Cause>,
}

fn seconds_since_1970<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
