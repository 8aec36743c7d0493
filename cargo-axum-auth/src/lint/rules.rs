//! The rules: what each says, why, and what to write instead.

use clap::ValueEnum;
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Requests can get past the gate here, or a proof can be forged.
    Error,
    /// A smell: right in some services.
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
        why "whatever is mounted on it runs for anyone, and nothing says so";
        instead "`auth_runtime::AuthRouter`"

    PLAIN_SERVE "plain-serve" Error:
        "served past `auth_runtime::serve`";
        why "it serves any router, also one without decisions, and events don't name the peer";
        instead "`auth_runtime::serve(listener, app)`"

    ROUTE_SERVICE "route-service" Error:
        "a service mounted without a decision";
        why "a service by others answers by itself, and no proof is asked for";
        instead "`AuthRouter::authenticated_service`, or `public_service(.., \"why\")`"

    NEST_SERVICE "nest-service" Error:
        "a tree of paths given to a service without a decision";
        why "everything below that path is answered by others, and no proof is asked for";
        instead "`AuthRouter::nest`, `authenticated_service`, or `public_service(.., \"why\")`"

    FALLBACK_SERVICE "fallback-service" Error:
        "whatever matches no route goes to a service without a decision";
        why "a path that nobody thought of is then open to anyone";
        instead "`AuthRouter::fallback` with a handler that has a decision"

    PLAIN_AXUM_ROUTING "plain-axum-routing" Warning:
        "axum's own routing function";
        why "what it makes fits on a plain router only";
        instead "the function of the same name in `auth_runtime::routing`"

    JSONWEBTOKEN_DANGEROUS "jsonwebtoken-dangerous" Error:
        "claims read without a look at the signature";
        why "anybody can write such a token";
        instead "`Verifier::verify`, whose answer is a proof"

    HAND_DECODED_TOKEN "hand-decoded-token" Warning:
        "a token taken apart by hand";
        why "decoding base64 shows what somebody wrote, not who wrote it";
        instead "`Verifier::verify`, whose answer is a proof"

    UNSAFE_CODE "unsafe-code" Error:
        "`unsafe` in a crate that holds proofs";
        why "it can make a proof out of nothing";
        instead "a crate of its own that does not know `auth-runtime`"

    UNSAFE_NOT_DENIED "unsafe-not-denied" Warning:
        "`unsafe` is not denied in a crate that holds proofs";
        why "the next `unsafe` block compiles, and could forge a proof";
        instead "`#![cfg_attr(not(test), deny(unsafe_code))]` in the root, or `unsafe_code = \"deny\"` under `[lints.rust]`"

    MUST_USE_NOT_DENIED "must-use-not-denied" Error:
        "a decision can be dropped: `unused_must_use` is not denied";
        why "the attributes deny it inside of handlers, and can't reach permissions and rules";
        instead "`unused_must_use = \"deny\"` under `[lints.rust]`"

    JOB_IN_HANDLER "job-in-handler" Error:
        "a handler makes itself the proof of work without a caller";
        why "it opens vaults for a request that nobody has made, and the service's posture does not show it";
        instead "`.job::<..>()` where the service's router is put together"

    ROUTER_IN_HANDLER "router-in-handler" Error:
        "a handler makes or takes a router";
        why "a request that the handler makes up would give it capabilities that its row of the posture does not list";
        instead "a function that both handlers call, and `AuthRouter` where the program starts"

    VERIFIER_IN_HANDLER "verifier-in-handler" Error:
        "a handler builds a verifier";
        why "with a key of the handler's own it proves whatever the handler likes, and the proof opens vaults";
        instead "`Verifier::builder()` where the program starts, and the verifier of the state in the handler"

    SOFT_AUTHENTICATION "soft-authentication" Error:
        "an extractor that goes on when authentication has failed";
        why "who has no token, or a forged one, gets through with less than a refusal";
        instead "`Authenticated` as the handler's first parameter; two routes where there are two kinds of callers"

    ID_WITHOUT_PERMIT "id-without-permit" Warning:
        "an object is named by its id, and no rule asks whose it is";
        why "any known caller may reach any object (OWASP API1)";
        instead "`auth.permit_found::<CanSee, _>(..)`, and data functions that take `Permitted<..>`"

    BAD_ALLOWANCE "bad-allowance" Error:
        "an allowance that does not say what it allows, or why";
        why "an opt-out without a reason can't be reviewed";
        instead "`// auth-lint: allow(rule) the reason`"

    UNUSED_ALLOWANCE "unused-allowance" Warning:
        "an allowance for something that is not there";
        why "it would let the next one through";
        instead "nothing: delete it"
}

/// How strict to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings end with exit code 1 too.
    Warnings,
}

/// A rule by its id.
pub(crate) fn by_id(id: &str) -> Result<&'static Rule, UnknownRule> {
    RULES.iter().copied().find(|rule| rule.id == id).ok_or_else(|| UnknownRule(id.to_owned()))
}

#[derive(Debug, thiserror::Error)]
#[error("there is no rule `{0}`")]
pub(crate) struct UnknownRule(String);
