//! The handlers.

use crate::database::DatabaseFailed;
use crate::sessions::Refresh;
use crate::users::Login;
use crate::{Admin, Database, User};
use auth_runtime::{Authenticated, TokenIssuer, authenticated, public};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Credentials {
    user: String,
    password: String,
}

#[derive(Deserialize)]
pub(crate) struct RefreshRequest {
    refresh_token: String,
}

/// The response to a sign-in (RFC 6749 section 5.1).
#[derive(Serialize)]
pub struct Tokens {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    expires_in: u64,
}

/// Without the tokens, because they must not be logged.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// Why a client gets no tokens.
pub(crate) enum NoTokens {
    Refused,
    Failed,
}

impl From<DatabaseFailed> for NoTokens {
    fn from(_: DatabaseFailed) -> Self {
        Self::Failed
    }
}

impl IntoResponse for NoTokens {
    fn into_response(self) -> Response {
        match self {
            Self::Refused => StatusCode::UNAUTHORIZED.into_response(),
            Self::Failed => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}

#[public(reason = "sign-in: the caller has no token yet")]
pub(crate) async fn login(
    State(database): State<Database>,
    State(issuer): State<TokenIssuer>,
    Json(Credentials { user, password }): Json<Credentials>,
) -> Result<Json<Tokens>, NoTokens> {
    match database.check_password(user, password).await? {
        Login::Refused => Err(NoTokens::Refused),
        Login::As(user) => {
            let refresh_token = database.start_session(user.clone()).await?;
            tokens(&issuer, &user, refresh_token)
        }
    }
}

#[public(reason = "the refresh token is the credential, and its hash is in the database")]
pub(crate) async fn refresh(
    State(database): State<Database>,
    State(issuer): State<TokenIssuer>,
    Json(RefreshRequest { refresh_token }): Json<RefreshRequest>,
) -> Result<Json<Tokens>, NoTokens> {
    match database.refresh(refresh_token).await? {
        Refresh::Refused => Err(NoTokens::Refused),
        Refresh::Renewed { user, refresh_token } => tokens(&issuer, &user, refresh_token),
    }
}

fn tokens(issuer: &TokenIssuer, user: &str, refresh_token: String) -> Result<Json<Tokens>, NoTokens> {
    let access = issuer.issue(user, &()).map_err(|_| NoTokens::Failed)?;
    let expires_in = access.lifetime.as_secs();
    Ok(Json(Tokens { access_token: access.token, refresh_token, token_type: "Bearer", expires_in }))
}

#[authenticated(User)]
pub(crate) async fn me(auth: Authenticated<User>) -> String {
    auth.name.clone()
}

#[authenticated(User, requires = Admin)]
pub(crate) async fn list_users(State(database): State<Database>) -> Result<Json<Vec<String>>, NoTokens> {
    let names = database.run(|connection| {
        let mut names = connection.prepare("SELECT name FROM users ORDER BY name")?;
        let rows = names.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<Vec<String>>>()?)
    });
    Ok(Json(names.await?))
}
