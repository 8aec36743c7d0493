//! Whose tokens are taken: from the command line to a verifier.

use crate::cli::Provider;
use crate::start_error::StartError;
use auth_runtime::{Claims, ConfigError, Events, KeySet, TokenType, Verifier};
use std::time::Duration;

pub(crate) struct Trust {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: KeySet,
    pub(crate) token_type: TokenType,
}

impl Trust {
    pub(crate) fn in_provider(provider: Provider) -> Result<Self, StartError> {
        let Provider { issuer, audience, jwks: path, rsa_algorithm, token_type } = provider;
        let json = match std::fs::read_to_string(&path) {
            Ok(json) => json,
            Err(error) => return Err(StartError::ReadKeys { path, error }),
        };
        match KeySet::from_jwks_json_with_algorithm(&json, rsa_algorithm.into()) {
            Ok(keys) => Ok(Self { issuer, audience, keys, token_type: token_type.into() }),
            Err(error) => Err(StartError::Keys { path, error }),
        }
    }

    pub(crate) fn verifier(self, leeway: Duration) -> Result<Verifier<Claims>, ConfigError> {
        Verifier::builder()
            .issuer(self.issuer)
            .audience(self.audience)
            .keys(self.keys)
            .token_type(self.token_type)
            .leeway(leeway)
            .events(Events::stderr())
            .build()
    }
}
