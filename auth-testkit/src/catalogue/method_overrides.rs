//! The ways in which a client names another method than that of its request.
//!
//! HTML forms send GET and POST only, so frameworks read the method from elsewhere. A check in
//! front of them sees the method of the request.

use super::presentation::MISSING;
use super::{Attack, Credentials, Expected};
use http::HeaderName;

/// Headers that name another method.
const HEADERS: [&str; 4] = ["x-http-method-override", "x-method-override", "x-http-method", "x-override-method"];

/// The field of a query or of a form, as Rails, Laravel and Symfony name it.
const FIELDS: [&str; 2] = ["_method", "method"];

/// Methods that a guard often exempts: a preflight, and reads.
const EXEMPT: [&str; 2] = ["OPTIONS", "GET"];

/// Credentials that name this method, each with a description.
pub(crate) fn method_overrides(method: &str) -> Vec<(String, Credentials)> {
    let header = |name: &&'static str| {
        let credentials = Credentials::none().header(HeaderName::from_static(name), method);
        (format!("{name}: {method}"), credentials)
    };
    let field = |name: &&str| (format!("?{name}={method}"), Credentials::none().query(format!("{name}={method}")));
    HEADERS.iter().map(header).chain(FIELDS.iter().map(field)).collect()
}

/// The same in a form, which replaces the body.
pub(crate) fn method_in_form(method: &str) -> (String, Credentials) {
    let form = format!("_method={method}");
    (format!("the form {form}"), Credentials::none().form(form))
}

/// H10: the methods that a guard often exempts, without a token.
pub(super) fn attacks() -> Vec<Attack> {
    let all = EXEMPT.iter().flat_map(|method| method_overrides(method));
    all.map(|(name, credentials)| {
        Attack::new("H10", name, Expected::NoCredentials, move |_| Some(credentials.clone())).because(MISSING)
    })
    .collect()
}
