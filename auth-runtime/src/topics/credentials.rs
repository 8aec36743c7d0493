//! Configures which credentials a verifier accepts.
//!
//! [`Verifier::builder`](crate::Verifier::builder) starts a [`VerifierBuilder`].
//! [`also_trust`](VerifierBuilder::also_trust) adds a [`TrustedIssuer`] with keys of its own, for
//! instance while a service moves from one identity provider to another. A [`Provider`] is the
//! profile of an identity provider, such as Keycloak or Entra ID.
//!
//! [`load`](VerifierBuilder::load) takes a [`LoadPrincipal`](crate::LoadPrincipal), which returns
//! the caller from the service's database, or [`NoPrincipal`]. With the feature `issue`,
//! `TokenIssuer` makes the tokens that a verifier of the same configuration accepts.
//!
//! [`OwnKind`] adds a credential that only the service can verify. With the feature `sessions`,
//! `Sessions` adds the sessions of a `tower-sessions` store. With the feature `introspection`,
//! `Introspection` adds opaque tokens.

pub use crate::credential::carrier::{Carrier, CookieValueError, SessionCookie, SetCookie};
#[cfg(feature = "introspection")]
pub use crate::credential::introspection::{ClientSecret, Introspection, RemoteIntrospection};
pub use crate::credential::lookup::{CredentialKind, CredentialRecord};
pub use crate::credential::own::{NotVerified, OwnKind, VerifyCredential};
#[cfg(feature = "sessions")]
pub use crate::credential::session::{
    AxumLogin, NoSessionCaller, SessionCaller, SessionData, SessionUser, SessionUsers, Sessions,
};
#[cfg(feature = "issue")]
pub use crate::credential::token::{IssueError, IssuedToken, SigningKey, TokenIssuerBuilder};
pub use crate::credential::token::{Provider, TrustedIssuer};
pub use crate::verifier::{NoPrincipal, VerifierBuilder};
