//! The carriers of one verifier: [`Carriers`].

use super::authorization::{self, InHeader, several};
use super::carrier::{Carrier, Place};
use super::cookie::CookiePlace;
use super::{Presented, named_header, same_origin, subprotocol};
use crate::base::ConfigError;
use crate::rejection::{ClientView, LoginPage, ProtectedResource, Refusal, Rejection};
use http::HeaderName;
use http::header::COOKIE;
use http::request::Parts;

/// Finds the credential of a request in the carriers of one verifier.
#[derive(Debug)]
pub(crate) struct Carriers {
    list: Vec<Carrier>,
    schemes: Schemes,
    others: Vec<(usize, Other)>,
}

/// The accepted schemes of `Authorization`.
#[derive(Debug)]
enum Schemes {
    /// `Bearer`, as in almost all services. Apart, because it costs nothing to compare with.
    Bearer(usize),
    Listed(Vec<(usize, String)>),
}

/// A carrier other than `Authorization`.
#[derive(Debug)]
enum Other {
    Header(HeaderName),
    Cookie(CookiePlace),
    WebSocket,
}

/// The index of a carrier, the carrier, and the value that it has in a request.
type InOther<'c, 'a> = (usize, &'c Other, &'a [u8]);

/// A credential, and the carrier that had it.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    /// The index in the list of the verifier's carriers. `None`: it did not arrive in one.
    pub(crate) carrier: Option<usize>,
    pub(crate) credential: Presented<'a>,
}

impl Carriers {
    /// Checks the carriers of a verifier.
    pub(crate) fn new(list: Vec<Carrier>) -> Result<Self, ConfigError> {
        if list.is_empty() {
            let why = "name at least one, for instance `Carrier::bearer()`";
            return Err(ConfigError::OutOfBounds { name: "carriers", why });
        }
        let (mut schemes, mut others) = (Vec::new(), Vec::new());
        for (index, carrier) in list.iter().enumerate() {
            if list[..index].iter().any(|before| before.is_at_same_place(carrier)) {
                return Err(carrier.refused("it is named twice: write it once, and the same for each kind"));
            }
            carrier.check()?;
            match &carrier.place {
                Place::Authorization(scheme) => schemes.push((index, scheme.clone())),
                Place::Header(name) => others.push((index, Other::Header(named_header::checked(carrier, name)?))),
                Place::Cookie(cookie) => others.push((index, Other::Cookie(cookie.clone()))),
                Place::WebSocket => others.push((index, Other::WebSocket)),
            }
        }
        let schemes = match schemes.as_slice() {
            [(index, scheme)] if scheme == "Bearer" => Schemes::Bearer(*index),
            _ => Schemes::Listed(schemes),
        };
        Ok(Self { list, schemes, others })
    }

    /// Finds the only credential of a request.
    ///
    /// P6: another component might act on a second credential, so that two are never used, whatever
    /// their carriers. `Authorization` counts with any scheme.
    ///
    /// `is_credential` decides whether a parameter of the query, by its name and its value, is a
    /// credential of an accepted kind. `access_token` always is.
    pub(crate) fn find<'a>(
        &self,
        parts: &'a Parts,
        is_credential: impl Fn(&str, &str) -> bool,
    ) -> Result<Found<'a>, Refusal> {
        let in_header = match &self.schemes {
            Schemes::Bearer(index) => authorization::find(parts, |scheme| is_bearer(scheme).then_some(*index))?,
            Schemes::Listed(schemes) => authorization::find(parts, |presented| {
                let same = |(_, scheme): &&(usize, String)| presented.eq_ignore_ascii_case(scheme.as_bytes());
                schemes.iter().find(same).map(|(index, _)| *index)
            })?,
        };
        let in_query = authorization::is_token_in_query(parts, is_credential);
        let in_other = if self.others.is_empty() { None } else { self.find_other(parts)? };
        match (in_header, in_other, in_query) {
            (InHeader::Accepted(carrier, credentials), None, false) => {
                Ok(Found { carrier: Some(carrier), credential: Presented::InHeader(credentials) })
            }
            (InHeader::Nothing, Some((carrier, other, value)), false) => {
                if let Other::Cookie(cookie) = other {
                    same_origin::check(parts, &cookie.origins)?;
                }
                Ok(Found { carrier: Some(carrier), credential: Presented::Alone(value) })
            }
            (InHeader::Nothing, None, false) => Err(Rejection::MissingCredentials.into()),
            (InHeader::Nothing, None, true) => Err(Rejection::TokenInQuery.into()),
            (InHeader::OtherScheme, None, false) => {
                Err(Refusal::because(Rejection::MissingCredentials, "an Authorization header of another scheme"))
            }
            (_, None, true) => Err(several("a token in the query beside the Authorization header")),
            (InHeader::Nothing, Some(_), true) => Err(several("a token in the query beside another credential")),
            (_, Some(_), _) => Err(several("an Authorization header beside another credential")),
        }
    }

    /// Finds the only credential outside of `Authorization`.
    fn find_other<'a>(&self, parts: &'a Parts) -> Result<Option<InOther<'_, 'a>>, Refusal> {
        let mut found = None;
        for (index, other) in &self.others {
            let value = match other {
                Other::Header(name) => named_header::find(parts, name)?,
                Other::Cookie(cookie) => cookie.find(parts)?,
                Other::WebSocket => subprotocol::find(parts)?,
            };
            let Some(value) = value else { continue };
            if found.replace((*index, other, value)).is_some() {
                return Err(several("credentials in more than one header"));
            }
        }
        Ok(found)
    }

    /// Makes what the clients of this verifier see. `realm` and `resource` are in the challenges.
    pub(crate) fn client_view(
        &self,
        realm: Option<&str>,
        resource: Option<ProtectedResource>,
    ) -> Result<ClientView, ConfigError> {
        let mut schemes: Vec<&str> = self
            .list
            .iter()
            .filter_map(|carrier| match &carrier.place {
                Place::Authorization(scheme) => Some(scheme.as_str()),
                _ => None,
            })
            .collect();
        if schemes.is_empty() {
            schemes.extend(self.list.first().map(Carrier::scheme));
        }
        let mut view = ClientView::challenging(&schemes, realm, resource)?;
        for (_, other) in &self.others {
            match other {
                Other::Header(name) => view.has_credentials_in(name.clone()),
                Other::Cookie(cookie) => {
                    view.has_credentials_in(COOKIE);
                    if let Some(path) = &cookie.login_page {
                        view.redirects_to(LoginPage::new(path, cookie.return_parameter.as_deref())?)?;
                    }
                }
                Other::WebSocket => view.has_subprotocol(),
            }
        }
        Ok(view)
    }
}

/// Schemes are compared without regard to case (RFC 9110 section 11.1). Almost all clients write
/// this spelling, which is compared at once.
#[inline]
fn is_bearer(scheme: &[u8]) -> bool {
    scheme == b"Bearer" || scheme.eq_ignore_ascii_case(b"Bearer")
}
