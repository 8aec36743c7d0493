//! P3: the caller of a verifier is never optional.

use auth_runtime::credentials::NoPrincipal;
use auth_runtime::{Claims, ConfigError, Events, LoadPrincipal, Verifier, VerifyingKey};
use std::convert::Infallible;
use std::marker::PhantomData;

/// A type whose name has `Option` in it, and that is not optional.
struct OptionalFeatures<T>(PhantomData<T>);

struct Loads<P>(PhantomData<fn() -> P>);

impl<P: Send + Sync + 'static> LoadPrincipal for Loads<P> {
    type TokenClaims = Claims;
    type Principal = P;

    async fn load(&self, _: &Claims) -> Result<P, NoPrincipal> {
        Err(NoPrincipal::NotFound)
    }
}

fn built<P: Send + Sync + 'static>() -> Result<Verifier<P>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(b"a secret of at least thirty-two bytes!").unwrap())
        .events(Events::discard("a test"))
        .load(Loads::<P>(PhantomData))
        .build()
}

#[track_caller]
fn is_refused<P: Send + Sync + 'static>(named: &str) {
    let error = built::<P>().map(drop).unwrap_err();
    assert!(matches!(error, ConfigError::OptionalCaller(_)), "{error}");
    assert!(error.to_string().contains(named), "{error}");
}

#[test]
fn optional_principal_is_refused_at_start() {
    is_refused::<Option<Claims>>("Option<");
    is_refused::<Result<Claims, Infallible>>("Result<");
    is_refused::<Option<Option<Claims>>>("`NoPrincipal::NotFound`");
}

#[test]
fn optional_claims_are_refused_at_start() {
    let verifier = Verifier::<Option<Claims>>::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(b"a secret of at least thirty-two bytes!").unwrap())
        .events(Events::discard("a test"))
        .build();
    assert!(matches!(verifier.map(drop), Err(ConfigError::OptionalCaller(_))));
}

#[test]
fn other_types_are_accepted() {
    built::<Claims>().unwrap();
    built::<(Option<u8>, Claims)>().unwrap();
    built::<OptionalFeatures<Option<u8>>>().unwrap();
    built::<()>().unwrap();
}
