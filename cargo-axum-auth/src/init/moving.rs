//! Writes the plan of the move: what each handler, layer and token needs.

use super::{Plan, Service, moving_tokens};
use crate::base::code;
use crate::inventory::{Effect, HandlerRow, LayerRow, OpenApi, Survey, Today};
use crate::scan::Place;
use std::fmt::Write;

/// The name of the plan, in the directory of the service.
const NAME: &str = "auth-plan.md";
/// The claims type of a handler whose code does not name one.
const CLAIMS: &str = "Claims";

pub(super) fn plan(service: &Service<'_>, survey: &Survey, plan: &mut Plan) {
    let path = service.directory.join(NAME);
    if let Some(version) = &service.package.other_axum {
        plan.by_hand.push(format!(
            "{}: axum is `{version}`: move to `0.8` first, because the types of two versions do not fit together",
            service.shown(&service.package.manifest)
        ));
    }
    let (shown, open) = (service.shown(&path), survey.handlers.len());
    let handlers = if open == 1 { "1 handler needs".to_owned() } else { format!("{open} handlers need") };
    plan.by_hand
        .push(format!("{shown}: {handlers} a decision: follow the plan, then run `cargo axum-auth init` again"));
    if path.exists() {
        plan.by_hand.push(format!("{shown}: it exists already: delete it, and run the command again to write it anew"));
    } else {
        plan.change(path, None, text(&service.package.name, survey));
    }
}

fn text(name: &str, survey: &Survey) -> String {
    let mut out = format!(
        "# Move {} to `auth-runtime`\n\n\
         `cargo axum-auth init` wrote this plan from the code. It resolves names and does not run the\n\
         compiler, so check each row. `auth_runtime::manual` explains the steps.\n\
         Delete this file after the move.\n",
        code(name)
    );
    handlers(&mut out, survey);
    layers(&mut out, &survey.layers);
    moving_tokens::write(&mut out, survey);
    openapi(&mut out, survey.openapi);
    features(&mut out, survey);
    if !survey.unreadable.is_empty() {
        out += "\n## Not read\n\n";
        for file in &survey.unreadable {
            let _ = writeln!(out, "- {}: {}", code(&format!("{}:{}", file.file, file.line)), code(&file.why));
        }
    }
    out += "\n## After the move\n\n\
            1. Run `cargo axum-auth lint`: it finds plain routers, and values that no layer inserts any more.\n\
            2. Run `cargo axum-auth init` again: it adds lints, the test that attacks each route, and CI.\n";
    out
}

fn handlers(out: &mut String, survey: &Survey) {
    let _ = write!(out, "\n## Handlers without a decision: {}", survey.handlers.len());
    if survey.decided > 0 {
        let _ = write!(out, " (decided: {})", survey.decided);
    }
    *out += "\n\nThe decision is the first parameter. Its type is the claims of the token, or a principal that\n\
             `LoadPrincipal` returns.";
    *out += "\n\n| handler | route | credential | today | write |\n|---|---|---|---|---|\n";
    for row in &survey.handlers {
        let routes: Vec<String> = row.routes.iter().map(|route| code(route)).collect();
        let HandlerRow { place, name, credentials, .. } = row;
        let (today, write) = (today(row), write_instead(row));
        let credentials = if credentials.is_empty() { "none".to_owned() } else { credentials.join(", ") };
        let _ = writeln!(out, "| {} | {} | {credentials} | {today} | {write} |", at(place, name), routes.join(", "));
    }
    if survey.handlers.iter().any(|row| !row.checks.is_empty()) {
        *out += "\n`requires = ..` names a permission: `scope!`, `claim!`, or a type that implements `Permission<C>`\n\
                 with the code of the check. It is decided before the handler runs, and the posture lists it. A check\n\
                 of one object becomes a `Rule`.\n";
    }
}

fn today(row: &HandlerRow) -> String {
    let today = today_takes(&row.today);
    let checks: Vec<String> = row.checks.iter().map(|check| code(&check.call)).collect();
    if checks.is_empty() { today } else { format!("{today}; its code checks {}", checks.join(", ")) }
}

fn today_takes(today: &Today) -> String {
    match today {
        Today::Caller { parameter, .. } => format!("takes {}", code(parameter)),
        Today::MaybeCaller { parameter, .. } => format!("takes {}, with or without a caller", code(parameter)),
        Today::ByHand => "verifies the credential in its own code".to_owned(),
        Today::Signature { how } => format!("verifies a signature in its own code, with {}", code(how)),
        Today::BehindLayer { layer, .. } => format!("takes no caller; the layer {} rejects others", code(layer)),
        Today::Issues => "takes no caller, and issues a token".to_owned(),
        Today::Open => "takes no caller, and no layer was found that rejects".to_owned(),
        Today::NotRead => "the code was not found".to_owned(),
    }
}

fn write_instead(row: &HandlerRow) -> String {
    let authenticated = |claims: &str| code(&format!("#[authenticated({claims})]"));
    match &row.today {
        Today::Caller { claims, .. } if row.checks.iter().any(|check| !check.in_a_branch) => format!(
            "{}, {}, instead of the check",
            code(&format!("#[authenticated({claims}, requires = ..)]")),
            code(&format!("auth: Authenticated<{claims}, ..>"))
        ),
        Today::Caller { claims, .. } if !row.checks.is_empty() => format!(
            "{}, {}, and {} in the branch",
            authenticated(claims),
            code(&format!("auth: Authenticated<{claims}>")),
            code("auth.check::<..>()?")
        ),
        Today::Caller { claims, .. } => {
            format!("{}, {}", authenticated(claims), code(&format!("auth: Authenticated<{claims}>")))
        }
        Today::MaybeCaller { claims, .. } => format!(
            "{}, {}",
            code(&format!("#[public(reason = \"..\", optional = {claims})]")),
            code(&format!("visitor: Visitor<{claims}>"))
        ),
        Today::ByHand => format!("{}, without its own check", authenticated(CLAIMS)),
        Today::Signature { .. } => format!(
            "{}, with a sender from {}, {}, without its own check",
            code("#[signed(..)]"),
            code("signature!"),
            code("event: Signed<..>")
        ),
        Today::BehindLayer { claims, .. } => authenticated(claims.as_deref().unwrap_or(CLAIMS)),
        Today::Issues => format!("{}, if its clients have no token yet", code("#[public(reason = \"..\")]")),
        Today::Open | Today::NotRead => {
            format!("{}, or {}", code("#[public(reason = \"..\")]"), authenticated(CLAIMS))
        }
    }
}

fn layers(out: &mut String, rows: &[LayerRow]) {
    if rows.is_empty() {
        return;
    }
    *out += "\n## Layers and extractors\n\n| code | today | after the move |\n|---|---|---|\n";
    for LayerRow { place, name, effect } in rows {
        let (today, after) = match effect {
            Effect::Inserts { value } => (
                format!("puts {} into the request's extensions", value.as_deref().map_or("a value".to_owned(), code)),
                format!("delete it: {} has the caller", proof(value.as_deref())),
            ),
            Effect::Reads { value } => (
                format!("reads {} from the request's extensions", value.as_deref().map_or("a value".to_owned(), code)),
                format!(
                    "layer: read `auth_runtime::decision::Decision` from the response's extensions; \
                     extractor or handler: take {}",
                    proof(value.as_deref())
                ),
            ),
            Effect::Authenticates => {
                ("rejects unauthenticated requests".to_owned(), "delete it: the verifier rejects them".to_owned())
            }
            Effect::Extracts { claims, optional, from } => {
                let instead = if *optional { "Visitor" } else { "Authenticated" };
                (
                    format!("extracts the caller from {}", from.join(", ")),
                    format!("delete it: handlers take {}", code(&format!("{instead}<{claims}>"))),
                )
            }
        };
        let _ = writeln!(out, "| {} | {today} | {after} |", at(place, name));
    }
}

fn proof(claims: Option<&str>) -> String {
    code(&format!("Authenticated<{}>", claims.unwrap_or(CLAIMS)))
}

fn openapi(out: &mut String, openapi: Option<OpenApi>) {
    let Some(openapi) = openapi else { return };
    *out += "\n## OpenAPI\n\n";
    *out += match openapi {
        OpenApi::UtoipaAxum => {
            "Take `OpenApiRouter` and `routes!` from `auth_runtime::openapi` (feature `utoipa`), not from `utoipa_axum`.\n\
             Each handler is then served at the method and path of its annotation, behind the gate."
        }
        OpenApi::Utoipa => {
            "`auth_runtime::openapi::OpenApiRouter` (feature `utoipa`) mounts each handler at the method and path of its\n\
             annotation. A document that is made otherwise: `app.posture().apply_to_openapi(&mut document)`."
        }
    };
    *out += "\n`security`, 401 and 403 of the document come from the decisions, so delete `security(..)`. The feature needs\n\
             utoipa 6. `auth_runtime::manual::openapi` explains it.\n";
}

fn features(out: &mut String, survey: &Survey) {
    let needed = [("issue", !survey.issued.is_empty()), ("utoipa", survey.openapi.is_some())];
    let needed: Vec<String> = needed.iter().filter(|(_, is)| *is).map(|(name, _)| format!("\"{name}\"")).collect();
    if !needed.is_empty() {
        let dependency = code(&format!("auth-runtime = {{ .., features = [{}] }}", needed.join(", ")));
        let _ = writeln!(out, "\n## Features\n\n{dependency}");
    }
}

pub(super) fn at(place: &Place, name: &str) -> String {
    let place = code(&format!("{}:{}", place.file, place.line));
    if name.is_empty() { place } else { format!("{place} {}", code(name)) }
}
