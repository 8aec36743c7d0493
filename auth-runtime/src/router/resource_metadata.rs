//! Serves the metadata of protected resources (RFC 9728).

use super::AuthRouter;
use super::method_routes::routing::get;
use crate::opt_out::OptOut;
use crate::proof::Public;
use http::header::CONTENT_TYPE;
use std::borrow::Cow;
use std::sync::Arc;

/// Why each client may read the metadata.
struct MetadataArePublic;

impl OptOut for MetadataArePublic {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        Some("clients find the authorization server here before they have a token (RFC 9728)".into())
    }
}

impl AuthRouter {
    /// Serves the metadata of the protected resources of all verifiers (RFC 9728).
    ///
    /// Call it last, on the outermost router, because the path starts at the root of the host:
    /// `/.well-known/oauth-protected-resource/mcp` for `https://api.example.com/mcp`. The metadata
    /// have the issuers of the verifiers, and the scopes that the posture shows. `more_scopes` are
    /// those that handlers and services check by themselves.
    ///
    /// ```
    /// use auth_runtime::{AuthRouter, Claims, ConfigError, Events, KeySet, Verifier};
    /// use auth_runtime::{authenticated, routing::get, scope};
    ///
    /// scope!(OrdersRead = "orders:read");
    ///
    /// #[authenticated(Claims, requires = OrdersRead)]
    /// async fn orders() {}
    ///
    /// fn app(keys: KeySet) -> Result<AuthRouter, ConfigError> {
    ///     let verifier = Verifier::builder()
    ///         .issuer("https://id.example.com/")
    ///         .audience("https://api.example.com")
    ///         .keys(keys)
    ///         .events(Events::stderr())
    ///         .resource("https://api.example.com")
    ///         .build()?;
    ///     let routes = AuthRouter::new().route("/orders", get(orders));
    ///     Ok(routes.with_state::<()>(verifier).protected_resource_metadata(&[]))
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// Without it, or with routes that were added later, [`serve`](crate::serve()) returns an error
    /// and [`Posture::check`](crate::Posture::check) fails.
    ///
    /// # Panics
    ///
    /// If no verifier has a [`resource`](crate::credentials::VerifierBuilder::resource), if two
    /// resources differ only in their host, if a scope has a character that no scope can have, and
    /// as [`route`](Self::route).
    #[track_caller]
    pub fn protected_resource_metadata(mut self, more_scopes: &[&str]) -> Self {
        let resources = self.posture().resources();
        assert!(
            !resources.is_empty(),
            "no verifier of this router has a protected resource: add `.resource(\"https://..\")` to the verifier, or \
             remove `.protected_resource_metadata(..)`"
        );
        for (index, description) in resources.iter().enumerate() {
            let same = resources[..index].iter().find(|other| other.path == description.path);
            assert!(
                same.is_none(),
                "two protected resources have their metadata at one path: `{}`: give each a path of its own, or serve \
                 them by two routers",
                description.path
            );
        }
        for scope in more_scopes {
            assert!(
                is_scope_token(scope),
                "scope has a character that no scope can have: `{}`: write one word of printable ASCII, without \
                 quotes and backslashes (RFC 6749 section 3.3)",
                scope.escape_debug()
            );
        }
        for description in resources {
            let path = description.path.clone();
            let mut served = description.clone();
            served.scopes_supported.extend(more_scopes.iter().map(|scope| (*scope).to_owned()));
            // Serialization cannot fail, because there are only strings and lists.
            let json: Arc<str> = serde_json::to_string(&served).unwrap_or_default().into();
            let answer = move |_: Public<MetadataArePublic>| async move {
                ([(CONTENT_TYPE, "application/json")], json.as_ref().to_owned())
            };
            self = self.route(&path, get(answer));
            let description = Arc::new(description);
            for row in self.rows().iter_mut().filter(|row| row.path == path) {
                row.describes = Some(Arc::clone(&description));
            }
        }
        self
    }
}

/// RFC 6749 section 3.3.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
