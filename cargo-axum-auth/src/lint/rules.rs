//! The rules: the message of each, its reason, and the alternative.

use clap::ValueEnum;
use serde::Serialize;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Requests can bypass the gate here, or a proof can be forged.
    Error,
    /// Correct in some services only.
    Warning,
}

/// A rule of the lint.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    pub(crate) says: &'static str,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
}

macro_rules! rules {
    ($($NAME:ident $id:literal $level:ident: $says:literal; why $why:literal; instead $instead:literal)+) => {
        $(
            pub(crate) static $NAME: Rule =
                Rule { id: $id, level: Level::$level, says: $says, why: $why, instead: $instead };
        )+

        /// All rules, in the order in which they are explained.
        pub(crate) static RULES: &[&Rule] = &[$(&$NAME),+];
    };
}

rules! {
    PLAIN_ROUTER "plain-router" Error:
        "a router that takes handlers without a decision";
        why "every handler on it runs for any client, and no type shows it";
        instead "`auth_runtime::AuthRouter`"

    PLAIN_SERVE "plain-serve" Error:
        "a server other than `auth_runtime::serve`";
        why "it serves routers without decisions too, and events lack the address of the peer";
        instead "`auth_runtime::serve(listener, app)`"

    ROUTE_SERVICE "route-service" Error:
        "a service mounted without a decision";
        why "the service answers by itself, without a proof";
        instead "`AuthRouter::authenticated_service`, or `public_service(.., \"why\")`"

    NEST_SERVICE "nest-service" Error:
        "a service mounted below a path without a decision";
        why "the service answers every path below it, without a proof";
        instead "`AuthRouter::nest`, `authenticated_service`, or `public_service(.., \"why\")`"

    FALLBACK_SERVICE "fallback-service" Error:
        "requests that match no route go to a service without a decision";
        why "every other path is then open to any client";
        instead "`AuthRouter::fallback` with a handler that has a decision"

    CALLER_OF_PUBLIC_SERVICE "caller-of-public-service" Error:
        "a public service whose code asks for a caller";
        why "no request has one there, and each method that does not ask is open to any client";
        instead "`AuthRouter::grpc`, or `authenticated_service(path, |auth: Authenticated<C, P>| Proven::carry(auth, service.clone()))`"

    PLAIN_AXUM_ROUTING "plain-axum-routing" Warning:
        "axum's own routing function";
        why "its result fits on a plain router only";
        instead "the function of the same name in `auth_runtime::routing`"

    JSONWEBTOKEN_DANGEROUS "jsonwebtoken-dangerous" Error:
        "claims are read without verifying the signature";
        why "an attacker can write such a token";
        instead "`Verifier::verify`, which returns a proof"

    HAND_DECODED_TOKEN "hand-decoded-token" Warning:
        "a token is decoded by hand";
        why "decoding base64 verifies neither the issuer nor the signature";
        instead "`Verifier::verify`, which returns a proof"

    UNSAFE_CODE "unsafe-code" Error:
        "`unsafe` in a crate that holds proofs";
        why "`unsafe` can forge a proof";
        instead "a separate crate that does not depend on `auth-runtime`"

    UNSAFE_NOT_DENIED "unsafe-not-denied" Warning:
        "`unsafe` is not denied in a crate that holds proofs";
        why "the next `unsafe` block compiles, and could forge a proof";
        instead "`#![cfg_attr(not(test), deny(unsafe_code))]` in the root, or `unsafe_code = \"deny\"` under `[lints.rust]`"

    MUST_USE_NOT_DENIED "must-use-not-denied" Error:
        "a decision can be dropped: `unused_must_use` is not denied";
        why "the attributes deny it in handlers only, not in permissions and rules";
        instead "`unused_must_use = \"deny\"` under `[lints.rust]`"

    JOB_IN_HANDLER "job-in-handler" Error:
        "a handler creates a `Job`, the proof of work without a caller";
        why "it opens vaults for a client, and the posture does not show it";
        instead "`.job::<..>()` where the router is built"

    ROUTER_IN_HANDLER "router-in-handler" Error:
        "a handler makes or takes a router";
        why "a request that the handler makes up would give it capabilities that its row of the posture does not list";
        instead "a function that both handlers call, and `AuthRouter` where the program starts"

    VERIFIER_IN_HANDLER "verifier-in-handler" Error:
        "a handler builds a verifier";
        why "with a key of the handler's own it proves whatever the handler likes, and the proof opens vaults";
        instead "`Verifier::builder()` where the program starts, and the verifier of the state in the handler"

    HAND_VERIFIED_SIGNATURE "hand-verified-signature" Warning:
        "a public handler verifies a signature by hand";
        why "the handler runs for any client, and nothing makes it reject a bad signature";
        instead "`#[signed(GitHub)]` with a sender from `auth_runtime::signature!`"

    PUBLIC_WEBHOOK "public-webhook" Warning:
        "a webhook is public";
        why "any client can send the event, because no type requires its signature";
        instead "`#[signed(GitHub)]` with a sender from `auth_runtime::signature!`"

    SOFT_AUTHENTICATION "soft-authentication" Error:
        "the request continues after a failed authentication";
        why "a client with a missing or forged token is not rejected";
        instead "`Authenticated` as the first parameter of the handler; `Visitor` for guests and known callers on one route"

    OPTIONAL_CALLER "optional-caller" Error:
        "the caller of a proof is optional";
        why "the proof then exists for a request without a caller, and the handler decides whether that matters";
        instead "the type itself, and `NoPrincipal::NotFound` in the loader; `Visitor` for guests and known callers on one route"

    ID_WITHOUT_PERMIT "id-without-permit" Warning:
        "an object is loaded by its id, and no rule checks its owner";
        why "any authenticated caller may reach any object (OWASP API1)";
        instead "`auth.permit_found::<CanSee, _>(..)`, and data functions that take `Permitted<..>`"

    DEFAULTED_SUBJECT "defaulted-subject" Error:
        "a subject that cannot be parsed becomes a default";
        why "the default is the id of another user, mostly of user 0";
        instead "`auth.subject_as::<T>()?`, which rejects the request with an event"

    DEFAULTED_CLAIM "defaulted-claim" Warning:
        "a claim that is missing gets a default";
        why "a permission then decides from a value that the issuer never stated";
        instead "a required field, or an `Option` that each permission matches"

    STORED_CALLER "stored-caller" Error:
        "a static keeps a caller beyond the request";
        why "the next request, of another caller, reads it";
        instead "a parameter: `&Authenticated<C>`, or the claims of the proof"

    LITERAL_SECRET "literal-secret" Error:
        "a secret is written in the source code";
        why "each reader of the code, the history or the program can sign tokens";
        instead "`VerifyingKey::from_env` or `from_file`, and another secret"

    UNUSED_PERMIT "unused-permit" Warning:
        "a permitted object is not used";
        why "the rule judged one object, and the code acts on another";
        instead "the `Permitted` itself, passed to data functions that require it"

    SECOND_ID "second-id" Warning:
        "a handler reads the id of the judged object a second time, from the client";
        why "the rule judges one id, and the handler may act on the other";
        instead "the id of the path or of the permitted object, and a body without it"

    PUBLIC_SUBJECT "public-subject" Warning:
        "the query of a public route names a user";
        why "any client chooses for whom the route answers";
        instead "`#[authenticated]` and the subject of the proof, or `Visitor` for guests too"

    CONDITIONAL_DECISION "conditional-decision" Error:
        "a build flag decides whether a handler is public";
        why "the deployed build may differ from the tested one";
        instead "two handlers, and the condition around a whole route"

    LOST_EXTENSION "lost-extension" Warning:
        "a value is read from the extensions, and no layer of the service inserts it";
        why "the former authentication layer inserted it, and the gate does not: the value is always missing";
        instead "`auth_runtime::decision::Decision` from the response's extensions in a layer, `Authenticated<C>` in a handler"

    BAD_ALLOWANCE "bad-allowance" Error:
        "an allowance without a rule or a reason";
        why "an opt-out without a reason cannot be reviewed";
        instead "`// auth-lint: allow(rule) the reason`"

    UNUSED_ALLOWANCE "unused-allowance" Warning:
        "an allowance that matches no finding";
        why "it would hide the next finding in this line";
        instead "nothing: delete it"
}

/// The strictness of the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings end the program with exit code 1.
    Warnings,
}

/// A rule by its id.
pub(crate) fn by_id(id: &str) -> Result<&'static Rule, UnknownRule> {
    RULES.iter().copied().find(|rule| rule.id == id).ok_or_else(|| UnknownRule(id.to_owned()))
}

#[derive(Debug, thiserror::Error)]
#[error("there is no rule `{0}`")]
pub(crate) struct UnknownRule(String);
