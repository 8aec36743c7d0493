//! What the clients of a verifier see of it: [`ClientView`].

use super::ProtectedResource;
use super::challenge::Challenge;
use super::login_page::LoginPage;
use crate::base::{ConfigError, has_value};
use http::header::{AUTHORIZATION, VARY, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, LazyLock};

/// The realm of challenges, unless the service sets another one.
pub(crate) const REALM: &str = "api";

/// Holds what the clients of a verifier see: challenges, `Vary`, the login page.
///
/// The verifier makes it once. By default it is that of `Authorization: Bearer`, which allocates
/// nothing.
#[derive(Debug, Clone, Default)]
pub struct ClientView(Option<Arc<Settings>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Settings {
    challenges: Vec<Challenge>,
    /// The headers other than `Authorization` that can have the credential.
    credential_headers: Vec<HeaderName>,
    accepts_subprotocol: bool,
    login_page: Option<LoginPage>,
    resource: Option<ProtectedResource>,
}

impl Settings {
    fn challenging(
        schemes: &[&str],
        realm: Option<&str>,
        resource: Option<ProtectedResource>,
    ) -> Result<Self, ConfigError> {
        let challenge = |scheme: &&str| Challenge::new(scheme, realm, resource.as_ref());
        let challenges = schemes.iter().map(challenge).collect::<Result<_, _>>()?;
        Ok(Self { challenges, credential_headers: Vec::new(), accepts_subprotocol: false, login_page: None, resource })
    }
}

/// Makes a view while the verifier is built.
impl ClientView {
    /// Makes the view with a challenge for each scheme.
    pub(crate) fn challenging(
        schemes: &[&str],
        realm: Option<&str>,
        resource: Option<ProtectedResource>,
    ) -> Result<Self, ConfigError> {
        if schemes == ["Bearer"] && realm == Some(REALM) && resource.is_none() {
            return Ok(Self::default());
        }
        Ok(Self(Some(Arc::new(Settings::challenging(schemes, realm, resource)?))))
    }

    /// Adds a header that can have the credential, beside `Authorization`.
    pub(crate) fn has_credentials_in(&mut self, header: HeaderName) {
        let headers = &mut self.settings_mut().credential_headers;
        if !headers.contains(&header) {
            headers.push(header);
        }
    }

    /// Accepts the credential in the subprotocols of a WebSocket.
    pub(crate) fn has_subprotocol(&mut self) {
        self.settings_mut().accepts_subprotocol = true;
    }

    /// Sets the login page.
    ///
    /// P9: one, because a request without a credential does not say which of two it is for.
    pub(crate) fn redirects_to(&mut self, page: LoginPage) -> Result<(), ConfigError> {
        match self.settings_mut().login_page.replace(page) {
            None => Ok(()),
            Some(_) => Err(ConfigError::Duplicate("login_page")),
        }
    }

    fn settings_mut(&mut self) -> &mut Settings {
        let settings = self.0.get_or_insert_with(|| Arc::clone(&BEARER));
        Arc::make_mut(settings)
    }
}

static BEARER: LazyLock<Arc<Settings>> = LazyLock::new(|| {
    let bearer = Settings::challenging(&["Bearer"], Some(REALM), None);
    Arc::new(bearer.expect("the default challenge is a header value"))
});

/// Reads a view while a response is made.
impl ClientView {
    fn settings(&self) -> &Settings {
        self.0.as_deref().unwrap_or(&BEARER)
    }

    /// Sets the challenges for an `error` of RFC 6750 section 3; the empty text for none.
    pub(super) fn challenge(&self, headers: &mut HeaderMap, error: &'static str, scope: Option<&'static str>) {
        let mut challenges = self.settings().challenges.iter().map(|challenge| challenge.value(error, scope));
        // The first one replaces what is there.
        match challenges.next() {
            Some(first) => drop(headers.insert(WWW_AUTHENTICATE, first)),
            None => drop(headers.remove(WWW_AUTHENTICATE)),
        }
        for challenge in challenges {
            headers.append(WWW_AUTHENTICATE, challenge);
        }
    }

    /// Adds to `Vary` the headers that can have the credential (RFC 9110 section 12.5.5).
    ///
    /// `Authorization` is always one of them, because it is a second credential if it is not
    /// accepted.
    #[inline]
    pub(crate) fn vary(&self, headers: &mut HeaderMap) {
        let others = self.credential_headers();
        if others.is_empty() {
            if missing(headers, &AUTHORIZATION) {
                headers.append(VARY, HeaderValue::from_static("Authorization"));
            }
            return;
        }
        let authorization = missing(headers, &AUTHORIZATION).then_some("Authorization");
        let others = others.iter().filter(|name| missing(headers, name)).map(HeaderName::as_str);
        let names: Vec<_> = authorization.into_iter().chain(others).collect();
        if let Ok(value) = HeaderValue::try_from(names.join(", "))
            && !names.is_empty()
        {
            headers.append(VARY, value);
        }
    }

    /// The headers other than `Authorization` that can have the credential.
    #[inline]
    pub(crate) fn credential_headers(&self) -> &[HeaderName] {
        self.0.as_deref().map_or(&[], |settings| &settings.credential_headers)
    }

    #[inline]
    pub(crate) fn accepts_subprotocol(&self) -> bool {
        self.0.as_deref().is_some_and(|settings| settings.accepts_subprotocol)
    }

    /// The resource whose metadata the challenges name.
    pub(crate) fn resource(&self) -> Option<&ProtectedResource> {
        self.0.as_deref()?.resource.as_ref()
    }

    /// The path of the login page.
    pub(crate) fn login_page(&self) -> Option<&str> {
        self.0.as_deref()?.login_page.as_ref().map(LoginPage::path)
    }

    /// Where a browser that opens a page goes to log in; `None` for all other requests.
    #[inline]
    pub(crate) fn login_for(&self, parts: &Parts) -> Option<HeaderValue> {
        self.0.as_deref()?.login_page.as_ref()?.location(parts)
    }
}

/// Whether clients see the same of both.
impl PartialEq for ClientView {
    fn eq(&self, other: &Self) -> bool {
        self.settings() == other.settings()
    }
}

impl Eq for ClientView {}

/// Whether `Vary` does not name this header.
#[inline]
fn missing(headers: &HeaderMap, name: &HeaderName) -> bool {
    !has_value(headers, &VARY, |varies| has(varies, name))
}

fn has(varies: &HeaderValue, name: &HeaderName) -> bool {
    varies.as_bytes().split(|byte| *byte == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(name.as_ref()))
}
