//! What a profile means, in words for the posture.

use super::rules::{IssuerRules, Required, Tenancy};
use crate::base::format_duration;

/// The name of a profile, and where it finds what services read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Places {
    /// `None`: the provider has no profile.
    pub(super) profile: Option<&'static str>,
    /// Empty: `Authorization: Bearer`.
    pub(super) carrier: &'static str,
    pub(super) scopes: &'static str,
    pub(super) roles: &'static str,
}

/// What a profile means.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) name: Option<&'static str>,
    /// Each rule in words.
    pub(crate) rules: Vec<String>,
}

impl Profile {
    pub(crate) fn new(places: Places, rules: &IssuerRules) -> Self {
        let mut said = Vec::new();
        for Required { claim, values, .. } in &rules.required {
            said.push(if values.is_empty() {
                format!("requires {claim}")
            } else {
                format!("requires {claim} = {}", values.join(" or "))
            });
        }
        let mut say = |rule: &str, text: Option<&str>| {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                said.push(format!("{rule} {text}"));
            }
        };
        say("without aud, the audience is", rules.audience_claim.as_deref());
        say("without sub, the caller is", rules.subject_claim.as_deref());
        say("sub starts with", rules.subject_prefix.as_deref());
        say("also named", Some(&rules.other_names.join(", ")));
        let tenants = match &rules.tenancy {
            Tenancy::None => String::new(),
            Tenancy::One(id) => id.as_ref().to_owned(),
            Tenancy::ClosedList(ids) => ids.join(", "),
        };
        say("tenants", Some(&tenants));
        say("lifetime up to", rules.max_lifetime.map(format_duration).as_deref());
        say("ignores in the header", Some(&rules.ignored_header_members().join(", ")));
        say("carried in", Some(places.carrier));
        say("scopes in", Some(places.scopes));
        say("roles in", Some(places.roles));
        Self { name: places.profile, rules: said }
    }
}
