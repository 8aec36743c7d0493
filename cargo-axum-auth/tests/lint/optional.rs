//! Optional callers, which the compiler cannot refuse.

use crate::support::Project;

#[test]
fn optional_caller_is_an_error_wherever_its_type_is_written() {
    Project::of(
        r"
use auth_runtime::{Authenticated, LoadPrincipal, Verifier, Visitor};
type Maybe = Option<User>;
async fn handler(_: Authenticated<Option<User>>) {} //~ optional-caller
async fn with_a_permission(_: Authenticated<Maybe, Admin>) {} //~ optional-caller
async fn fallible(_: Authenticated<Result<User, Error>>) {} //~ optional-caller
async fn visitor(_: Visitor<Option<User>>) {} //~ optional-caller
fn verifier() -> Result<Verifier<Option<User>>, ConfigError> { todo!() } //~ optional-caller
fn helper(auth: &Authenticated<Option<User>>) {} //~ optional-caller

struct Users;
impl LoadPrincipal for Users { //~ optional-caller
    type TokenClaims = Claims;
    type Principal = Option<User>;
    async fn load(&self, claims: &Claims) -> Result<Option<User>, NoPrincipal> { Ok(None) }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn other_options_are_accepted() {
    Project::of(
        r"
use auth_runtime::{Authenticated, LoadPrincipal, Visitor};
async fn handler(_: Authenticated<User>, name: Option<Query<Name>>) -> Option<Json<User>> { None }
async fn visitor(_: Visitor<User>) {}
fn of_another_crate(_: other::Authenticated<Option<User>>) {}

struct Users;
impl LoadPrincipal for Users {
    type TokenClaims = Claims;
    type Principal = User;
    async fn load(&self, claims: &Claims) -> Result<User, NoPrincipal> { Err(NoPrincipal::NotFound) }
}
impl Other for Users { type Principal = Option<User>; }
",
    )
    .is_linted_as_marked();
}
