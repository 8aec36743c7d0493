//! The parts of the page.

use crate::catalogue::ELSEWHERE;
use crate::report::coverage::{Outcome, REQUIREMENTS};
use crate::report::{AttackReport, RouteReport, Severity};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// As many findings as somebody reads; the JSON has all.
const MOST: usize = 50;

pub(super) fn findings(report: &AttackReport) -> Markup {
    html! {
        @if !report.findings.is_empty() {
            section {
                h2 { "What is wrong" }
                @for finding in report.findings.iter().take(MOST) {
                    article.(class(finding.severity)) {
                        h3 { (finding.route) " " small { (finding.id) ": " (finding.attack) } }
                        p.problem { (finding.problem) }
                        @if let Some(mounted) = &finding.mounted { p.where { "mounted at " code { (mounted) } } }
                        pre { (finding.request) }
                        @if let Some(answer) = &finding.answer { pre.answer { (answer) } }
                    }
                }
                @if report.findings.len() > MOST {
                    p { ".. and " (report.findings.len() - MOST) " more: the JSON beside this file has them all." }
                }
            }
        }
    }
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::GotThrough => "through",
        Severity::Control => "control",
        Severity::Wrong => "wrong",
    }
}

pub(super) fn matrix(report: &AttackReport) -> Markup {
    let mut ids: Vec<&str> = report
        .routes
        .iter()
        .flat_map(|route| route.tried.keys().map(String::as_str))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // The controls first, then tokens, then HTTP.
    ids.sort_by_key(|id| (!id.starts_with(|c: char| c.is_lowercase()), id.starts_with('H'), (*id).to_owned()));
    html! {
        section {
            h2 { "Routes by attacks" }
            p { "How many requests of each kind were sent. " b.ok { "7" } ": all were answered as they have to be. "
                b.no { "2/7" } ": two were not. An empty cell was not tried. " code { "good" } " is a good token, which has to work; "
                code { "open" } " is none, where anybody may call." }
            div.scroll {
                table.matrix {
                    thead { tr {
                        th.route { "Route" }
                        th { "Asks for" }
                        @for id in &ids { th.id { (id) } }
                    } }
                    tbody {
                        @for route in &report.routes { (row(route, &ids)) }
                    }
                }
            }
        }
    }
}

fn row(report: &RouteReport, ids: &[&str]) -> Markup {
    let route = &report.route;
    html! {
        tr {
            th.route {
                @if route.path == "/*" { "where nothing is" }
                @else { b { (route.method) } " " (route.path) }
            }
            td.asks {
                @if route.public.is_some() { span.public { "public" } }
                @else if !route.permissions.is_empty() { (route.permissions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
                @else if route.path == "/*" { "" }
                @else { "a caller" }
            }
            @for id in ids {
                @match report.tried.get(*id) {
                    None => { td {} }
                    Some(tried) if tried.failed == 0 => { td.ok title={ (id) ": " (tried.sent) " requests, all as they have to be" } { (tried.sent) } }
                    Some(tried) => { td.no title={ (id) ": " (tried.failed) " of " (tried.sent) " not as they have to be" } { (tried.failed) "/" (tried.sent) } }
                }
            }
        }
    }
}

pub(super) fn public(report: &AttackReport) -> Markup {
    let open: Vec<_> = report.routes.iter().filter(|report| report.route.public.is_some()).collect();
    html! {
        section {
            h2 { "What anybody may call" }
            @if open.is_empty() { p { "Nothing." } }
            @else {
                table {
                    thead { tr { th { "Route" } th { "Why" } th { "Until" } th { "Mounted at" } } }
                    tbody {
                        @for RouteReport { route, .. } in open {
                            tr {
                                td { b { (route.method) } " " (route.path) }
                                td { (route.public.as_deref().unwrap_or_default()) }
                                td { (route.expires.as_deref().unwrap_or("for good")) }
                                td { code { (route.mounted.as_deref().unwrap_or("-")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn verifiers(report: &AttackReport) -> Markup {
    html! {
        @if !report.verifiers.is_empty() {
            section {
                h2 { "Whose tokens are taken" }
                @for verifier in &report.verifiers { pre { (verifier) } }
                p { "As the test has configured it: issuer and keys are the test's, the rest is what production code says." }
            }
        }
    }
}

pub(super) fn layers(report: &AttackReport) -> Markup {
    let in_layers: Vec<_> = report.routes.iter().filter(|report| !report.route.layers.is_empty()).collect();
    html! {
        section {
            h2 { "Layers that run before the decision" }
            @if in_layers.is_empty() {
                p { @if report.guarded { "None." } @else { "Not known: only the answers of this service are seen." } }
            } @else {
                table {
                    thead { tr { th { "Route" } th { "Layers, outermost last" } } }
                    tbody {
                        @for RouteReport { route, .. } in in_layers {
                            tr {
                                td { b { (route.method) } " " (route.path) }
                                td { @for layer in &route.layers { code { (layer) } br; } }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn notes(report: &AttackReport) -> Markup {
    let noted: Vec<_> = report.routes.iter().filter(|report| !report.notes.is_empty()).collect();
    html! {
        @if !noted.is_empty() {
            section {
                h2 { "To be known" }
                ul { @for report in noted { @for note in &report.notes { li { b { (report.route) } ": " (note) } } } }
            }
        }
    }
}

pub(super) fn requirements(report: &AttackReport) -> Markup {
    html! {
        section {
            h2 { "Requirements of OWASP ASVS 5.0 and the API Security Top 10 (2023)" }
            p { "What this run has tried of them. That something was tried is no certificate: it is the attacks that are named, on the routes above." }
            table {
                thead { tr { th { "Requirement" } th { "In short" } th { "Tried by" } th { "In this run" } } }
                tbody {
                    @for requirement in REQUIREMENTS {
                        tr {
                            td { (requirement.id) }
                            td { (requirement.text) @if !requirement.remark.is_empty() { br; small { (requirement.remark) } } }
                            td { (requirement.attacks()) }
                            @match requirement.outcome(report) {
                                Outcome::Tried => { td.ok { "as it has to be" } }
                                Outcome::Failed => { td.no { "not as it has to be" } }
                                Outcome::NotTried => { td.not { "not tried" } }
                                Outcome::NotByThisKit => { td.not { "not covered by this kit" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn not_covered(report: &AttackReport) -> Markup {
    html! {
        section {
            h2 { "What was not tried" }
            @if !report.not_sent.is_empty() {
                details {
                    summary { (report.not_sent.len()) " attacks could not be made" }
                    ul { @for (attack, why) in &report.not_sent { li { b { (attack) } ": " (why) } } }
                }
            }
            p { "Attacks of the list that are not requests to a route:" }
            ul { @for (id, why) in ELSEWHERE { li { b { (id) } ": " (why) } } }
        }
    }
}
