//! Sessions of `tower-sessions`, such as those of a login with `axum-login`.

mod axum_login;
mod session_caller;
mod session_id;
mod session_users;
mod sessions;
#[cfg(test)]
mod tests;

pub use axum_login::AxumLogin;
pub use session_caller::{NoSessionCaller, SessionCaller, SessionData};
pub use session_users::{SessionUser, SessionUsers};
pub use sessions::Sessions;
