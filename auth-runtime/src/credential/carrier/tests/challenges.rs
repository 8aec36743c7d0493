//! The challenges and `Vary` of verifiers with other schemes, realms and carriers.

use crate::credential::carrier::{Carrier, Carriers};
use crate::rejection::{ClientView, RejectionKind};
use http::header::{VARY, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName};

fn view(carriers: impl IntoIterator<Item = Carrier>, realm: Option<&str>) -> ClientView {
    let carriers = Carriers::new(carriers.into_iter().collect()).expect("carriers");
    carriers.client_view(realm, None).expect("a view")
}

fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().expect("ASCII").to_owned()).collect()
}

fn challenges(view: &ClientView, kind: RejectionKind) -> Vec<String> {
    values(kind.response(view).headers(), &WWW_AUTHENTICATE)
}

const SCOPE: RejectionKind = RejectionKind::InsufficientScope { scope: Some("orders:write") };

#[test]
fn the_default_is_bearer_with_the_realm_api() {
    let view = view([Carrier::bearer()], Some("api"));
    for (kind, challenge) in [
        (RejectionKind::MissingCredentials, "Bearer realm=\"api\""),
        (RejectionKind::InvalidRequest, "Bearer realm=\"api\", error=\"invalid_request\""),
        (RejectionKind::InvalidToken, "Bearer realm=\"api\", error=\"invalid_token\""),
        (RejectionKind::InsufficientScope { scope: None }, "Bearer realm=\"api\", error=\"insufficient_scope\""),
        (SCOPE, "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"orders:write\""),
    ] {
        assert_eq!(challenges(&view, kind), [challenge]);
        assert_eq!(challenges(&ClientView::default(), kind), [challenge]);
    }
    for kind in [RejectionKind::NotPermitted, RejectionKind::NotFound, RejectionKind::Unavailable] {
        assert_eq!(challenges(&view, kind), [""; 0]);
    }
}

#[test]
fn a_realm_can_be_changed_and_left_out() {
    let orders = view([Carrier::bearer()], Some("Orders of example.com"));
    assert_eq!(challenges(&orders, RejectionKind::MissingCredentials), ["Bearer realm=\"Orders of example.com\""]);
    let none = view([Carrier::bearer()], None);
    assert_eq!(challenges(&none, RejectionKind::MissingCredentials), ["Bearer"]);
    assert_eq!(challenges(&none, RejectionKind::InvalidToken), ["Bearer error=\"invalid_token\""]);
    assert_eq!(challenges(&none, SCOPE), ["Bearer error=\"insufficient_scope\", scope=\"orders:write\""]);
}

#[test]
fn a_realm_that_ends_its_quotes_is_refused() {
    let carriers = Carriers::new(vec![Carrier::bearer()]).expect("carriers");
    for realm in ["", "a\"b", "a\\", "a\r\nset-cookie: b", "ä", "\0"] {
        let error = carriers.client_view(Some(realm), None).map(drop).unwrap_err().to_string();
        assert!(error.starts_with("the realm is refused: "), "{realm:?}: {error}");
    }
}

#[test]
fn the_challenge_names_the_accepted_schemes() {
    let token = view([Carrier::authorization("Token"), Carrier::cookie("__Host-session")], Some("api"));
    assert_eq!(challenges(&token, RejectionKind::InvalidToken), ["Token realm=\"api\", error=\"invalid_token\""]);
    let both = view([Carrier::authorization("Token"), Carrier::bearer()], Some("api"));
    assert_eq!(challenges(&both, RejectionKind::MissingCredentials), ["Token realm=\"api\"", "Bearer realm=\"api\""]);
}

/// A 401 needs a challenge (RFC 9110 section 15.5.2).
#[test]
fn without_authorization_the_challenge_names_the_first_carrier() {
    for (carrier, challenge) in [
        (Carrier::cookie("__Host-session"), "Cookie realm=\"api\""),
        (Carrier::header("X-Api-Key"), "x-api-key realm=\"api\""),
        (Carrier::websocket(), "Bearer realm=\"api\""),
    ] {
        assert_eq!(challenges(&view([carrier], Some("api")), RejectionKind::MissingCredentials), [challenge]);
    }
}

#[test]
fn responses_vary_by_each_header_that_can_have_the_credential() {
    let carriers = [
        Carrier::bearer(),
        Carrier::header("X-Api-Key"),
        Carrier::cookie("__Host-session"),
        Carrier::cookie("__Host-other"),
    ];
    let view = view(carriers, Some("api"));
    let mut response = RejectionKind::InvalidToken.response(&view);
    assert_eq!(values(response.headers(), &VARY), ["Authorization, x-api-key, cookie"]);
    view.vary(response.headers_mut());
    assert_eq!(values(response.headers(), &VARY), ["Authorization, x-api-key, cookie"]);
    let default = RejectionKind::InvalidToken.response(&ClientView::default());
    assert_eq!(values(default.headers(), &VARY), ["Authorization"]);
    let mut own = HeaderMap::new();
    own.insert(VARY, "Accept, COOKIE,authorization".parse().unwrap());
    view.vary(&mut own);
    assert_eq!(values(&own, &VARY), ["Accept, COOKIE,authorization", "x-api-key"]);
}
