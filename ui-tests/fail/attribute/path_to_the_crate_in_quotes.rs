// The path to a re-export is written as in `use`, not as a string.
use self::platform::auth::authenticated;

mod platform {
    pub use auth_runtime as auth;
}

#[authenticated(crate = "crate::platform::auth")]
async fn list() {}

fn main() {}
