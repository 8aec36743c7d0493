//! What the metadata of a protected resource state of its routes: [`ResourceDescription`].

use super::{Policy, Posture};
use crate::verifier::authorization_servers;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Describes a protected resource (RFC 9728 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::router) struct ResourceDescription {
    pub(in crate::router) resource: String,
    authorization_servers: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(in crate::router) scopes_supported: BTreeSet<String>,
    /// Empty if no token is accepted in `Authorization: Bearer`.
    bearer_methods_supported: BTreeSet<&'static str>,
    /// Where it is served, from the root of the host.
    #[serde(skip)]
    pub(in crate::router) path: String,
}

impl Posture {
    /// Describes the protected resources of all verifiers, from their routes.
    pub(in crate::router) fn resources(&self) -> Vec<ResourceDescription> {
        let mut found: BTreeMap<&str, ResourceDescription> = BTreeMap::new();
        for route in self.routes() {
            let Some(verifier) = route.verifier.as_deref() else { continue };
            let Some(resource) = verifier.client.resource() else { continue };
            let description = found.entry(resource.identifier()).or_insert_with(|| ResourceDescription {
                resource: resource.identifier().to_owned(),
                authorization_servers: BTreeSet::new(),
                scopes_supported: BTreeSet::new(),
                bearer_methods_supported: BTreeSet::new(),
                path: resource.metadata_path().to_owned(),
            });
            let servers = authorization_servers(&verifier.credentials).into_iter().map(str::to_owned);
            description.authorization_servers.extend(servers);
            let tokens = verifier.credentials.iter().filter(|kind| kind.is_of_server);
            if tokens.flat_map(|kind| &kind.carriers).any(|carrier| carrier == "Authorization: Bearer") {
                description.bearer_methods_supported.insert("header");
            }
            if let Policy::Authenticated { permissions, .. } = &route.policy {
                let mut scopes = BTreeSet::new();
                for permission in permissions {
                    permission.scopes(&mut scopes);
                }
                description.scopes_supported.extend(scopes.into_iter().map(str::to_owned));
            }
        }
        found.into_values().collect()
    }

    /// P9: the resources whose metadata are not served as the challenges name them, or are older
    /// than the routes.
    pub(in crate::router) fn undescribed(&self) -> Vec<String> {
        let is_served = |expected: &ResourceDescription| {
            let mut rows = self.routes().iter().filter(|row| row.path == expected.path);
            rows.any(|row| row.describes.as_deref() == Some(expected))
        };
        self.resources().into_iter().filter(|expected| !is_served(expected)).map(|missing| missing.resource).collect()
    }
}

/// Names the remedy for a resource without current metadata.
pub(in crate::router) fn undescribed_message(resource: &str) -> String {
    format!(
        "metadata of a protected resource are missing, or older than its routes: `{resource}`: call \
         `.protected_resource_metadata(..)` last, on the outermost router"
    )
}
