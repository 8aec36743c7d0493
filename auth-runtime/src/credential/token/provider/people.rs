//! Profiles of providers at which people sign in.

use super::Provider;
use super::provider::host;
use crate::base::Algorithm;
use crate::credential::token::TokenType;
use std::time::Duration;

impl Provider {
    /// Describes an Auth0 tenant, by its domain or custom domain.
    ///
    /// The audience is the identifier of the API. Permissions of users are in `permissions`, if the
    /// API adds them.
    pub fn auth0(domain: impl AsRef<str>) -> Self {
        // The header says `JWT` unless the API uses the profile of RFC 9068.
        Self::custom(format!("https://{}/", host(domain.as_ref())))
            .known_as("Auth0", "scope", "permissions")
            .token_type(TokenType::AnyJwt)
    }

    /// Describes a custom authorization server of Okta, such as `default`.
    ///
    /// Tokens of Okta's own authorization server are for Okta only, and are not described.
    pub fn okta(domain: impl AsRef<str>, authorization_server: impl AsRef<str>) -> Self {
        // An ID token has no `cid`.
        Self::custom(format!("https://{}/oauth2/{}", host(domain.as_ref()), authorization_server.as_ref()))
            .known_as("Okta", "scp", "groups")
            .token_type(TokenType::AnyJwt)
            .shown_by("cid", &[])
    }

    /// Describes a user pool of Amazon Cognito, by its region and id.
    ///
    /// Access tokens have an `aud` only with resource binding. Without it, the audience is the id
    /// of the app client: `.audience("the id")`, and `.also_audience(..)` for each other client.
    pub fn cognito(region: impl AsRef<str>, pool: impl AsRef<str>) -> Self {
        Self::custom(format!("https://cognito-idp.{}.amazonaws.com/{}", region.as_ref(), pool.as_ref()))
            .known_as("Cognito", "scope", "cognito:groups")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::AnyJwt)
            .shown_by("token_use", &["access"])
            .audience_in("client_id")
    }

    /// Describes a realm of Keycloak, by the base URL of the server.
    ///
    /// Add an audience mapper to the client scope. Releases before 17 have `/auth` in the base URL.
    /// From release 25 on, tokens without the client scope `basic` have no `sub`.
    pub fn keycloak(base: impl AsRef<str>, realm: impl AsRef<str>) -> Self {
        // ID tokens say `ID`, refresh tokens `Refresh`. Access tokens had a `nonce` before
        // release 25.
        Self::custom(format!("{}/realms/{}", base.as_ref().trim_end_matches('/'), realm.as_ref()))
            .known_as("Keycloak", "scope", "realm_access.roles and resource_access.<client>.roles")
            .token_type(TokenType::AnyJwt)
            .shown_by("typ", &["Bearer"])
    }

    /// Describes Google's accounts, whose ID tokens are the credentials.
    ///
    /// Google's access tokens are not JWTs. The audience is the client id of the web, iOS or
    /// Android application. [`require_claim`](Self::require_claim) with `hd` admits one domain of
    /// Google Workspace only.
    pub fn google() -> Self {
        Self::custom("https://accounts.google.com")
            .known_as("Google", "", "")
            .also_named("accounts.google.com")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::IdToken)
            .max_lifetime(Duration::from_secs(60 * 60))
    }

    /// Describes a project of Firebase Authentication, whose ID tokens are the credentials.
    ///
    /// The audience is the id of the project. The tokens of the emulator are not signed and are
    /// rejected.
    pub fn firebase(project: impl AsRef<str>) -> Self {
        Self::custom(format!("https://securetoken.google.com/{}", project.as_ref()))
            .known_as("Firebase", "", "custom claims")
            .keys_at("https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::IdToken)
            .with_claim("auth_time")
            .max_lifetime(Duration::from_secs(60 * 60))
    }

    /// Describes an instance of Zitadel, by its domain.
    ///
    /// The application must issue JWTs as access tokens. The audience is the id of the project or
    /// of the client. Roles are the names of an object's members:
    /// `claim!(Admin = "admin" in keys of "urn:zitadel:iam:org:project:roles")`.
    pub fn zitadel(domain: impl AsRef<str>) -> Self {
        // An ID token has no `jti`.
        Self::custom(format!("https://{}", host(domain.as_ref())))
            .known_as("Zitadel", "scope", "the keys of urn:zitadel:iam:org:project:roles")
            .token_type(TokenType::AnyJwt)
            .shown_by("jti", &[])
    }

    /// Describes Duende `IdentityServer`, or `IdentityServer4`, by its authority.
    ///
    /// Its access tokens follow RFC 9068. Older clients write no `jti`: set `IncludeJwtId`.
    pub fn duende(authority: impl Into<String>) -> Self {
        Self::custom(authority).known_as("Duende IdentityServer", "scope", "role").token_type(TokenType::AccessToken)
    }

    /// Describes an application of authentik, by the base URL of the server and its slug.
    ///
    /// The audience is the client id. The provider needs a signing key: without one, its tokens
    /// are signed with the client secret.
    pub fn authentik(base: impl AsRef<str>, application: impl AsRef<str>) -> Self {
        // Access tokens are made from ID tokens, with their `nonce`, and get a `uid`.
        let base = base.as_ref().trim_end_matches('/');
        Self::custom(format!("{base}/application/o/{}/", application.as_ref()))
            .known_as("authentik", "scope", "groups")
            .token_type(TokenType::AnyJwt)
            .shown_by("uid", &[])
    }

    /// Describes Dex, by its issuer, whose ID tokens are the credentials.
    ///
    /// The access tokens of Dex have the same shape. The audience is the client id.
    pub fn dex(issuer: impl Into<String>) -> Self {
        Self::custom(issuer).known_as("Dex", "", "groups").signed_with(Algorithm::RS256).token_type(TokenType::IdToken)
    }

    /// Describes an instance of Clerk, by the domain of its Frontend API.
    ///
    /// Session tokens have no `aud`. The audience is the origin of the front end, which `azp`
    /// states: `.audience("https://app.example.com")`.
    pub fn clerk(domain: impl AsRef<str>) -> Self {
        let issuer = format!("https://{}", host(domain.as_ref()));
        let keys = format!("{issuer}/.well-known/jwks.json");
        Self::custom(issuer)
            .known_as("Clerk", "", "org_role, or o.rol")
            .keys_at(keys)
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::AnyJwt)
            .with_claim("sid")
            .audience_in("azp")
    }

    /// Describes a project of Supabase, by its reference.
    ///
    /// The project must use asymmetric signing keys. The audience is `authenticated`. The API keys
    /// of the project are not tokens of a user and are rejected.
    pub fn supabase(project: impl AsRef<str>) -> Self {
        let issuer = format!("https://{}.supabase.co/auth/v1", project.as_ref());
        let keys = format!("{issuer}/.well-known/jwks.json");
        Self::custom(issuer)
            .known_as("Supabase", "", "role, and app_metadata")
            .keys_at(keys)
            .token_type(TokenType::AnyJwt)
            .require_claim("role", ["authenticated"])
            .with_claim("session_id")
    }

    /// Describes Ory Hydra, or Ory Network, by its issuer.
    ///
    /// The client must use the access token strategy `jwt`. A token is for an audience only if the
    /// client asked for it.
    pub fn ory_hydra(issuer: impl Into<String>) -> Self {
        // An ID token has no `client_id`.
        Self::custom(issuer)
            .known_as("Ory Hydra", "scp", "ext")
            .signed_with(Algorithm::RS256)
            .token_type(TokenType::AnyJwt)
            .shown_by("client_id", &[])
    }
}
