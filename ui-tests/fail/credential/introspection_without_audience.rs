// Without an audience, a token for another service would be accepted.
use auth_runtime::ConfigError;
use auth_runtime::credentials::{ClientSecret, Introspection};

async fn tokens(secret: ClientSecret) -> Result<Introspection, ConfigError> {
    Introspection::discover("https://id.example.com/").client("orders", secret).await
}

fn main() {}
