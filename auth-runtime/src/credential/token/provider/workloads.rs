//! Profiles of providers that issue tokens to programs, and of proxies.

use super::Provider;
use super::provider::host;
use crate::base::Algorithm;
use crate::credential::token::TokenType;
use std::time::Duration;

impl Provider {
    /// Describes the service accounts of a Kubernetes cluster, by the issuer of the API server.
    ///
    /// The audience is that of the projected volume (`serviceAccountToken.audience`). A cluster may
    /// extend tokens to a year, so they may live as long.
    pub fn kubernetes(issuer: impl Into<String>) -> Self {
        // Tokens of secrets are not bound to a pod and have no `kubernetes.io`.
        Self::custom(issuer)
            .known_as("Kubernetes", "", "kubernetes.io")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::AnyJwt)
            .with_claim("kubernetes.io")
            .max_lifetime(Duration::from_secs(24 * 365 * 60 * 60))
    }

    /// Describes GitHub Actions, for the workflows of one owner of repositories.
    ///
    /// Each workflow chooses the audience, so a token of any other owner is rejected. Require more
    /// claims with [`require_claim`](Self::require_claim): `repository`, `ref`, `environment`.
    pub fn github_actions(owner: impl Into<String>) -> Self {
        Self::custom("https://token.actions.githubusercontent.com")
            .known_as("GitHub Actions", "", "repository, ref and environment")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::IdToken)
            .require_claim("repository_owner", [owner])
            .max_lifetime(Duration::from_secs(60 * 60))
    }

    /// Describes the jobs of GitLab CI, for the projects of one namespace.
    ///
    /// Each job chooses the audience, so a token of any other namespace is rejected. Require more
    /// claims with [`require_claim`](Self::require_claim): `project_path`, `ref`, `environment`.
    pub fn gitlab_ci(base: impl AsRef<str>, namespace: impl Into<String>) -> Self {
        Self::custom(base.as_ref().trim_end_matches('/'))
            .known_as("GitLab CI", "", "project_path, ref and environment")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::IdToken)
            .require_claim("namespace_path", [namespace])
    }

    /// Describes the applications behind Cloudflare Access, by the name of the team.
    ///
    /// The audience is the `AUD` tag of the application. Tokens of services have an empty `sub`:
    /// their subject is `common_name:` and the client id. The proxy sends the token in the header
    /// `Cf-Access-Jwt-Assertion`.
    pub fn cloudflare_access(team: impl AsRef<str>) -> Self {
        let issuer = format!("https://{}.cloudflareaccess.com", team.as_ref());
        let keys = format!("{issuer}/cdn-cgi/access/certs");
        // Tokens of the organization say `org`.
        Self::custom(issuer)
            .known_as("Cloudflare Access", "", "custom")
            .keys_at(keys)
            .signed_with(Algorithm::RS256)
            .carried_in("Cf-Access-Jwt-Assertion")
            .token_type(TokenType::AnyJwt)
            .shown_by("type", &["app"])
            .subject_in("common_name")
    }

    /// Describes the JWT-SVIDs of a SPIFFE trust domain, by the issuer that its server writes.
    ///
    /// `sub` must be an id in this trust domain. A JWT-SVID without `iss` is rejected: set
    /// `jwt_issuer` in the SPIRE server.
    pub fn spiffe(trust_domain: impl AsRef<str>, issuer: impl Into<String>) -> Self {
        let trust_domain = trust_domain.as_ref();
        let domain = host(trust_domain.strip_prefix("spiffe://").unwrap_or(trust_domain));
        let mut provider = Self::custom(issuer).known_as("SPIFFE", "", "sub").token_type(TokenType::AnyJwt);
        provider.rules.subject_prefix = Some(format!("spiffe://{domain}/").into());
        provider
    }
}
