// The twin of `fail/credential/introspection_without_audience`.
use auth_runtime::ConfigError;
use auth_runtime::credentials::{ClientSecret, Introspection};

async fn tokens(secret: ClientSecret) -> Result<Introspection, ConfigError> {
    Introspection::discover("https://id.example.com/").client("orders", secret).audience("orders").await
}

pub(crate) fn main() {
    drop(tokens);
}
