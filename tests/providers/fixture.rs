//! What one provider publishes and issues.

use crate::support::{KID, Mint, Server, with, without};
use auth_runtime::KeySet;
use auth_runtime::credentials::{Carrier, Provider};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};

/// A profile with its text, which auth-runtime/manual/providers.md shows.
macro_rules! profile {
    ($($code:tt)*) => { ($($code)*, stringify!($($code)*)) };
}
pub(super) use profile;

/// A provider with its configuration, a good token, and tokens of its other kinds.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) provider: Provider,
    /// The configuration, as in auth-runtime/manual/providers.md.
    pub(crate) configured: &'static str,
    pub(crate) audience: &'static str,
    /// The claim that names the audience.
    pub(crate) audience_claim: &'static str,
    pub(crate) mint: &'static Mint,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// Whether its keys state their algorithm.
    keys_have_alg: bool,
    /// Other tokens of the provider, which the service must not accept.
    pub(crate) others: Vec<(&'static str, Value, Reason)>,
}

impl Fixture {
    pub(crate) fn new(
        name: &'static str,
        (provider, configured): (Provider, &'static str),
        audience: &'static str,
        claims: Value,
    ) -> Self {
        let mint = Mint::of(Algorithm::RS256);
        Self {
            name,
            provider,
            configured,
            audience,
            audience_claim: "aud",
            mint,
            header: json!({"alg": "RS256", "typ": "JWT", "kid": KID}),
            claims,
            keys_have_alg: true,
            others: Vec::new(),
        }
    }

    /// Keys of another algorithm.
    pub(crate) fn signed_with(mut self, algorithm: Algorithm) -> Self {
        self.mint = Mint::of(algorithm);
        self.header["alg"] = algorithm.to_string().into();
        self
    }

    pub(crate) fn typ(mut self, typ: Option<&str>) -> Self {
        match typ {
            Some(typ) => self.header["typ"] = typ.into(),
            None => self.header = without(self.header, "typ"),
        }
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn audience_in(self, claim: &'static str) -> Self {
        Self { audience_claim: claim, ..self }
    }

    pub(crate) fn keys_without_alg(self) -> Self {
        Self { keys_have_alg: false, ..self }
    }

    /// A token with these claims replaced, or removed where they are null.
    pub(crate) fn other(mut self, name: &'static str, changes: &Value, reason: Reason) -> Self {
        let claims = self.with(changes);
        self.others.push((name, claims, reason));
        self
    }

    /// The good claims with some replaced, or removed where they are null.
    pub(crate) fn with(&self, changes: &Value) -> Value {
        let mut claims = self.claims.clone();
        for (name, value) in changes.as_object().expect("an object") {
            claims = if value.is_null() { without(claims, name) } else { with(claims, name, value.clone()) };
        }
        claims
    }

    pub(crate) fn good(&self) -> String {
        self.token(&self.claims)
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.mint.token_with(&self.header, claims)
    }

    /// The JWK set, with a key for encryption beside the one for signatures.
    pub(crate) fn jwks(&self) -> Value {
        let mut key = self.mint.published(KID);
        if !self.keys_have_alg {
            key = without(key, "alg");
        }
        let encrypts = with(Mint::of(Algorithm::RS256).published("encrypts"), "use", "enc");
        json!({"keys": [key, with(encrypts, "alg", "RSA-OAEP")]})
    }

    /// The discovery document, as for a provider at this address.
    pub(crate) fn document(&self, jwks_uri: &str) -> Value {
        json!({
            "issuer": self.provider.issuer(),
            "jwks_uri": jwks_uri,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.mint.algorithm.to_string()],
        })
    }

    /// The keys of the set, with the algorithm that the profile has for keys without one.
    pub(crate) fn keys(&self) -> KeySet {
        let jwks = self.jwks().to_string();
        match self.provider.algorithm() {
            Some(algorithm) => KeySet::from_jwks_json_with_algorithm(&jwks, algorithm),
            None => KeySet::from_jwks_json(&jwks),
        }
        .expect("keys")
    }

    /// Serves a service that trusts the provider by its profile.
    pub(crate) async fn server(&self) -> Server {
        self.server_of(self.provider.clone()).await
    }

    /// Serves a service that trusts the provider by another profile.
    ///
    /// The tokens are bearer tokens, also where the profile has a header of its own.
    pub(crate) async fn server_of(&self, provider: Provider) -> Server {
        let audience = self.audience;
        Server::with(self.mint.algorithm)
            .keys(self.keys())
            .verifier(move |builder| builder.provider(provider).audience(audience).carriers([Carrier::bearer()]))
            .start()
            .await
    }
}
