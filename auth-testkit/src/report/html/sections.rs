//! The sections of the page.

use crate::catalogue::COVERED_ELSEWHERE;
use crate::report::cause::listed;
use crate::report::coverage::{Outcome, REQUIREMENTS};
use crate::report::finding::NOTHING;
use crate::report::verdict::decoded_token;
use crate::report::{AttackReport, Cause, RouteReport, Severity};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// How many causes the page shows. The JSON has all.
const LIMIT: usize = 50;

pub(super) fn findings(report: &AttackReport) -> Markup {
    let causes = report.causes();
    html! {
        @if !causes.is_empty() {
            section {
                h2 { "Findings, one for each cause" }
                @for cause in causes.iter().take(LIMIT) { (of_cause(report, cause)) }
                @if causes.len() > LIMIT {
                    p { (causes.len() - LIMIT) " more causes are not shown: the JSON beside this file has them all." }
                }
            }
        }
    }
}

fn of_cause(report: &AttackReport, cause: &Cause) -> Markup {
    let example = &report.findings[cause.example];
    html! {
        article.(class(cause.severity)) {
            h3 { (cause.id) ": " (cause.problem) " " small.count { (cause.counts()) } }
            @if example.route != "-" { p.where { "routes: " (cause.listed_routes()) } }
            @if let Some(attacks) = cause.listed_attacks() { p.where { (attacks) } }
            @if example.route == "-" { p.problem { (example.problem) } }
            @else {
                p.where { "for example " b { (example.route) } ", " (example.attack)
                    @if let Some(mounted) = &example.mounted { ", mounted at " code { (mounted) } } }
                p.problem { (example.problem) }
                @if example.request != NOTHING { pre { (example.request) } }
                @if let Some(token) = decoded_token(&example.request) { pre.token { (token) } }
            }
            @if let Some(answer) = &example.answer { pre.answer { (answer) } }
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
            h2 { "Attacks on each route" }
            p { "The number of requests of each attack. " b.ok { "7" } ": all seven responses were correct. "
                b.no { "2/7" } ": two of seven were wrong. An empty cell: not sent. " code { "good" }
                " is a good token, which must work. " code { "open" } " is a public route without credentials, which must answer." }
            div.scroll {
                table.matrix {
                    thead { tr {
                        th.route { "Route" }
                        th { "Requires" }
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
                @if route.path == "/*" { "unmatched requests" }
                @else { b { (route.method) } " " (route.path) }
            }
            td.asks {
                @if route.recognises { span.public { "public, recognises " (route.claims.as_deref().unwrap_or("callers")) } }
                @else if route.public.is_some() { span.public { "public" } }
                @else if let Some(sender) = &route.signed { "signed by " (sender) }
                @else if route.setup.is_some() { "the token of the set-up" }
                @else if !route.permissions.is_empty() { (route.permissions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
                @else if route.path == "/*" { "" }
                @else { "authentication" }
            }
            @for id in ids {
                @match report.tried.get(*id) {
                    None => { td {} }
                    Some(counts) if counts.failed == 0 => { td.ok title={ (id) ": " (counts.sent) " requests, all correct" } { (counts.sent) } }
                    Some(counts) => { td.no title={ (id) ": " (counts.failed) " of " (counts.sent) " wrong" } { (counts.failed) "/" (counts.sent) } }
                }
            }
        }
    }
}

pub(super) fn public(report: &AttackReport) -> Markup {
    let open: Vec<_> = report.routes.iter().filter(|report| report.route.public.is_some()).collect();
    html! {
        section {
            h2 { "Public routes" }
            @if open.is_empty() { p { "None." } }
            @else {
                table {
                    thead { tr { th { "Route" } th { "Reason" } th { "Expires" } th { "Mounted at" } } }
                    tbody {
                        @for RouteReport { route, .. } in open {
                            tr {
                                td { b { (route.method) } " " (route.path) }
                                td { (route.public.as_deref().unwrap_or_default()) }
                                td { (route.expires.as_deref().unwrap_or("never")) }
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
                h2 { "Verifiers" }
                @for verifier in &report.verifiers { pre { (verifier) } }
                p { "As configured in the test: issuer and keys are of the test, all else is of the production code." }
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
                p { @if report.guarded { "None." } @else { "Unknown: the service is not an AuthRouter in this process." } }
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
    let mut notes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for route in &report.routes {
        for note in &route.notes {
            notes.entry(note).or_default().push(route.route.to_string());
        }
    }
    html! {
        @if !notes.is_empty() {
            section {
                h2 { "Notes" }
                ul { @for (note, routes) in notes { li { b { (listed(&routes)) } ": " (note) } } }
            }
        }
    }
}

pub(super) fn excluded(report: &AttackReport) -> Markup {
    html! {
        @if !report.excluded.is_empty() {
            section.excluded {
                h2 { "Excluded attacks" }
                p { "The test excludes these on all routes." }
                ul { @for (id, why) in &report.excluded { li { b { (id) } ": " (why) } } }
            }
        }
    }
}

pub(super) fn accepted(report: &AttackReport) -> Markup {
    html! {
        @if !report.accepted.is_empty() {
            section.excluded {
                h2 { "Accepted" }
                p { "The test accepts these findings and statuses on all routes." }
                ul { @for (what, why) in &report.accepted { li { b { (what) } ": " (why) } } }
            }
        }
    }
}

pub(super) fn suggestions(report: &AttackReport) -> Markup {
    html! {
        @if !report.suggestions.is_empty() {
            section {
                h2 { "Suggestions for the test" }
                ul { @for suggestion in &report.suggestions { li { (suggestion) } } }
            }
        }
    }
}

pub(super) fn requirements(report: &AttackReport) -> Markup {
    html! {
        section {
            h2 { "Requirements of OWASP ASVS 5.0 and the API Security Top 10 (2023)" }
            p { "Passed means: the named attacks were rejected on the routes above. It is not a certification." }
            table {
                thead { tr { th { "Requirement" } th { "Summary" } th { "Attacks" } th { "Result" } } }
                tbody {
                    @for requirement in REQUIREMENTS {
                        tr {
                            td { (requirement.id) }
                            td { (requirement.text) @if !requirement.remark.is_empty() { br; small { (requirement.remark) } } }
                            td { (requirement.attacks()) }
                            @match requirement.outcome(report) {
                                Outcome::Passed => { td.ok { "passed" } }
                                Outcome::Partly => { td.not { "passed, without " (requirement.excluded(report)) } }
                                Outcome::Failed => { td.no { "failed" } }
                                Outcome::NotTested => { td.not { "not tested" } }
                                Outcome::NotCovered => { td.not { "not covered by this kit" } }
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
            h2 { "Not tested" }
            @if !report.not_sent.is_empty() {
                details {
                    summary { (report.not_sent.len()) " attacks could not be sent" }
                    ul { @for (attack, why) in &report.not_sent { li { b { (attack) } ": " (why) } } }
                }
            }
            p { "Attacks of the list that are not a request to a route:" }
            ul { @for (id, why) in COVERED_ELSEWHERE { li { b { (id) } ": " (why) } } }
        }
    }
}
