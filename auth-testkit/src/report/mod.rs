//! What an attack has found, and what it has tried.

mod coverage;
mod html;
mod junit;
mod sarif;
mod text;

use crate::run::Run;
use crate::target::Route;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

/// What came of an attack.
#[derive(Debug, Clone, Serialize)]
#[must_use = "look at what it found: `.assert_nothing_got_through()`"]
#[non_exhaustive]
pub struct AttackReport {
    /// When it was made; in seconds since 1970 in JSON.
    #[serde(serialize_with = "seconds_since_1970")]
    pub made_at: SystemTime,
    /// Whether the service is an `AuthRouter`, of which more can be seen than what comes back.
    pub guarded: bool,
    /// How many requests were sent.
    pub requests: usize,
    /// Each route, with what was tried on it.
    pub routes: Vec<RouteReport>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// Attacks that could not be made, and why.
    pub not_sent: BTreeMap<String, String>,
    /// The verifiers that the routes ask, in words.
    pub verifiers: Vec<String>,
}

/// What was tried on one route.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RouteReport {
    /// The route, with the decision about it.
    #[serde(flatten)]
    pub route: Route,
    /// By the id of the attack: how many variants were sent, and how many of them were not answered as they have to be.
    pub tried: BTreeMap<String, Tried>,
    /// What somebody who signs this off should know.
    pub notes: Vec<String>,
}

/// How often something was tried, and how often it was wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tried {
    /// How many requests.
    pub sent: usize,
    /// How many of them with a finding.
    pub failed: usize,
}

/// Something that is wrong.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The route, as it was mounted.
    pub route: String,
    /// The method that was used on it.
    pub method: String,
    /// Where it was mounted, if that is known.
    pub mounted: Option<String>,
    /// The attack's id.
    pub id: String,
    /// What was sent.
    pub attack: String,
    /// What is wrong.
    pub problem: String,
    /// The request, as a line for a shell.
    pub request: String,
    /// What came back, if anything did.
    pub answer: Option<String>,
}

/// How bad a finding is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// A request that had to be refused was not.
    GotThrough,
    /// A good token does not work, so that refusals show nothing.
    Control,
    /// It was refused, but not as it should be: another status, an answer that tells more than others, no event.
    Wrong,
}

impl Finding {
    pub(crate) fn nothing_to_attack() -> Self {
        Self::of_the_test(
            "no route was found, so nothing was attacked; name those of a plain router: `.route(\"GET /orders\")`"
                .to_owned(),
        )
    }

    /// What is wrong with the test itself: it shows less than it seems to.
    pub(crate) fn of_the_test(problem: String) -> Self {
        Self {
            severity: Severity::Control,
            route: "-".to_owned(),
            method: "-".to_owned(),
            mounted: None,
            id: "-".to_owned(),
            attack: "-".to_owned(),
            problem,
            request: "-".to_owned(),
            answer: None,
        }
    }
}

impl RouteReport {
    pub(crate) fn new(route: &Route) -> Self {
        Self { route: route.clone(), tried: BTreeMap::new(), notes: Vec::new() }
    }

    pub(crate) fn left_out(route: &Route, why: &str) -> Self {
        let mut report = Self::new(route);
        report.note(format!("NOT ATTACKED: {why}"));
        report
    }

    pub(crate) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(crate) fn tried(&mut self, id: &str, failed: bool) {
        let tried = self.tried.entry(id.to_owned()).or_default();
        tried.sent += 1;
        tried.failed += usize::from(failed);
    }
}

impl AttackReport {
    pub(crate) fn new(
        run: &Run,
        mut routes: Vec<RouteReport>,
        unmatched: RouteReport,
        not_sent: BTreeMap<String, String>,
    ) -> Self {
        routes.push(unmatched);
        let mut findings = run.findings.clone();
        findings.sort_by_key(|finding| finding.severity);
        Self {
            made_at: SystemTime::now(),
            guarded: run.target.is_guarded(),
            requests: run.sent,
            routes,
            findings,
            not_sent,
            verifiers: run.target.verifiers.clone(),
        }
    }

    /// Ends the test when anything is wrong, with the whole report.
    ///
    /// Where `AUTH_REPORT` names a folder, the report is written there first: see [`write`](Self::write).
    ///
    /// # Panics
    ///
    /// When there is a finding of any severity: also one about a refusal that says too much, or about a good token that
    /// does not work, since then nothing was shown.
    #[track_caller]
    pub fn assert_nothing_got_through(&self) {
        if let Some(folder) = std::env::var_os("AUTH_REPORT").filter(|folder| !folder.is_empty()) {
            let name = std::thread::current().name().unwrap_or("attack").replace(|c: char| !c.is_alphanumeric(), "-");
            let written = self.write(&folder, &name);
            assert!(written.is_ok(), "the report can't be written to {}: {written:?}", Path::new(&folder).display());
        }
        assert!(self.findings.is_empty(), "{self}");
    }

    /// Writes `NAME.html`, `NAME.xml` (of `JUnit`), `NAME.sarif` and `NAME.json` into a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// When the folder can't be made, or a file can't be written.
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

    /// The report as JSON, with every finding and every route.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, lists, maps and numbers: there is nothing in it that JSON can't hold.
        serde_json::to_string_pretty(self).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }
}

fn seconds_since_1970<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
