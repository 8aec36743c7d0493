//! Microsoft Entra ID: one tenant, or a closed list of tenants.

use super::Provider;
use super::rules::{TENANT_ID, Tenancy};
use crate::base::Algorithm;
use crate::credential::token::TokenType;
use std::sync::Arc;
use std::time::Duration;

const HOST: &str = "https://login.microsoftonline.com";

/// Continuous access evaluation makes tokens that live for up to 28 hours.
const LONGEST: Duration = Duration::from_secs(29 * 60 * 60);

impl Provider {
    /// Describes one tenant of Microsoft Entra ID, by its id. Tokens of version 2.0.
    ///
    /// The API must have `"requestedAccessTokenVersion": 2` in its manifest. The audience is the id
    /// of the API's application. Application roles are in `roles`, delegated scopes in `scp`.
    ///
    /// ```
    /// # use auth_runtime::credentials::Provider;
    /// let entra = Provider::entra("8eaef023-2b34-4da1-9baa-8bc8c9d6a490");
    /// # assert!(entra.issuer().ends_with("/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0"));
    /// ```
    pub fn entra(tenant: impl AsRef<str>) -> Self {
        let tenant = id(tenant.as_ref());
        let mut provider = version_2(format!("{HOST}/{tenant}/v2.0"));
        provider.rules.tenancy = Tenancy::One(tenant);
        provider
    }

    /// Describes several tenants of Microsoft Entra ID: a closed list of their ids.
    ///
    /// The issuer of a token must be that of its claim `tid`, and `tid` must be in the list. A key
    /// that Entra ID publishes for one tenant verifies tokens of this tenant only. Each tenant is
    /// an issuer of its own: the same `sub` in two tenants is two callers.
    pub fn entra_tenants<T: AsRef<str>>(tenants: impl IntoIterator<Item = T>) -> Self {
        let tenants = tenants.into_iter().map(|tenant| id(tenant.as_ref())).collect();
        let mut provider = version_2(format!("{HOST}/{TENANT_ID}/v2.0"));
        provider.rules.tenancy = Tenancy::ClosedList(tenants);
        provider.keys_at(format!("{HOST}/common/discovery/v2.0/keys"))
    }
}

/// The ids in tokens have small letters.
fn id(tenant: &str) -> Arc<str> {
    tenant.to_ascii_lowercase().into()
}

fn version_2(issuer: String) -> Provider {
    // Its keys do not state an algorithm. An ID token has no `azp`.
    Provider::custom(issuer)
        .known_as("Entra ID", "scp", "roles and groups")
        .signed_with(Algorithm::RS256)
        .token_type(TokenType::AnyJwt)
        .shown_by("azp", &[])
        .max_lifetime(LONGEST)
}
