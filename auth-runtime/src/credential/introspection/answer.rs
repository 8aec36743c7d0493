//! Reads the answer of an authorization server about a token (RFC 7662 section 2.2).

use super::fault::Fault;
use crate::credential::lookup::CredentialRecord;
use crate::credential::token::json::{Document, Json, Object};
use crate::credential::token::{check_audience, numeric_date};
use crate::rejection::Refusal;
use auth_events::Reason;
use serde_json::{Map, Value};
use std::time::{SystemTime, UNIX_EPOCH};

/// What an answer must state.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) audience: String,
    /// The member that identifies the caller.
    pub(super) subject_claim: String,
    pub(super) may_lack_audience: bool,
}

/// The members that the record states in fields of its own, or that are not about the caller.
const NOT_CLAIMS: [&str; 10] = ["active", "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "scope"];

/// Members in which servers state the kind of a token, and their words for an access token.
const KIND_MEMBERS: [(&str, &[&str]); 3] = [
    ("token_type", &["bearer", "access_token", "at+jwt"]),
    ("token_use", &["access", "access_token"]),
    ("typ", &["bearer", "at+jwt", "jwt", "access", "access_token"]),
];

/// Kinds of tokens that are bound to a key of the sender (RFC 9449, RFC 8705).
const BOUND: [&str; 3] = ["dpop", "pop", "mac"];

impl Expected {
    /// Reads an answer: the record of the caller, or why the token is refused.
    ///
    /// # Errors
    ///
    /// [`Fault::Token`], when it is not an answer of RFC 7662: 503.
    pub(super) fn read(&self, body: &[u8], now: SystemTime) -> Result<Result<CredentialRecord, Refusal>, Fault> {
        let malformed = |why: String| Fault::Token(format!("the answer is refused: {why}"));
        let document = Document::read(body).map_err(|error| malformed(format!("not a strict JSON object: {error}")))?;
        match document.root().get("active") {
            // P6: exactly `true`. The word "true", a number or a missing member admit nothing.
            Some(Json::Bool(true)) => Ok(self.record(&document, now)),
            Some(Json::Bool(false)) => Ok(Err(Refusal::token(
                Reason::InactiveToken,
                "the issuer states that the token is not active: expired, revoked, or never issued",
            ))),
            _ => Err(malformed("`active` is neither `true` nor `false`".to_owned())),
        }
    }

    fn record(&self, document: &Document, now: SystemTime) -> Result<CredentialRecord, Refusal> {
        let answer = document.root();
        check_kind(answer)?;
        if answer.contains("cnf") {
            return Err(Refusal::claim(Reason::SenderConstrained, "cnf", "binds the token to a key"));
        }
        match answer.get("iss") {
            None => {}
            Some(Json::Text(issuer)) if issuer == self.issuer => {}
            Some(_) => return Err(Refusal::claim(Reason::WrongIssuer, "iss", "not the configured issuer")),
        }
        match answer.get("aud") {
            None if self.may_lack_audience => {}
            None => {
                let remedy = "missing: let the server state it, or call `.dangerous_missing_audience(\"why\")`";
                return Err(Refusal::claim(Reason::MalformedClaims, "aud", remedy));
            }
            aud => check_audience(aud, |one| one == &*self.audience)?,
        }
        let mut record = CredentialRecord::of(self.subject(answer)?).scopes(scopes(answer)?);
        let time = |name| numeric_date(answer, name).map(|date| date.and_then(|date| UNIX_EPOCH.checked_add(date)));
        (record.expires_at, record.not_before, record.issued_at) = (time("exp")?, time("nbf")?, time("iat")?);
        (record.id, record.session) = (text(answer, "jti")?, text(answer, "sid")?);
        (record.is_stated_by_issuer, record.is_cacheable) = (true, false);
        text(answer, "client_id")?;
        // P6: also if the server states that it is active. One of the two is wrong.
        if record.expires_at.is_some_and(|expires| now >= expires) {
            return Err(Refusal::claim(Reason::Expired, "exp", "exp has passed, although the token is active"));
        }
        let mut claims: Map<String, Value> =
            document.decode().map_err(|_| Refusal::token(Reason::MalformedClaims, "the claims cannot be read"))?;
        claims.retain(|name, _| !NOT_CLAIMS.contains(&name.as_str()));
        record.claims = claims;
        Ok(record)
    }

    fn subject(&self, answer: Object<'_>) -> Result<String, Refusal> {
        let name = &self.subject_claim;
        let refused = |why: &'static str| Refusal {
            claim: Some(name.clone().into()),
            ..Refusal::claim(Reason::MalformedClaims, "sub", why)
        };
        match answer.get(name) {
            Some(Json::Text(subject)) if !subject.trim().is_empty() => Ok(subject.to_owned()),
            Some(Json::Text(_)) => Err(refused("empty")),
            Some(_) => Err(refused("not a string")),
            None => Err(refused(
                "missing: let the server state it, or name the member that identifies the caller with \
                 `.subject_claim(\"client_id\")`",
            )),
        }
    }
}

/// P6: a refresh token and an ID token are active too, and must not be accepted as access tokens.
fn check_kind(answer: Object<'_>) -> Result<(), Refusal> {
    for (name, access) in KIND_MEMBERS {
        let kind = match answer.get(name) {
            None => continue,
            Some(Json::Text(kind)) => kind,
            Some(_) => return Err(Refusal::claim(Reason::MalformedClaims, name, "not a string")),
        };
        let is = |word: &&str| kind.eq_ignore_ascii_case(word);
        if BOUND.iter().any(is) {
            return Err(Refusal::claim(Reason::SenderConstrained, name, "binds the token to a key"));
        }
        if !access.iter().any(is) {
            return Err(Refusal::claim(Reason::WrongTokenType, name, "states another kind of token"));
        }
    }
    Ok(())
}

/// The words of `scope`: a string (RFC 7662 section 2.2), or an array as some servers send it.
fn scopes(answer: Object<'_>) -> Result<Vec<String>, Refusal> {
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    match answer.get("scope") {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Text(text)) => Ok(words(text)),
        // P6: an array that has something else grants nothing, because its meaning is unknown.
        Some(Json::Array(array)) => array
            .elements()
            .map(|element| {
                element.text().map(words).ok_or_else(|| malformed("scope", "has a value that is not a string"))
            })
            .collect::<Result<Vec<_>, _>>()
            .map(|words| words.concat()),
        Some(_) => Err(malformed("scope", "neither a string nor an array")),
    }
}

fn text(answer: Object<'_>, name: &'static str) -> Result<Option<String>, Refusal> {
    match answer.get(name) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.to_owned())),
        Some(_) => Err(malformed(name, "not a string")),
    }
}

fn malformed(claim: &'static str, detail: &'static str) -> Refusal {
    Refusal::claim(Reason::MalformedClaims, claim, detail)
}

/// The memory of a record, in bytes: more than its members and the maps of JSON need.
pub(super) fn weight(body: &[u8]) -> u64 {
    const EACH: u64 = 1024;
    EACH + 8 * body.len() as u64
}
