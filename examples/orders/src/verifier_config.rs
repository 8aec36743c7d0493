//! Builds the verifier from the command line.

use crate::cli::Provider;
use crate::start_error::StartError;
use auth_runtime::credentials::Carrier;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, ConfigError, Events, KeySet, TokenType, Verifier};
use orders::{Revoked, SqliteApiKeys};
use std::path::PathBuf;
use std::time::Duration;

pub(crate) struct VerifierConfig {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: KeySet,
    pub(crate) token_type: TokenType,
}

impl VerifierConfig {
    pub(crate) async fn from_provider(provider: Provider) -> Result<Self, StartError> {
        let Provider { issuer, audience, jwks, rsa_algorithm, token_type } = provider;
        let keys = match jwks {
            None => KeySet::discover(&issuer).algorithm(rsa_algorithm.into()).await?,
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                KeySet::remote(url).algorithm(rsa_algorithm.into()).await?
            }
            Some(path) => Self::keys_in(path.into(), rsa_algorithm.into())?,
        };
        Ok(Self { issuer, audience, keys, token_type: token_type.into() })
    }

    fn keys_in(path: PathBuf, rsa_algorithm: Algorithm) -> Result<KeySet, StartError> {
        let json = match std::fs::read_to_string(&path) {
            Ok(json) => json,
            Err(error) => return Err(StartError::ReadKeys { path, error }),
        };
        KeySet::from_jwks_json_with_algorithm(&json, rsa_algorithm).map_err(|error| StartError::Keys { path, error })
    }

    pub(crate) fn verifier(
        self,
        leeway: Duration,
        revoked: &Revoked,
        api_keys: Option<SqliteApiKeys>,
        carriers: Vec<Carrier>,
        events: Events,
    ) -> Result<Verifier<Claims>, ConfigError> {
        let mut verifier = Verifier::builder()
            .issuer(self.issuer)
            .audience(self.audience)
            .keys(self.keys)
            .token_type(self.token_type)
            .leeway(leeway)
            .carriers(carriers)
            .events(events);
        if let Some(keys) = api_keys {
            verifier = verifier.also_accept(keys);
        }
        match revoked.clone() {
            Revoked::InMemory(list) => verifier.revocations(list).build(),
            Revoked::InRedis(redis) => verifier.revocations(redis).build(),
        }
    }
}
