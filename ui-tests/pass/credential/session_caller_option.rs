// The caller of a session is a record or a typed error: `None` could be taken for a guest.
use auth_runtime::credentials::{CredentialRecord, NoSessionCaller, SessionData, Sessions};
use tower_sessions_core::SessionStore;

fn caller(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
    let user = data.get("user").ok_or(NoSessionCaller::Anonymous)?;
    Ok(CredentialRecord::of(user.as_str().unwrap_or_default()))
}

fn sessions(store: impl SessionStore) -> Sessions {
    Sessions::of("https://shop.example.com/login", store, caller)
}

pub(crate) fn main() {}
