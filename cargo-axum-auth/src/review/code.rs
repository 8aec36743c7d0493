//! Finds the decisions in code.

use super::declared::{declared, literal, said};
use super::reasons::{Reasons, is_stated};
use super::weakening::{OURS, weakens};
use super::{Entry, Kind};
use crate::scan::{FileScan, FirstParameter, Occurrence, Place, ResolvedPath, What};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, Type};
use time::{Date, Month, OffsetDateTime};

/// Traits whose impls decide.
const TRAITS: &[(&str, Kind)] = &[
    ("auth_runtime::opt_out::OptOut", Kind::OptOut),
    ("auth_runtime::Permission", Kind::Permission),
    ("auth_runtime::Rule", Kind::Rule),
    ("auth_runtime::rules::AsyncRule", Kind::Rule),
    ("auth_runtime::revocation::Revocations", Kind::Own),
    ("auth_runtime::setup::SetupState", Kind::Own),
    ("auth_runtime::events::EventSink", Kind::Own),
];

const NO_REASON: &str = "no reason";
const EXPIRED: &str = "expired";

pub(super) fn find(scan: &FileScan, tests: bool, reasons: &Reasons, entries: &mut Vec<Entry>) {
    // The attribute of a handler says what its parameter waives.
    let is_said = |number: &usize| {
        scan.functions[*number].attributes.iter().any(|attribute| attribute.is("auth_runtime::authenticated"))
    };
    for Occurrence { place, test, what, function, .. } in &scan.occurrences {
        let is_repeated = matches!(what, What::Waives(_)) && function.as_ref().is_some_and(is_said);
        if (tests || !test) && !is_repeated {
            entries.extend(of(place, what, reasons));
            entries.extend(asked(place, what));
        }
    }
    for implementation in &scan.implementations {
        if let Some((_, kind)) = TRAITS.iter().find(|(name, _)| implementation.of.is(name))
            && (tests || !implementation.test)
        {
            let reason = said(&implementation.body, if *kind == Kind::OptOut { "reason" } else { "NAME" });
            let defect = (*kind == Kind::OptOut && !is_stated(reason.as_deref())).then(|| NO_REASON.to_owned());
            let item = format!("{} for {}", implementation.of.last(), implementation.for_type);
            entries.push(Entry { kind: *kind, place: implementation.place.clone(), item, reason, defect, age: None });
        }
    }
}

fn of(place: &Place, what: &What, reasons: &Reasons) -> Option<Entry> {
    let entry =
        |kind, item: String, reason| Entry { kind, place: place.clone(), item, reason, defect: None, age: None };
    match what {
        What::Attribute { meant, arguments, function, first, condition }
            if meant.is("auth_runtime::public") || meant.is("auth_runtime::setup") =>
        {
            let mut entry = opt_out(place, arguments, function, first.as_ref(), reasons);
            if meant.is("auth_runtime::setup") {
                entry.kind = Kind::SetUp;
            }
            if let Some(condition) = condition {
                entry.item = format!("{}, if {condition}", entry.item);
            }
            Some(entry)
        }
        What::Attribute { meant, arguments, function, .. } if meant.is("auth_runtime::authenticated") => {
            argument(arguments, "despite")
                .map(|condition| entry(Kind::Weakened, format!("{function}, despite {condition}"), None))
        }
        What::Waives(condition) => Some(entry(Kind::Weakened, format!("a proof, despite {condition}"), None)),
        What::Macro { meant, body } => declared(meant, body).map(|(kind, name, reason)| {
            let must = matches!(kind, Kind::Capability | Kind::Job);
            let defect = (must && !is_stated(reason.as_deref())).then(|| NO_REASON.to_owned());
            Entry { defect, ..entry(kind, name, reason) }
        }),
        What::Method { name, turbofish, arguments, root, .. } => {
            method(name, turbofish, arguments, root.as_ref(), reasons)
                .map(|(kind, item)| entry(kind, item, arguments.last().and_then(|text| literal(text))))
        }
        What::Path { meant, arguments } => {
            path(meant).map(|(kind, item)| entry(kind, item, arguments.iter().find_map(|text| literal(text))))
        }
        _ => None,
    }
}

/// `#[public(reason = "..", expires = "..", optional = Claims)]`, `#[setup(reason = "..")]`, or a
/// bare attribute with the reason in the type of the parameter.
fn opt_out(place: &Place, arguments: &str, function: &str, first: Option<&FirstParameter>, reasons: &Reasons) -> Entry {
    let pairs = Punctuated::<Argument, Token![,]>::parse_terminated.parse_str(arguments).unwrap_or_default();
    let argument = |name: &str| pairs.iter().find(|argument| argument.name == name).map(|argument| &argument.value);
    let said = |name: &str| argument(name).and_then(|value| literal(value));
    let expires = said("expires");
    let stands_in = first
        .filter(|first| ["Public", "Setup", "Visitor"].iter().any(|name| first.ty.is(&format!("auth_runtime::{name}"))))
        .and_then(|first| first.argument.as_ref());
    let reason = said("reason").or_else(|| reasons.of(stands_in?));
    let over = expires.as_deref().and_then(date).is_some_and(|day| day < OffsetDateTime::now_utc().date());
    let defect =
        if is_stated(reason.as_deref()) { over.then(|| EXPIRED.to_owned()) } else { Some(NO_REASON.to_owned()) };
    let mut item = function.to_owned();
    if let Some(claims) = argument("optional") {
        item = format!("{item}, recognises {}", claims.replace(' ', ""));
    }
    if let Some(day) = expires {
        item = format!("{item}, until {day}");
    }
    Entry { kind: Kind::OptOut, place: place.clone(), item, reason, defect, age: None }
}

/// The rule that `#[authenticated(Claims, rule = OwnsOrder)]` declares for a handler.
fn asked(place: &Place, what: &What) -> Option<Entry> {
    let What::Attribute { meant, arguments, function, .. } = what else { return None };
    let rule = argument(arguments, "rule").filter(|_| meant.is("auth_runtime::authenticated"))?;
    let item = format!("{function} asks {rule}");
    Some(Entry { kind: Kind::Rule, place: place.clone(), item, reason: None, defect: None, age: None })
}

/// Returns the type of an argument: the condition in `#[authenticated(Claims, despite = X)]`.
fn argument(arguments: &str, name: &str) -> Option<String> {
    // The claims are a type without a name.
    fn one(input: ParseStream<'_>) -> syn::Result<Option<Argument>> {
        if input.peek2(Token![=]) { input.parse().map(Some) } else { input.parse::<Type>().map(|_| None) }
    }
    let parse = |input: ParseStream<'_>| Punctuated::<_, Token![,]>::parse_terminated_with(input, one);
    let arguments = parse.parse_str(arguments).unwrap_or_default();
    let named = arguments.into_iter().flatten().find(|argument| argument.name == name)?;
    Some(named.value.replace(' ', "").replace(',', ", "))
}

/// `name = value`, where the value is a text or a type.
struct Argument {
    name: Ident,
    value: String,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        let value = if input.peek(LitStr) {
            input.parse::<LitStr>()?.to_token_stream()
        } else {
            input.parse::<Type>()?.to_token_stream()
        };
        Ok(Self { name, value: value.to_string() })
    }
}

fn method(
    name: &str,
    turbofish: &str,
    arguments: &[String],
    root: Option<&ResolvedPath>,
    reasons: &Reasons,
) -> Option<(Kind, String)> {
    let first = arguments.first().map_or("", String::as_str);
    let call = |kind| Some((kind, format!(".{name}({})", short(&arguments.join(", ")))));
    match name {
        "public_service" | "authenticated_service" => call(Kind::Service),
        "grpc" if !turbofish.is_empty() => {
            Some((Kind::Service, format!(".grpc::<{turbofish}>({})", short(&arguments.join(", ")))))
        }
        "job" if !turbofish.is_empty() => Some((Kind::Job, format!(".job::<{turbofish}>()"))),
        "job" if arguments.is_empty() => call(Kind::Job),
        // `File::open` takes a path. A vault takes a borrowed proof, or a variable.
        "open" if arguments.len() == 1 && is_a_name(first) => call(Kind::Opening),
        "layer" | "route_layer" => call(Kind::Layer),
        _ if weakens(name, || reasons.may_be_ours(root)) => call(Kind::Weakened),
        _ => None,
    }
}

fn path(meant: &ResolvedPath) -> Option<(Kind, String)> {
    let known = [
        ("auth_runtime::Vault::new", Kind::Vault, "Vault::new"),
        ("auth_runtime::Events::discard", Kind::Weakened, "Events::discard"),
        ("auth_runtime::TokenType::AnyJwt", Kind::Weakened, "TokenType::AnyJwt"),
    ];
    if let Some((_, kind, item)) = known.iter().find(|(name, ..)| meant.is(name)) {
        return Some((*kind, (*item).to_owned()));
    }
    let written = meant.0.first()?;
    let ours = || meant.crates().any(|name| OURS.contains(&name));
    (written.len() > 1 && written.iter().any(|part| weakens(part, ours))).then(|| (Kind::Weakened, written.join("::")))
}

/// `&auth`, `&self.job`.
fn is_a_name(argument: &str) -> bool {
    let name = argument.trim_start_matches('&').trim();
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

/// Shortens to one line of at most 60 characters.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 60 { line } else { line.chars().take(59).chain(['…']).collect() }
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}
