// The path to a re-export is a path, as rustc writes it in `use`, and not a string.
use self::platform::auth::authenticated;

mod platform {
    pub use auth_runtime as auth;
}

#[authenticated(crate = "crate::platform::auth")]
async fn list() {}

fn main() {}
