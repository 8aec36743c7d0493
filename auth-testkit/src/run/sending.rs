//! Sends attacks, and judges the responses.

use super::attack_run::AttackRun;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{RouteReport, Severity};
use crate::target::{NoResponse, Route, ServiceResponse};
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode};
use tokio::task::JoinSet;

/// How many requests are under way at the same time.
const OVERLAPPING: usize = 24;

pub(super) type Answered = Result<ServiceResponse, NoResponse>;

/// Such a request is sent again, more slowly.
fn is_limited(answer: &Answered) -> bool {
    answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS)
}

/// A request of an attack.
struct Shot<'a> {
    template: &'a RequestTemplate,
    route: &'a Route,
    method: &'a Method,
    attack: &'a Attack,
    credentials: Credentials,
    good_status: StatusCode,
}

/// What the service under test had done before a request.
type Before = (Vec<String>, Option<u64>);

impl AttackRun {
    pub(super) async fn send_attacks(
        &mut self,
        route: &Route,
        method: &Method,
        attacks: &[Attack],
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        let scopes = AttackPlan::scopes_for(route);
        let template = self.plan.template(route, method);
        let mut shots = Vec::new();
        for attack in attacks {
            if self.is_left_out(attack) {
                continue;
            }
            let Some(credentials) = self.plan.credentials(attack, route, &scopes) else {
                let why = self.plan.why_not_sent(attack, route);
                self.not_sent.insert(format!("{} {}", attack.id(), attack.name()), why);
                continue;
            };
            if let Some(why) = credentials.unfit_for_grpc().filter(|_| route.grpc) {
                report.note(why.to_owned());
                continue;
            }
            for _ in 0..if attack.is_sent_twice() { 2 } else { 1 } {
                let credentials = credentials.clone();
                shots.push(Shot { template: &template, route, method, attack, credentials, good_status });
            }
        }
        // A value that is read before and after a request tells about one request only.
        let at_once = if self.plan.is_watched() { 1 } else { OVERLAPPING };
        // An attack that is sent twice is sent again after its response.
        for group in shots.chunk_by(|_, next| !next.attack.is_sent_twice()).flat_map(|group| group.chunks(at_once)) {
            self.send_group(group, report).await;
        }
    }

    async fn send_group(&mut self, group: &[Shot<'_>], report: &mut RouteReport) {
        if let [shot] = group {
            let failed = self.send_shot(shot).await;
            report.count(shot.attack.id(), failed);
            return;
        }
        let requests = group.iter().map(|shot| shot.template.request(&shot.credentials)).collect();
        let answers = self.send_at_once(requests).await;
        for (shot, answer) in group.iter().zip(answers) {
            let failed = if is_limited(&answer) {
                self.send_shot(shot).await
            } else {
                self.judge(shot, (Vec::new(), None), answer).await
            };
            report.count(shot.attack.id(), failed);
        }
    }

    /// Sends requests that do not depend on each other, at the same time.
    pub(super) async fn send_at_once(&mut self, requests: Vec<Request<Body>>) -> Vec<Answered> {
        let mut tasks = JoinSet::new();
        for (place, request) in requests.into_iter().enumerate() {
            let answer = self.target.send(request);
            tasks.spawn(async move { (place, answer.await) });
            self.sent += 1;
            self.report_progress();
        }
        // `send` returns a panic of the service as a value, so the task itself does not panic.
        let mut answers: Vec<(usize, Answered)> = tasks.join_all().await;
        answers.sort_by_key(|(place, _)| *place);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Sends requests whose answers do not depend on each other, some of them at the same time.
    pub(super) async fn send_all(&mut self, requests: impl Fn() -> Vec<Request<Body>>) -> Vec<Answered> {
        if !self.plan.is_watched() {
            let mut answers = Vec::new();
            let mut rest = requests().into_iter();
            loop {
                let group: Vec<Request<Body>> = rest.by_ref().take(OVERLAPPING).collect();
                if group.is_empty() {
                    break;
                }
                answers.extend(self.send_at_once(group).await);
            }
            if !answers.iter().any(is_limited) {
                return answers;
            }
        }
        let mut answers = Vec::new();
        for request in requests() {
            answers.push(self.send(request).await);
        }
        answers
    }

    /// Sends a request without credentials for each path, some of them at the same time.
    pub(super) async fn send_to_paths(&mut self, method: &Method, paths: &[String]) -> Vec<Answered> {
        let request = |path: &String| RequestTemplate::bare(method, path).request(&Credentials::none());
        let mut answers = Vec::new();
        for group in paths.chunks(OVERLAPPING) {
            for (path, answer) in group.iter().zip(self.send_at_once(group.iter().map(request).collect()).await) {
                answers.push(if is_limited(&answer) { self.send(request(path)).await } else { answer });
            }
        }
        answers
    }

    /// Sends one attack, and returns whether there is a finding.
    pub(super) async fn send_attack(
        &mut self,
        route: &Route,
        method: &Method,
        attack: &Attack,
        credentials: Credentials,
        good_status: StatusCode,
    ) -> bool {
        let template = self.plan.template(route, method);
        self.send_attack_as(&template, route, method, attack, credentials, good_status).await
    }

    /// Sends one attack in another request than the usual one of the route.
    pub(super) async fn send_attack_as(
        &mut self,
        template: &RequestTemplate,
        route: &Route,
        method: &Method,
        attack: &Attack,
        credentials: Credentials,
        good_status: StatusCode,
    ) -> bool {
        self.send_shot(&Shot { template, route, method, attack, credentials, good_status }).await
    }

    async fn send_shot(&mut self, shot: &Shot<'_>) -> bool {
        // Each further request would get a 429, which says nothing about the attack.
        if self.locked_out {
            return false;
        }
        let before = (self.read_side_effects().await, self.reported_refusals().await);
        let answer = self.send(shot.template.request(&shot.credentials)).await;
        self.judge(shot, before, answer).await
    }

    async fn judge(&mut self, shot: &Shot<'_>, before: Before, answer: Answered) -> bool {
        let Shot { template, route, method, attack, credentials, good_status } = shot;
        let probe = Probe {
            route,
            method: (*method).clone(),
            id: attack.id().to_owned(),
            what: attack.name().to_owned(),
            curl: requests::curl(template, credentials),
        };
        let answered = answer.as_ref().ok();
        self.last_status = answered.map(|response| response.status);
        if self.is_locked_out(&probe, answered) {
            return false;
        }
        let is_guest = match answered {
            _ if Self::is_guest(route, credentials) => true,
            Some(response) => self.is_answered_as_a_guest(route, template, attack, response).await,
            None => false,
        };
        let mut findings = match &answer {
            Ok(response) if is_guest => self.check_guest(&probe, response),
            Ok(response) => self.checker.check(&self.target, &probe, attack, credentials, response, *good_status),
            Err(cause) => vec![probe.without_response(*cause)],
        };
        if let Some(response) = answered
            && self.varies_by_itself(template, credentials, attack.expected(), response, &findings).await
        {
            findings = self.checker.check(&self.target, &probe, attack, credentials, response, *good_status);
        }
        let is_admitted = is_guest || attack.expected() == Expected::Admitted;
        if !is_admitted {
            findings.extend(self.changed_side_effects(&probe, &before.0, answered).await);
        }
        if is_guest || !is_admitted {
            let expected = u64::from(!is_guest);
            findings.extend(self.wrong_report_count(&probe, before.1, expected, answered).await);
        }
        if let Some(response) = answered.filter(|_| !is_admitted) {
            self.keep_cookies(response);
            if !findings.iter().any(|finding| finding.severity == Severity::GotThrough) {
                findings.extend(self.leaked_answer(&probe, response));
            }
        }
        for finding in &mut findings {
            finding.base = attack.base();
        }
        if let Some(response) = answered {
            self.check_log(&probe, response);
        }
        let (failed, place) = (!findings.is_empty(), self.findings.len());
        self.findings.extend(findings);
        if let Some(response) = answered.filter(|_| !is_admitted) {
            self.keep_replay(place, template, credentials, response.status);
            self.suspect(route, method, place, response).await;
        }
        failed
    }

    /// Sends a request, more slowly where the service limits the rate.
    pub(super) async fn send(&mut self, request: Request<Body>) -> Answered {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        loop {
            self.sent += 1;
            self.plan.pace().await;
            let answer = self.target.send(Request::from_parts(parts.clone(), Body::from(body.clone()))).await;
            self.last_status = answer.as_ref().ok().map(|response| response.status);
            self.report_progress();
            match &answer {
                Ok(response) if self.slows_down(response).await => {}
                _ => return answer,
            }
        }
    }
}
