// Fixes the mistake in fail/attribute/path_to_the_crate_in_quotes.rs.
use self::platform::auth::authenticated;

mod platform {
    pub use auth_runtime as auth;
}

#[authenticated(crate = self::platform::auth)]
async fn list() {}

pub(crate) fn main() {}
