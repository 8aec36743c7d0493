//! What is right about an answer to an attack, and what is wrong.

use super::Aim;
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{Finding, Severity};
use crate::target::{Answer, Broken, Target};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use std::collections::HashMap;

/// Judges answers, and remembers what refusals look like: each has to look like the first of its kind.
#[derive(Default)]
pub(crate) struct Judge {
    first: HashMap<(Expected, bool), (String, String)>,
}

impl Judge {
    pub(super) fn refusal(
        &mut self,
        target: &Target,
        aim: &Aim<'_>,
        attack: &Attack,
        credentials: &Credentials,
        answer: &Answer,
        good_status: StatusCode,
    ) -> Vec<Finding> {
        if attack.expected() == Expected::Admitted {
            return admitted(target, aim, answer);
        }
        if let Some(through) = got_through(aim, attack.expected(), answer, good_status) {
            return vec![through];
        }
        let mut wrong = Vec::new();
        wrong.extend(self.looks(target, aim, attack.expected(), answer));
        wrong.extend(events(target, attack, credentials, answer));
        if answer.body_was_read {
            wrong.push("it read the body of a request that it refused".to_owned());
        }
        wrong.into_iter().map(|problem| finding(Severity::Wrong, aim, problem, Some(answer))).collect()
    }

    /// What the sender sees: status, challenge, and nothing that other refusals have not.
    pub(super) fn looks(&mut self, target: &Target, aim: &Aim<'_>, expected: Expected, answer: &Answer) -> Vec<String> {
        let mut wrong = Vec::new();
        let statuses = expected.statuses();
        if !statuses.contains(&answer.status) {
            let right: Vec<&str> = statuses.iter().map(StatusCode::as_str).collect();
            let remark = match answer.status {
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                    "; where nothing is found, nothing was checked"
                }
                status if status.is_server_error() => "; it fell over instead of refusing",
                StatusCode::FORBIDDEN => "; 403 is for what a known caller may not do",
                _ => "",
            };
            wrong.push(format!("it answered {} instead of {}{remark}", answer.status, right.join(" or ")));
            return wrong;
        }
        wrong.extend(challenge(expected, answer));
        if target.is_guarded() {
            for (name, right) in [(CACHE_CONTROL, "no-store"), (CONTENT_TYPE, "application/problem+json")] {
                if text(answer, &name) != right {
                    wrong.push(format!("`{name}` is {:?} instead of {right:?}", text(answer, &name)));
                }
            }
        }
        // P8: two refusals that differ tell a stranger which of them is the better attempt.
        let kind = (expected, aim.method == Method::HEAD);
        let look = look(answer);
        match self.first.get(&kind) {
            Some((first, by)) if must_look_alike(expected) && *first != look => wrong.push(format!(
                "it looks different from the refusal of {by}, which tells a stranger more than he knew:\n  {first}\n  {look}"
            )),
            Some(_) => {}
            None => {
                self.first.insert(kind, (look, format!("{} ({}) on {}", aim.id, aim.what, aim.route)));
            }
        }
        wrong
    }
}

/// A known caller may learn which scope he lacks (RFC 6750 section 3.1), and what may be answered in two ways is.
fn must_look_alike(expected: Expected) -> bool {
    !matches!(expected, Expected::Denied | Expected::Refused)
}

fn got_through(aim: &Aim<'_>, expected: Expected, answer: &Answer, good_status: StatusCode) -> Option<Finding> {
    let through = |problem: String| Some(finding(Severity::GotThrough, aim, problem, Some(answer)));
    if answer.seen.ran > 0 {
        return through(format!("the handler ran, and answered {}", answer.status));
    }
    if answer.seen.admitted > 0 {
        return through(format!("the gate let it in, and what came after it answered {}", answer.status));
    }
    if answer.status.is_success() || answer.status.is_redirection() || answer.status.is_informational() {
        return through(format!("it was answered {}", answer.status));
    }
    // Whatever a good token gets here, this got as well.
    if answer.status == good_status && !expected.statuses().contains(&good_status) {
        return through(format!("it was answered {}, which is what a good token gets", answer.status));
    }
    None
}

fn admitted(target: &Target, aim: &Aim<'_>, answer: &Answer) -> Vec<Finding> {
    let refused = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN);
    let turned_away = if target.is_guarded() { answer.seen.admitted == 0 } else { refused };
    let problem = || format!("it is as good as any, and was answered {}", answer.status);
    turned_away.then(|| finding(Severity::Wrong, aim, problem(), Some(answer))).into_iter().collect()
}

/// RFC 6750 section 3.
fn challenge(expected: Expected, answer: &Answer) -> Option<String> {
    let challenge = text(answer, &WWW_AUTHENTICATE);
    let is_bearer = challenge.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    let wants_one = answer.status == StatusCode::UNAUTHORIZED || expected == Expected::InvalidRequest;
    if wants_one && !is_bearer {
        return Some(format!("`www-authenticate` is {challenge:?} instead of a Bearer challenge"));
    }
    match expected.error() {
        Some(error) if !challenge.contains(&format!("error=\"{error}\"")) => {
            Some(format!("`www-authenticate` is {challenge:?}, without error=\"{error}\""))
        }
        None if expected == Expected::NoCredentials && challenge.contains("error=") => {
            Some(format!("`www-authenticate` is {challenge:?}, but there were no credentials to find an error in"))
        }
        _ => None,
    }
}

/// P7: one event, with the right reason, and nothing of the token.
fn events(target: &Target, attack: &Attack, credentials: &Credentials, answer: &Answer) -> Vec<String> {
    let events = &answer.seen.refused;
    let mut wrong = Vec::new();
    if target.is_guarded() && events.len() != 1 {
        wrong.push(format!("there were {} events instead of one", events.len()));
    }
    for event in events {
        let reasons = attack.reasons();
        if !reasons.is_empty() && !reasons.contains(&event.reason) {
            let right: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
            wrong.push(format!("the event says {}, and should say {}", event.reason, right.join(" or ")));
        }
        let written = serde_json::to_string(event).unwrap_or_default();
        if credentials.secrets().any(|secret| written.contains(secret)) {
            wrong.push(format!("the event has a part of the token in it: {written}"));
        }
    }
    wrong
}

/// What a sender can compare.
fn look(answer: &Answer) -> String {
    format!(
        "{} {} {} {} {:?}",
        answer.status.as_u16(),
        text(answer, &WWW_AUTHENTICATE),
        text(answer, &CONTENT_TYPE),
        text(answer, &CACHE_CONTROL),
        String::from_utf8_lossy(&answer.body)
    )
}

fn text(answer: &Answer, name: &http::HeaderName) -> String {
    let values = answer.headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect::<Vec<_>>().join(", ")
}

pub(super) fn broken(aim: &Aim<'_>, broken: Broken) -> Finding {
    let problem = match broken {
        Broken::Panicked => "the service panicked: to the sender the connection breaks, and nobody hears of it",
        #[cfg(feature = "wire")]
        Broken::NoAnswer => "there was no answer: no connection, or one that broke",
        Broken::TookTooLong => "there was no answer within 20 seconds",
    };
    finding(Severity::Wrong, aim, problem.to_owned(), None)
}

pub(super) fn finding(severity: Severity, aim: &Aim<'_>, problem: String, answer: Option<&Answer>) -> Finding {
    Finding {
        severity,
        route: aim.route.to_string(),
        method: aim.method.to_string(),
        mounted: aim.route.mounted.clone(),
        id: aim.id.clone(),
        attack: aim.what.clone(),
        problem,
        request: aim.curl.clone(),
        answer: answer.map(shown),
    }
}

/// As `curl -i` shows it, and what could be seen inside.
fn shown(answer: &Answer) -> String {
    let mut shown = format!("HTTP/1.1 {}", answer.status);
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        shown.extend(["\n", name.as_str(), ": ", &value]);
    }
    let body = String::from_utf8_lossy(&answer.body);
    if !body.is_empty() {
        shown.push_str("\n\n");
        shown.extend(body.chars().take(500));
    }
    shown
}
