//! The source of `C`: the claims of the token, or a loader.

use super::Verifier;
use super::cached::Loadable;
use super::load_principal::{LoadPrincipal, NoPrincipal};
use super::token::VerifiedToken;
use crate::base::DualClockInstant;
use crate::credential::VerifiedClaims;
use crate::credential::token::json::Document;
use crate::rejection::{Refusal, Rejection, isolate};
use auth_events::Reason;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Decodes the claims into the service's own type.
///
/// Chosen where the verifier is built, so that only the builder needs the bound on the type.
type Decode<C> = fn(&Document) -> serde_json::Result<C>;

/// Makes `C` from a verified token.
pub(super) enum Source<C> {
    /// From the claims. It cannot change, so the cache keeps it.
    Decode(Decode<C>),
    /// From the service's database.
    Load(Box<dyn Loader<C>>),
}

type Loading<'a, C> = Pin<Box<dyn Future<Output = Result<C, Refusal>> + Send + 'a>>;

/// A [`LoadPrincipal`] without its types.
pub(super) trait Loader<C>: Send + Sync {
    fn load<'a>(&'a self, verified: &'a VerifiedClaims) -> Loading<'a, C>;

    /// The name of its type, for the posture.
    fn name(&self) -> String;
}

/// A loader, with the source of what it loads from.
struct LoaderOf<L: LoadPrincipal> {
    from: Source<L::TokenClaims>,
    loader: L,
}

impl<L: LoadPrincipal> Loader<L::Principal> for LoaderOf<L> {
    fn load<'a>(&'a self, verified: &'a VerifiedClaims) -> Loading<'a, L::Principal> {
        Box::pin(async move {
            let claims = self.from.read(verified).await?;
            self.loader.load(&claims).await.map_err(Refusal::from)
        })
    }

    fn name(&self) -> String {
        match &self.from {
            Source::Decode(_) => type_name::<L>().to_owned(),
            Source::Load(first) => format!("{}, then {}", first.name(), type_name::<L>()),
        }
    }
}

/// P6: none of them admits the caller.
impl From<NoPrincipal> for Refusal {
    fn from(why: NoPrincipal) -> Self {
        let (rejection, detail) = match why {
            NoPrincipal::NotFound => (Rejection::InvalidToken(Reason::PrincipalNotFound), None),
            NoPrincipal::Disabled(why) => (Rejection::InvalidToken(Reason::PrincipalDisabled), Some(why)),
            NoPrincipal::Undecided(why) => (Rejection::Unavailable(Reason::PrincipalUndecided), Some(why)),
        };
        Self { detail, ..Self::from(rejection) }
    }
}

/// Names the field of the service's own type that the claims lack.
///
/// Other texts of serde may quote a value of the token.
fn claims_mismatch(of: &'static str, error: &str) -> Refusal {
    const LONGEST: usize = 64;
    let field = error.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let field = field.filter(|field| field.len() <= LONGEST && field.bytes().all(|byte| byte.is_ascii_graphic()));
    let refusal = Refusal::claim(Reason::ClaimsMismatch, "other", of);
    match field {
        Some(field) => Refusal {
            claim: Some(field.to_owned().into()),
            detail: Some(format!("missing for {of}").into()),
            ..refusal
        },
        None => refusal,
    }
}

impl<C> Source<C> {
    pub(super) fn decode() -> Self
    where
        C: DeserializeOwned,
    {
        Self::Decode(Document::decode)
    }

    /// Decodes the claims, without the subject in the refusal.
    pub(super) fn decoded(decode: Decode<C>, verified: &VerifiedClaims) -> Result<C, Refusal> {
        decode(&verified.claims).map_err(|error| claims_mismatch(type_name::<C>(), &error.to_string()))
    }

    async fn read(&self, verified: &VerifiedClaims) -> Result<C, Refusal> {
        match self {
            Self::Decode(decode) => Self::decoded(*decode, verified),
            Self::Load(loader) => loader.load(verified).await,
        }
    }
}

impl<C: Send + Sync + 'static> Source<C> {
    pub(super) fn load<L: LoadPrincipal<TokenClaims = C>>(self, loader: L) -> Source<L::Principal> {
        Source::Load(Box::new(LoaderOf { from: self, loader }))
    }
}

impl<C> Verifier<C> {
    /// Returns the cached principal if it is new enough, or loads it.
    pub(super) async fn principal(
        &self,
        loader: &dyn Loader<C>,
        token: &Loadable<C>,
    ) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let shared = &*self.shared;
        let now = (shared.clock)();
        if let Some(fresh) = token.fresh(now, shared.principals_for) {
            return Ok(fresh);
        }
        // From the start of the load, because the database may change while it answers.
        let began = DualClockInstant::new(now);
        let principal = self.load(loader, &token.verified).await;
        if !shared.principals_for.is_zero() {
            token.set(principal.as_ref().ok().map(|token| (began, Arc::clone(token))));
        }
        principal
    }

    /// Loads the principal.
    ///
    /// P6: isolated by itself, inside of the pipeline's isolation, so that the event of a panic or
    /// a time-out has the subject and names the loader.
    pub(super) async fn load(
        &self,
        loader: &dyn Loader<C>,
        verified: &Arc<VerifiedClaims>,
    ) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let loading = isolate(self.shared.time_limit, async { loader.load(verified).await });
        match loading.await {
            Ok(claims) => Ok(Arc::new(VerifiedToken { claims, verified: Arc::clone(verified) })),
            Err(refusal) => {
                let detail = refusal.detail.or_else(|| match refusal.rejection {
                    Rejection::Unavailable(_) => Some("while the principal was loaded".into()),
                    _ => None,
                });
                Err(verified.with_subject(Refusal { detail, ..refusal }))
            }
        }
    }
}
