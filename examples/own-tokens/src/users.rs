//! Users: their passwords, and the principal of an access token.

use crate::Database;
use crate::database::DatabaseFailed;
use auth_runtime::credentials::NoPrincipal;
use auth_runtime::{Claims, Denied, LoadPrincipal, Permission};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use aws_lc_rs::rand;
use rusqlite::OptionalExtension;
use std::num::NonZeroU32;

/// OWASP's number for PBKDF2 with HMAC-SHA-256.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(600_000).expect("not zero");

/// The caller, as the database has it.
#[derive(Debug)]
pub struct User {
    /// The name.
    pub name: String,
    role: String,
}

/// Requires the role `admin` in the database.
#[derive(Debug)]
pub struct Admin;

impl Permission<User> for Admin {
    const NAME: &'static str = "admin";

    fn check(user: &User) -> Result<(), Denied> {
        if user.role == "admin" { Ok(()) } else { Err(Denied::new("the user does not have the role")) }
    }
}

/// Loads the user of each access token.
#[derive(Debug)]
pub struct Users(pub Database);

impl LoadPrincipal for Users {
    type TokenClaims = Claims;
    type Principal = User;

    async fn load(&self, claims: &Claims) -> Result<User, NoPrincipal> {
        let name = claims.sub.clone();
        let found = self.0.run(move |connection| {
            let sql = "SELECT name, role, disabled FROM users WHERE name = ?1";
            let user = connection.query_row(sql, [name], |row| {
                Ok((User { name: row.get(0)?, role: row.get(1)? }, row.get::<_, bool>(2)?))
            });
            Ok(user.optional()?)
        });
        match found.await {
            Ok(Some((user, false))) => Ok(user),
            Ok(Some((_, true))) => Err(NoPrincipal::disabled("disabled by an operator")),
            Ok(None) => Err(NoPrincipal::NotFound),
            Err(DatabaseFailed) => Err(NoPrincipal::undecided("the database of users failed")),
        }
    }
}

impl Database {
    /// Adds a user.
    ///
    /// # Errors
    ///
    /// When the user exists, or random numbers are unavailable.
    pub fn add_user(&self, name: &str, password: &str, role: &str) -> Result<(), Box<dyn std::error::Error>> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).map_err(|_| "no random numbers")?;
        let mut hash = [0; 32];
        pbkdf2::derive(PBKDF2_HMAC_SHA256, ITERATIONS, &salt, password.as_bytes(), &mut hash);
        self.insert_user(name, &salt, &hash, role)?;
        Ok(())
    }

    /// Checks a password. An unknown name takes as long as a wrong password.
    pub(crate) async fn check_password(&self, name: String, password: String) -> Result<Login, DatabaseFailed> {
        self.run(move |connection| {
            let sql = "SELECT salt, password FROM users WHERE name = ?1 AND disabled = 0";
            let stored = connection.query_row(sql, [&name], |row| Ok((row.get(0)?, row.get(1)?)));
            let (salt, hash): (Vec<u8>, Vec<u8>) = stored.optional()?.unwrap_or_else(|| (vec![0; 16], vec![0; 32]));
            let verified = pbkdf2::verify(PBKDF2_HMAC_SHA256, ITERATIONS, &salt, password.as_bytes(), &hash);
            Ok(verified.map_or(Login::Refused, |()| Login::As(name)))
        })
        .await
    }
}

/// The result of a sign-in.
pub(crate) enum Login {
    As(String),
    Refused,
}
