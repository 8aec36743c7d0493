//! The kinds of credentials that a verifier accepts, and the carriers of each.

use super::posture::{CredentialPosture, authorization_servers};
use crate::base::ConfigError;
use crate::credential::carrier::{Carrier, Carriers, Found};
use crate::credential::lookup::{CredentialKind, CredentialSource};
use crate::credential::token::{Issuers, jws};
use crate::credential::{Origin, VerifiedClaims};
use crate::rejection::{IssuerNames, ProtectedResource, Refusal};
use crate::revocation::Revocations;
use auth_events::{Events, Reason};
use http::request::Parts;
use std::fmt;
use std::sync::Arc;

/// A kind of credential.
#[derive(Clone)]
pub(super) enum Kind {
    /// A JWT of one of the issuers.
    Token,
    LookedUp(LookUp),
}

/// A kind that is looked up, with the names for its claims and events.
#[derive(Clone)]
pub(super) struct LookUp {
    pub(super) source: Arc<dyn CredentialSource>,
    pub(super) names: Arc<IssuerNames>,
}

/// The kinds of credentials of a verifier. There is at least one.
pub(super) struct Accepted {
    /// `None`: no JWT is accepted.
    pub(super) issuers: Option<Issuers>,
    pub(super) carriers: Carriers,
    /// The kinds in each of the carriers.
    in_carrier: Vec<Vec<Kind>>,
    /// The kinds that need no carrier: a token from a queue, for instance.
    elsewhere: Vec<Kind>,
    token_carriers: Vec<Carrier>,
    looked_up: Vec<LookUp>,
    /// All issuers and audiences, for events about credentials whose issuer is unknown.
    pub(super) names: Arc<IssuerNames>,
}

impl Accepted {
    /// `tokens`: the issuers of JWTs, and their carriers.
    pub(super) fn new(
        tokens: Option<(Issuers, Vec<Carrier>)>,
        kinds: Vec<CredentialKind>,
    ) -> Result<Self, ConfigError> {
        let mut issuers: Vec<String> = Vec::new();
        let mut audience = None;
        let mut placed: Vec<(Kind, Vec<Carrier>)> = Vec::new();
        let mut token_carriers = Vec::new();
        let tokens = tokens.map(|(trusted, carriers)| {
            issuers.extend(trusted.all().flat_map(|issuer| issuer.spellings()).map(|text| text.as_ref().to_owned()));
            audience = Some(Arc::clone(&trusted.names.audience));
            token_carriers.clone_from(&carriers);
            placed.push((Kind::Token, carriers));
            trusted
        });
        let mut looked_up = Vec::new();
        for source in kinds.into_iter().map(CredentialKind::into_source) {
            source.check()?;
            let issuer = source.issuer();
            // P2: the same subject of two kinds would be one caller.
            if issuers.iter().any(|other| other == issuer) {
                return Err(ConfigError::DuplicateIssuer(issuer.to_owned()));
            }
            issuers.push(issuer.to_owned());
            let issuer: Arc<str> = issuer.into();
            let own = source.audience().map(Arc::from);
            let audience = own.or_else(|| audience.clone()).unwrap_or_else(|| Arc::clone(&issuer));
            let look_up = LookUp { names: Arc::new(IssuerNames { issuer, audience }), source };
            looked_up.push(look_up.clone());
            placed.push((Kind::LookedUp(look_up.clone()), look_up.source.carriers().to_vec()));
        }
        let (carriers, in_carrier) = placed_in_carriers(&placed)?;
        let carriers = Carriers::new(carriers)?;
        let opaque = placed.iter().filter(|(kind, _)| kind.is_opaque_token()).count();
        let is_known = |kind: &Kind| match kind {
            Kind::Token => true,
            // Without a carrier, nothing tells two kinds of opaque tokens apart.
            Kind::LookedUp(_) if kind.is_opaque_token() => opaque == 1,
            Kind::LookedUp(_) => kind.has_distinct_form(),
        };
        let elsewhere: Vec<_> = placed.into_iter().map(|(kind, _)| kind).filter(is_known).collect();
        let audience = match (&audience, looked_up.first()) {
            (Some(audience), _) => Arc::clone(audience),
            (None, Some(look_up)) => Arc::clone(&look_up.names.audience),
            (None, None) => return Err(ConfigError::Empty("list of credentials")),
        };
        let names = Arc::new(IssuerNames { issuer: issuers.join(" ").into(), audience });
        Ok(Self { issuers: tokens, carriers, in_carrier, elsewhere, token_carriers, looked_up, names })
    }

    /// The kind of a credential: by its carrier, and by its form where kinds share the carrier.
    ///
    /// P6: exactly one kind decides about a credential. No other one is tried after it.
    #[inline]
    pub(super) fn kind(&self, found: Found<'_>) -> Result<&Kind, Refusal> {
        let kinds = match found.carrier {
            Some(carrier) => self.in_carrier.get(carrier).map_or(&[][..], Vec::as_slice),
            None => &self.elsewhere,
        };
        if let [only] = kinds
            && !(only.is_opaque_token() && self.issuers.is_some())
        {
            return Ok(only);
        }
        let text = found.credential.token()?;
        let is_jwt = jws::has_form(text);
        let distinct = || kinds.iter().filter(|kind| kind.has_distinct_form());
        if let Some(of_form) = distinct().find(|kind| kind.has_form(text)) {
            return Ok(of_form);
        }
        // P6: where JWTs are accepted, a JWT is never an opaque token, in whatever carrier it is.
        let may_be = |kind: &&Kind| match kind {
            Kind::Token => kinds.len() == 1 || is_jwt || !kinds.iter().any(Kind::is_opaque_token),
            Kind::LookedUp(_) if kind.is_opaque_token() => !(is_jwt && self.issuers.is_some()),
            Kind::LookedUp(_) => !kind.has_distinct_form(),
        };
        let other = kinds.iter().find(may_be);
        // The event of a key of another environment must not be that of a malformed JWT, and no
        // introspection endpoint must see the key.
        if other.is_none_or(|kind| matches!(kind, Kind::Token) || kind.is_opaque_token())
            && let Some(foreign) =
                distinct().find(|kind| kind.source().is_some_and(|source| source.is_of_other_environment(text)))
        {
            return Ok(foreign);
        }
        other.ok_or_else(|| Refusal::token(Reason::MalformedCredentials, "no accepted credential has this form"))
    }

    /// Finds the only credential of a request.
    pub(super) fn find<'a>(&self, parts: &'a Parts) -> Result<Found<'a>, Refusal> {
        self.carriers.find(parts, |name, value| {
            self.token_carriers.iter().any(|carrier| carrier.is_parameter(name))
                || self.looked_up.iter().any(|look_up| look_up.source.is_in_query(name, value))
        })
    }

    /// Reports failures of the kinds that are looked up to these events.
    pub(super) fn report_to(&self, events: &Events) {
        self.looked_up.iter().for_each(|look_up| look_up.source.report_to(events));
    }
}

impl Accepted {
    /// P6: a revocation must not end before the record of its credential does.
    pub(super) fn keep_revocations(&self, store: &dyn Revocations) -> Result<(), ConfigError> {
        self.looked_up.iter().try_for_each(|look_up| store.keep_forever(&look_up.names.issuer))
    }

    /// The kinds with their carriers, for the posture.
    pub(super) fn posture(&self) -> Vec<CredentialPosture> {
        let tokens = self.issuers.as_ref().map(|issuers| CredentialPosture {
            kind: Kind::Token.name().to_owned(),
            issuers: issuers.all().map(|issuer| issuer.name.as_ref().to_owned()).collect(),
            carriers: self.token_carriers.iter().map(ToString::to_string).collect(),
            places: self.token_carriers.clone(),
            is_of_server: true,
            accepts_any_audience: false,
            records: None,
        });
        let looked_up = self.looked_up.iter().map(|LookUp { source, names }| CredentialPosture {
            kind: source.kind().to_owned(),
            issuers: vec![names.issuer.as_ref().to_owned()],
            carriers: source.carriers().iter().map(ToString::to_string).collect(),
            places: source.carriers().to_vec(),
            is_of_server: source.is_opaque_token(),
            accepts_any_audience: source.accepts_any_audience(),
            records: Some(source.posture()),
        });
        tokens.into_iter().chain(looked_up).collect()
    }
}

impl Accepted {
    /// P9: checks the identifier of the resource. A client that is sent to no authorization server
    /// could never sign in.
    pub(super) fn protected_resource(&self, url: &str) -> Result<ProtectedResource, ConfigError> {
        let resource = ProtectedResource::new(url)?;
        if authorization_servers(&self.posture()).is_empty() {
            let why = "no issuer of the verifier is a URL, by which clients find the authorization server: set \
                       `.issuer(\"https://..\")`, or remove `.resource(..)`";
            return Err(ConfigError::Resource { resource: url.to_owned(), why });
        }
        Ok(resource)
    }
}

impl Kind {
    /// P6: whether these claims were verified as a credential of this kind.
    ///
    /// The cache's key is the text of a credential, and two kinds could have the same text.
    pub(super) fn verified(&self, claims: &VerifiedClaims) -> bool {
        match (self, &claims.origin) {
            (Self::Token, Origin::Token(..)) => true,
            (Self::LookedUp(look_up), Origin::LookedUp(by)) => Arc::ptr_eq(&look_up.source, by.source()),
            _ => false,
        }
    }

    fn source(&self) -> Option<&dyn CredentialSource> {
        match self {
            Self::Token => None,
            Self::LookedUp(look_up) => Some(&*look_up.source),
        }
    }

    fn has_distinct_form(&self) -> bool {
        self.source().is_some_and(CredentialSource::has_distinct_form)
    }

    fn has_form(&self, text: &str) -> bool {
        self.source().is_some_and(|source| source.has_form(text))
    }

    fn is_opaque_token(&self) -> bool {
        self.source().is_some_and(CredentialSource::is_opaque_token)
    }

    fn name(&self) -> &str {
        match self {
            Self::Token => "JWT",
            Self::LookedUp(look_up) => look_up.source.kind(),
        }
    }
}

/// All carriers, and the kinds in each.
///
/// P9: kinds share a carrier only if the form of a credential tells its kind.
fn placed_in_carriers(placed: &[(Kind, Vec<Carrier>)]) -> Result<(Vec<Carrier>, Vec<Vec<Kind>>), ConfigError> {
    let (mut carriers, mut in_carrier): (Vec<Carrier>, Vec<Vec<Kind>>) = (Vec::new(), Vec::new());
    for (kind, own) in placed {
        if own.is_empty() {
            return Err(ConfigError::Empty("list of carriers"));
        }
        for carrier in own {
            if let Some(place) = carriers.iter().position(|other| other == carrier) {
                in_carrier[place].push(kind.clone());
            } else {
                carriers.push(carrier.clone());
                in_carrier.push(vec![kind.clone()]);
            }
        }
    }
    for (carrier, kinds) in carriers.iter().zip(&in_carrier) {
        let alike: Vec<&Kind> = kinds.iter().filter(|kind| !kind.has_distinct_form()).collect();
        let are_distinct = match alike[..] {
            [] | [_] => true,
            [Kind::Token, other] | [other, Kind::Token] => other.is_opaque_token(),
            _ => false,
        };
        if let [first, second, ..] = alike[..]
            && !are_distinct
        {
            return Err(ConfigError::SharedCarrier {
                carrier: carrier.to_string(),
                kinds: format!("{} and {}", first.name(), second.name()),
            });
        }
    }
    Ok((carriers, in_carrier))
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.looked_up.iter().map(|look_up| look_up.source.kind()).collect();
        f.debug_struct("Accepted").field("issuers", &self.issuers).field("kinds", &kinds).finish_non_exhaustive()
    }
}
