//! Builds the verifier of the payment provider's webhook from the command line.

use crate::cli::Cli;
use crate::start_error::StartError;
use auth_runtime::Events;
use auth_runtime::signatures::{RedisReplays, Signatures, SigningSecret};
use orders::Payments;

/// Returns `None` without `--payment-secret-file`, because a signature needs a secret.
pub(crate) async fn payments(cli: &Cli, events: &Events) -> Result<Option<Signatures<Payments>>, StartError> {
    let Some(path) = &cli.payment_secret_file else { return Ok(None) };
    let secret = SigningSecret::from_file(path).map_err(StartError::Payments)?;
    let mut payments = Signatures::builder().secret(secret).events(events.clone());
    if let Some(url) = &cli.redis {
        payments =
            payments.replay(RedisReplays::at(url).prefix("orders:delivered").await.map_err(StartError::Payments)?);
    }
    payments.build().map(Some).map_err(StartError::Payments)
}
