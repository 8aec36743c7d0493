//! Credentials that the service itself makes for tests: sessions and own kinds.

use super::bad_credential::{BadCredential, same_bytes, with_other_character};
use auth_runtime::credentials::Carrier;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Makes sessions, or credentials of the service's own kind, through functions of the test.
///
/// The kit cannot make them, because only the service knows how. It changes the good ones, and
/// sends the expired, revoked and unknown ones that the test provides. Attacks without such a
/// function are listed in the report as not sent.
///
/// ```
/// use auth_testkit::TestCredentials;
/// # #[derive(Clone)] struct Shop;
/// # impl Shop {
/// #     async fn log_in(&self, _: &str) -> String { String::new() }
/// #     async fn log_out(&self, _: &str) {}
/// # }
///
/// # fn sessions(shop: Shop) -> TestCredentials {
/// let (login, logout) = (shop.clone(), shop);
/// TestCredentials::of("https://shop.example.com/login", move || {
///     let shop = login.clone();
///     async move { shop.log_in("alice").await }
/// })
/// .revoked(move || {
///     let shop = logout.clone();
///     async move {
///         let session = shop.log_in("alice").await;
///         shop.log_out(&session).await;
///         session
///     }
/// })
/// # }
/// # drop(sessions(Shop));
/// ```
///
/// A good one must have the scopes of all attacked routes.
#[derive(Clone)]
pub struct TestCredentials {
    issuer: String,
    good: Make,
    others: Vec<(&'static str, &'static str, Make)>,
    revoke: Option<Revoke>,
    carriers: Vec<String>,
}

type Revoke = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

type Make = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = String> + Send>> + Send + Sync>;

/// The attacks that need a function of the test.
const PROVIDED: [(&str, &str); 3] =
    [("N04", "an unknown credential"), ("N05", "an expired credential"), ("N06", "a revoked credential")];

/// The attack that only some kinds have.
const ELSEWHERE: (&str, &str) = ("N07", "a credential for another service");

/// `{"alg":"none","typ":"at+jwt"}`, `{"sub":"alice"}` and an empty signature's place.
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhbGljZSJ9.AAAA";

impl TestCredentials {
    /// Takes good credentials from a function. `issuer` is that of the kind in the verifier.
    #[must_use]
    pub fn of<F, Fut>(issuer: impl Into<String>, make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = String> + Send + 'static,
    {
        let carriers = vec![Carrier::bearer().to_string()];
        Self { issuer: issuer.into(), good: boxed(make), others: Vec::new(), revoke: None, carriers }
    }

    /// Takes credentials of the right form that were never made, such as a random session id (N04).
    #[must_use]
    pub fn unknown<F, Fut>(self, make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = String> + Send + 'static,
    {
        self.with(0, boxed(make))
    }

    /// Takes expired credentials from a function (N05).
    #[must_use]
    pub fn expired<F, Fut>(self, make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = String> + Send + 'static,
    {
        self.with(1, boxed(make))
    }

    /// Takes revoked credentials from a function, such as those of a session after logout (N06).
    #[must_use]
    pub fn revoked<F, Fut>(self, make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = String> + Send + 'static,
    {
        self.with(2, boxed(make))
    }

    /// Revokes a credential that was used before (N06), as the service itself does.
    ///
    /// A service that caches the callers of its keys or sessions must remove a revoked one.
    /// [`revoked`](Self::revoked) has credentials that were not used.
    ///
    /// ```
    /// # use auth_testkit::TestCredentials;
    /// # #[derive(Clone)] struct Shop;
    /// # impl Shop { async fn log_out(&self, _: &str) {} }
    /// # fn sessions(sessions: TestCredentials, shop: Shop) -> TestCredentials {
    /// sessions.revoked_by(move |session| {
    ///     let shop = shop.clone();
    ///     async move { shop.log_out(&session).await }
    /// })
    /// # }
    /// # let _ = sessions;
    /// ```
    #[must_use]
    pub fn revoked_by<F, Fut>(mut self, revoke: F) -> Self
    where
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.revoke = Some(Arc::new(move |credential| Box::pin(revoke(credential))));
        self
    }

    /// Takes good credentials that another service should get, such as opaque tokens with another
    /// `aud` (N07).
    ///
    /// Most kinds have none, so the report does not list the attack as not sent.
    #[must_use]
    pub fn for_another_service<F, Fut>(mut self, make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = String> + Send + 'static,
    {
        self.others.retain(|(known, ..)| *known != ELSEWHERE.0);
        self.others.push((ELSEWHERE.0, ELSEWHERE.1, boxed(make)));
        self
    }

    /// Sets where a service without a posture reads them; the default is `Authorization`.
    ///
    /// The posture of an `AuthRouter` has the carriers, so this has no effect on it.
    #[must_use]
    pub fn in_carrier(self, carrier: &Carrier) -> Self {
        Self { carriers: vec![carrier.to_string()], ..self }
    }

    fn with(mut self, which: usize, make: Make) -> Self {
        let (id, name) = PROVIDED[which];
        self.others.retain(|(known, ..)| *known != id);
        self.others.push((id, name, make));
        self
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn carriers(&self) -> &[String] {
        &self.carriers
    }

    pub(crate) async fn good(&self) -> String {
        (self.good)().await
    }

    /// N01 to N07: credentials that must be rejected.
    pub(crate) async fn bad(&self) -> Vec<BadCredential> {
        let good = self.good().await;
        let length = good.chars().count();
        let mut bad: Vec<BadCredential> = ["test", "admin", "alice", "null", "0", "1", "a.b.c"]
            .map(|word| BadCredential::new("N01", format!("the word {word} as the credential"), word))
            .into();
        bad.push(BadCredential::new("N01", "an unsigned JWT as the credential", UNSIGNED));
        let start = |count| good.chars().take(count).collect::<String>();
        for (what, text) in
            [("its last character", start(length.saturating_sub(1))), ("its second half", start(length / 2))]
        {
            if !text.is_empty() {
                bad.push(BadCredential::new("N02", format!("a credential without {what}"), text).made_of(&good));
            }
        }
        // An id without its secret, and an id with another secret.
        for separator in ['.', ':', '_', '-', '|', '~'] {
            let Some((id, secret)) =
                good.split_once(separator).filter(|(id, secret)| !id.is_empty() && secret.len() > 1)
            else {
                continue;
            };
            let before = format!("a credential up to its first `{separator}`");
            bad.push(BadCredential::new("N02", before.clone(), id).made_of(&good));
            bad.push(
                BadCredential::new("N02", format!("{before}, and that"), format!("{id}{separator}")).made_of(&good),
            );
            let other = secret.chars().rev().collect::<String>();
            if other != secret {
                let text = format!("{id}{separator}{other}");
                bad.push(BadCredential::new("N03", format!("{before}, with another secret"), text).made_of(&good));
            }
        }
        bad.push(BadCredential::new("N02", "a credential and one more character", format!("{good}0")).made_of(&good));
        for (what, at) in [("first", 0), ("middle", length / 2)] {
            let text = with_other_character(&good, at);
            bad.push(
                BadCredential::new("N03", format!("a credential with another {what} character"), text).made_of(&good),
            );
        }
        for (id, name, make) in &self.others {
            let text = make().await;
            if *id == "N06" {
                let same = same_bytes(&text).into_iter();
                bad.extend(same.map(|(what, text)| BadCredential::new(id, format!("{name}, with {what}"), text)));
            }
            bad.push(BadCredential::new(id, *name, text));
        }
        bad
    }

    pub(crate) fn can_revoke(&self) -> bool {
        self.revoke.is_some()
    }

    pub(crate) async fn revoke(&self, credential: &str) {
        if let Some(revoke) = &self.revoke {
            revoke(credential.to_owned()).await;
        }
    }

    /// The attacks for which the test has no function.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let is_known =
            |id: &str| self.others.iter().any(|(known, ..)| *known == id) || (id == "N06" && self.revoke.is_some());
        PROVIDED.iter().filter(move |(id, _)| !is_known(id))
    }
}

fn boxed<F, Fut>(make: F) -> Make
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = String> + Send + 'static,
{
    Arc::new(move || Box::pin(make()))
}

impl fmt::Debug for TestCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCredentials").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
