//! Recognises code that handles credentials, by the names in it.

use super::functions::{Functions, Id};
use crate::scan::{Function, TypeTree};
use std::collections::BTreeMap;

/// The kinds of credentials in a function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the signs are independent of each other")]
pub(crate) struct Evidence {
    /// It verifies a token.
    pub(crate) decodes: bool,
    /// It signs a token.
    pub(crate) issues: bool,
    pub(crate) bearer: bool,
    pub(crate) cookie: bool,
    pub(crate) api_key: bool,
    /// It rejects requests as unauthenticated.
    pub(crate) rejects: bool,
}

/// Types whose value comes from a cookie.
const COOKIES: [&str; 8] =
    ["AuthSession", "Cookie", "CookieJar", "Cookies", "PrivateCookieJar", "Session", "SignedCookieJar", "COOKIE"];
/// Parts of the names of statuses and errors: `StatusCode::UNAUTHORIZED`, `Error::InvalidToken`.
const REJECTS: [&str; 7] =
    ["unauthori", "unauthenticated", "forbidden", "invalidtoken", "missingtoken", "notloggedin", "wrongcredentials"];

impl Evidence {
    fn of(function: &Function) -> Self {
        let literal = |token: &String| {
            let text = token.strip_prefix('"')?.strip_suffix('"')?;
            Some(text.to_lowercase())
        };
        let has = |names: &[&str]| function.body.iter().any(|token| names.contains(&token.as_str()));
        let says = |wanted: &dyn Fn(&str) -> bool| function.body.iter().filter_map(literal).any(|text| wanted(&text));
        let takes = |names: &[&str]| {
            let named = |tree: &TypeTree| tree.path().is_some_and(|path| names.iter().any(|name| path.ends_in(name)));
            function.parameters.iter().any(|parameter| parameter.tree.holds(&named))
        };
        Self {
            // `verify_token` is a method of jwt-simple.
            decodes: has(&["decode_header"]) || function.body.windows(2).any(|two| two == [".", "verify_token"]),
            issues: has(&["EncodingKey"]),
            // A CORS layer names the header too, and does not read it.
            bearer: takes(&["Authorization", "Bearer"])
                || has(&["Bearer"])
                || (has(&["get", "remove", "typed_get"])
                    && (has(&["AUTHORIZATION"])
                        || says(&|text| text == "authorization" || text.starts_with("bearer")))),
            cookie: has(&COOKIES) || takes(&COOKIES) || says(&|text| text == "cookie"),
            api_key: says(&|text| ["api-key", "api_key", "apikey"].iter().any(|name| text.contains(name))),
            rejects: function.body.iter().any(|token| {
                let name = token.replace('_', "").to_lowercase();
                REJECTS.iter().any(|part| name.contains(part))
            }),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            decodes: self.decodes || other.decodes,
            issues: self.issues || other.issues,
            bearer: self.bearer || other.bearer,
            cookie: self.cookie || other.cookie,
            api_key: self.api_key || other.api_key,
            rejects: self.rejects || other.rejects,
        }
    }

    /// Whether the function reads a credential.
    pub(crate) fn reads_credential(self) -> bool {
        self.decodes || self.bearer || self.cookie || self.api_key
    }

    /// The credentials, in words.
    pub(crate) fn credentials(self) -> Vec<&'static str> {
        let all = [
            (self.bearer || (self.decodes && !self.cookie), "a bearer token"),
            (self.cookie, "a cookie"),
            (self.api_key, "an API key"),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
    }
}

/// The evidence in all functions.
pub(crate) struct AllEvidence(BTreeMap<Id, Evidence>);

impl AllEvidence {
    pub(crate) fn collect(functions: &Functions<'_>) -> Self {
        let mut own: BTreeMap<Id, Evidence> =
            functions.all().map(|(id, function)| (id, Evidence::of(function))).collect();
        for (file, scan) in functions.scans.iter().enumerate() {
            for occurrence in &scan.occurrences {
                if let (crate::scan::What::Path { meant, .. }, Some(number)) = (&occurrence.what, occurrence.function)
                    && let Some(evidence) = own.get_mut(&(file, number))
                {
                    evidence.decodes |= meant.is("jsonwebtoken::decode");
                    evidence.issues |= meant.is("jsonwebtoken::encode");
                }
            }
        }
        Self(own)
    }

    pub(super) fn own(&self, id: Id) -> Evidence {
        self.0.get(&id).copied().unwrap_or_default()
    }

    /// The evidence in a function and in all functions that it passes the request to.
    ///
    /// Other functions may handle the credential of another request, that of an HTTP client.
    pub(super) fn of_the_request(&self, from: Id, functions: &Functions<'_>) -> Evidence {
        let reached = functions.reached_with_the_request(from);
        reached.into_iter().fold(Evidence::default(), |all, id| all.or(self.own(id)))
    }

    /// The evidence in a function and in all functions that it names.
    pub(super) fn reached(&self, from: Id, functions: &Functions<'_>) -> Evidence {
        let reached = functions.reached(from);
        reached.into_iter().fold(Evidence::default(), |all, id| all.or(self.own(id)))
    }
}
