// The caller of a session is a record or a typed error: `None` could be taken for a guest.
use auth_runtime::credentials::{CredentialRecord, SessionData, Sessions};
use tower_sessions_core::SessionStore;

fn caller(data: &SessionData) -> Option<CredentialRecord> {
    data.get("user")?.as_str().map(CredentialRecord::of)
}

fn sessions(store: impl SessionStore) -> Sessions {
    Sessions::of("https://shop.example.com/login", store, caller)
}

fn main() {}
