//! Members: the principal of a token, with permissions from the roles in the database.

use crate::Database;
use crate::database::DatabaseFailed;
use auth_runtime::credentials::NoPrincipal;
use auth_runtime::{Claims, Denied, LoadPrincipal, Permission};
use rusqlite::OptionalExtension;

/// The caller, as the database has it.
#[derive(Debug)]
pub struct Member {
    /// The subject of the token.
    pub subject: String,
    permissions: Vec<String>,
}

impl Member {
    fn may(&self, permission: &str) -> Result<(), Denied> {
        if self.permissions.iter().any(|granted| granted == permission) {
            return Ok(());
        }
        Err(Denied::new("no role of the member has the permission"))
    }
}

/// Requires a role that may write articles.
#[derive(Debug)]
pub struct Write;

impl Permission<Member> for Write {
    const NAME: &'static str = "articles:write";

    fn check(member: &Member) -> Result<(), Denied> {
        member.may(Self::NAME)
    }
}

/// Requires a role that may publish articles.
#[derive(Debug)]
pub struct Publish;

impl Permission<Member> for Publish {
    const NAME: &'static str = "articles:publish";

    fn check(member: &Member) -> Result<(), Denied> {
        member.may(Self::NAME)
    }
}

/// Loads the member of each token.
#[derive(Debug)]
pub struct Members(pub Database);

impl LoadPrincipal for Members {
    type TokenClaims = Claims;
    type Principal = Member;

    async fn load(&self, claims: &Claims) -> Result<Member, NoPrincipal> {
        let subject = claims.sub.clone();
        let found = self.0.run(move |connection| {
            let sql = "SELECT disabled FROM members WHERE subject = ?1";
            let disabled: Option<bool> = connection.query_row(sql, [&subject], |row| row.get(0)).optional()?;
            let mut permissions = connection
                .prepare("SELECT permission FROM role_permissions JOIN member_roles USING (role) WHERE subject = ?1")?;
            let permissions = permissions.query_map([&subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(disabled.map(|disabled| (Member { subject, permissions }, disabled)))
        });
        match found.await {
            Ok(Some((member, false))) => Ok(member),
            Ok(Some((_, true))) => Err(NoPrincipal::disabled("disabled by an editor")),
            Ok(None) => Err(NoPrincipal::NotFound),
            Err(DatabaseFailed) => Err(NoPrincipal::undecided("the database of members failed")),
        }
    }
}
