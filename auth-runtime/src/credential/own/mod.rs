//! Credentials of a kind that only the service knows.

mod not_verified;
mod own_kind;
#[cfg(test)]
mod tests;
mod verify_credential;

pub use not_verified::NotVerified;
pub use own_kind::OwnKind;
pub use verify_credential::VerifyCredential;
