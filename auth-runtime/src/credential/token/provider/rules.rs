//! The rules of one issuer where they differ from those of the verifier.

use crate::base::ConfigError;
use crate::credential::token::TokenType;
use crate::credential::token::check_audience;
use crate::credential::token::json::{Json, Object};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Stands for the tenant in issuers of Entra ID, in discovery documents and in keys.
pub(super) const TENANT_ID: &str = "{tenantid}";

/// The longest lifetime that a verifier can be configured with.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(24 * 366 * 60 * 60);

/// The rules of one issuer. The default adds nothing and removes nothing.
///
/// None of them replaces a check of the signature, the issuer, the times or duplicate members.
#[derive(Debug, Clone, Default)]
pub(crate) struct IssuerRules {
    pub(crate) token_type: Option<TokenType>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(super) required: Vec<Required>,
    /// The claim that identifies the caller where `sub` is missing or empty.
    pub(super) subject_claim: Option<Arc<str>>,
    pub(super) subject_prefix: Option<Arc<str>>,
    /// The claim that names the audience where `aud` is missing.
    pub(super) audience_claim: Option<Arc<str>>,
    /// Other spellings of the issuer.
    pub(crate) other_names: Vec<Arc<str>>,
    pub(super) tenancy: Tenancy,
    pub(super) ignores_jku: bool,
}

/// A claim that a token must have.
#[derive(Debug, Clone)]
pub(super) struct Required {
    pub(super) claim: Arc<str>,
    /// The permitted values. None: any value but `null`.
    pub(super) values: Vec<Arc<str>>,
    /// Whether the claim shows an access token, or the kind of token that the profile is for.
    pub(super) shows_kind: bool,
}

/// Whose tenants an issuer has.
#[derive(Debug, Clone, Default)]
pub(super) enum Tenancy {
    /// The issuer has no tenants.
    #[default]
    None,
    /// One tenant, whose id is in the name of the issuer.
    One(Arc<str>),
    /// A closed list. The name of the issuer is a template.
    ClosedList(Vec<Arc<str>>),
}

/// A tenant with the issuer that its tokens name.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: Arc<str>,
    pub(crate) issuer: Arc<str>,
}

impl IssuerRules {
    /// The tenants of an issuer with this name. An issuer without tenants has none.
    pub(crate) fn tenants(&self, name: &str) -> Vec<Tenant> {
        let tenant = |id: &Arc<str>| Tenant { id: Arc::clone(id), issuer: name.replace(TENANT_ID, id).into() };
        match &self.tenancy {
            Tenancy::None => Vec::new(),
            Tenancy::One(id) => vec![tenant(id)],
            Tenancy::ClosedList(ids) => ids.iter().map(tenant).collect(),
        }
    }

    /// Whether the issuer has tenants, of which a key may serve one only.
    pub(crate) fn has_tenants(&self) -> bool {
        !matches!(self.tenancy, Tenancy::None)
    }

    /// Whether the name of the issuer is a template for a closed list of tenants.
    pub(crate) fn has_tenant_list(&self) -> bool {
        matches!(self.tenancy, Tenancy::ClosedList(_))
    }

    /// Checks the configuration.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.max_lifetime.is_some_and(|longest| longest.is_zero() || longest > MAX_LIFETIME) {
            return bounds("max_lifetime", "use more than zero and at most a year");
        }
        let tenants = match &self.tenancy {
            Tenancy::None => &[][..],
            Tenancy::One(id) => std::slice::from_ref(id),
            Tenancy::ClosedList(ids) => ids,
        };
        if !tenants.iter().all(|id| is_tenant_id(id)) {
            return bounds("entra", "use the id of the tenant, such as `8eaef023-2b34-4da1-9baa-8bc8c9d6a490`");
        }
        let claims = self.required.iter().map(|required| &required.claim);
        if claims.chain(&self.subject_claim).chain(&self.audience_claim).any(|claim| claim.trim().is_empty()) {
            return Err(ConfigError::Empty("name of a claim"));
        }
        Ok(())
    }

    /// The members of a header that are ignored. Nothing ever reads them.
    pub(crate) fn ignored_header_members(&self) -> &'static [&'static str] {
        if self.ignores_jku { &["jku"] } else { &[] }
    }

    /// Whether a required claim shows that a token is of the accepted kind.
    ///
    /// [`check_required`](Self::check_required) has found it in the token.
    pub(crate) fn shows_kind(&self) -> bool {
        self.required.iter().any(|required| required.shows_kind)
    }

    /// Checks the required claims.
    pub(crate) fn check_required(&self, claims: Object<'_>) -> Result<(), Refusal> {
        for Required { claim, values, shows_kind } in &self.required {
            let holds = match claims.get(claim) {
                None | Some(Json::Null) => false,
                Some(Json::Text(text)) => values.is_empty() || values.iter().any(|value| **value == *text),
                Some(_) => values.is_empty(),
            };
            if !holds {
                let reason = if *shows_kind { Reason::WrongTokenType } else { Reason::MalformedClaims };
                let why = "missing, or not a value that the profile of the provider requires";
                return Err(refused(reason, claim, why));
            }
        }
        Ok(())
    }

    /// Returns the subject, and whether it is from another claim than `sub`.
    ///
    /// P2: a subject from another claim starts with the name of the claim, so that it is never the
    /// `sub` of another caller.
    pub(crate) fn subject(&self, claims: Object<'_>) -> Result<(String, bool), Refusal> {
        let subject = match (claims.get("sub"), &self.subject_claim) {
            (None | Some(Json::Text("")), Some(claim)) => {
                return match claims.get(claim).and_then(Json::text) {
                    Some(text) if !text.trim().is_empty() => Ok((format!("{claim}:{text}"), true)),
                    _ => {
                        let why = "missing like `sub`, and identifies a caller without `sub`";
                        Err(refused(Reason::MalformedClaims, claim, why))
                    }
                };
            }
            (Some(Json::Text(sub)), claim) => {
                if claim
                    .as_ref()
                    .is_some_and(|claim| sub.strip_prefix(&**claim).is_some_and(|end| end.starts_with(':')))
                {
                    return Err(malformed("sub", "has the form of a caller without `sub`"));
                }
                sub
            }
            (None, None) => {
                return Err(malformed("sub", "missing: name the claim that identifies the caller in the profile"));
            }
            (Some(_), _) => return Err(malformed("sub", "not a string")),
        };
        if subject.trim().is_empty() {
            return Err(malformed("sub", "empty"));
        }
        match &self.subject_prefix {
            Some(prefix) if !subject.starts_with(&**prefix) => Err(malformed("sub", "not of the trust domain")),
            _ => Ok((subject.to_owned(), false)),
        }
    }

    /// Checks that a token is for one of these audiences (RFC 7519 section 4.1.3).
    ///
    /// Returns the audience where it is from another claim than `aud`. P6: with an `aud`, no other
    /// claim decides.
    pub(crate) fn check_audience<'a>(
        &self,
        audiences: &'a [Arc<str>],
        claims: Object<'_>,
    ) -> Result<Option<&'a Arc<str>>, Refusal> {
        let of = |one: &str| audiences.iter().find(|audience| ***audience == *one);
        let Some(claim) = self.audience_claim.as_ref().filter(|_| !claims.contains("aud")) else {
            return check_audience(claims.get("aud"), |one| of(one).is_some()).map(|()| None);
        };
        let Some(one) = claims.get(claim).and_then(Json::text) else {
            let why = "missing like `aud`, and names the audience of a token without `aud`";
            return Err(refused(Reason::MalformedClaims, claim, why));
        };
        of(one).map(Some).ok_or_else(|| refused(Reason::WrongAudience, claim, "not an audience of the verifier"))
    }
}

/// The issuer of a tenant's tokens, from a template in a key.
pub(crate) fn tenant_of(template: &str, id: &str) -> String {
    template.replace(TENANT_ID, id)
}

/// A GUID with small letters, as in `tid`.
fn is_tenant_id(id: &str) -> bool {
    let parts: Vec<_> = id.split('-').collect();
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| is_hex(part))
}

/// A claim that the configuration names. Its name is not from the token.
fn refused(reason: Reason, claim: &str, why: &'static str) -> Refusal {
    Refusal { claim: Some(Cow::Owned(claim.to_owned())), ..Refusal::token(reason, why) }
}

fn malformed(claim: &'static str, why: &'static str) -> Refusal {
    Refusal::claim(Reason::MalformedClaims, claim, why)
}
