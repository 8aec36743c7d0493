//! The security schemes of a document, with those that the gate adds: [`Schemes`].

use super::{DocumentedSecurity, SecurityAlternative, SecurityCarrier};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The name of the scheme of the one-time set-up.
const SETUP: &str = "setupToken";

/// Chooses the scheme of each carrier, and collects those that the document lacks.
pub(super) struct Schemes {
    own: Map<String, Value>,
    added: Vec<SecurityCarrier>,
    /// The scheme and the header of each sender.
    senders: BTreeMap<String, &'static str>,
    has_setup: bool,
    is_3_0: bool,
}

impl Schemes {
    /// `own`: the document's `securitySchemes`.
    pub(super) fn new(own: Map<String, Value>, version: &str) -> Self {
        Self { own, added: Vec::new(), senders: BTreeMap::new(), has_setup: false, is_3_0: version.starts_with("3.0") }
    }

    /// The `security` of an operation. Empty if no credential is needed.
    pub(super) fn requirements(&mut self, security: &DocumentedSecurity) -> Vec<Map<String, Value>> {
        let mut requirements: Vec<Map<String, Value>> = Vec::new();
        if !security.rejects_bad_tokens() {
            return requirements;
        }
        let mut add = |requirement| {
            if !requirements.contains(&requirement) {
                requirements.push(requirement);
            }
        };
        for alternative in &security.alternatives {
            match alternative {
                SecurityAlternative::Unauthenticated => add(Map::new()),
                SecurityAlternative::Token(scopes) => {
                    for carrier in &security.carriers {
                        let (name, has_scopes) = self.of(carrier);
                        let scopes = if has_scopes { json!(scopes) } else { json!([]) };
                        add(Map::from_iter([(name, scopes)]));
                    }
                }
                SecurityAlternative::SetupToken => {
                    add(Map::from_iter([(SETUP.to_owned(), json!([]))]));
                    self.has_setup = true;
                }
                SecurityAlternative::Signature { sender, header } => {
                    let name = SecurityAlternative::signature_scheme(sender);
                    add(Map::from_iter([(name.clone(), json!([]))]));
                    self.senders.insert(name, header);
                }
            }
        }
        requirements
    }

    /// The name of the carrier's scheme, and whether a requirement of it has scopes.
    ///
    /// The document's own, if it has exactly one.
    fn of(&mut self, carrier: &SecurityCarrier) -> (String, bool) {
        let mut described = self.own.iter().filter(|(_, scheme)| carrier.is_described_by(scheme));
        // OpenAPI 3.0: "For other security scheme types, the array MUST be empty."
        if let (Some((name, scheme)), None) = (described.next(), described.next()) {
            let is_oauth = matches!(scheme["type"].as_str(), Some("oauth2" | "openIdConnect"));
            return (name.clone(), !self.is_3_0 || is_oauth);
        }
        match self.added.iter_mut().find(|added| added.name() == carrier.name()) {
            Some(added) => added.restrict_to_jwt(carrier),
            None => self.added.push(carrier.clone()),
        }
        (carrier.name(), !self.is_3_0)
    }

    /// The schemes to add. One of the same name may be one of several for the carrier.
    pub(super) fn added(self) -> impl Iterator<Item = (String, Value)> {
        let Self { own, added, senders, has_setup, .. } = self;
        let description = "The token of the one-time set-up. It opens nothing after the set-up was closed.";
        let setup = json!({ "type": "http", "scheme": "bearer", "description": description });
        let signature = |(name, header)| (name, json!({ "type": "apiKey", "in": "header", "name": header }));
        added
            .into_iter()
            .map(|carrier| (carrier.name(), carrier.scheme()))
            .chain(senders.into_iter().map(signature))
            .chain(has_setup.then(|| (SETUP.to_owned(), setup)))
            .filter(move |(name, _)| !own.contains_key(name))
    }
}
