//! Any change of a signed request is refused.

use super::support::{GitHub, NOW, SECRET, Warehouse, github, headers, signatures, verify, warehouse};
use http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

proptest! {
    #[test]
    fn a_changed_byte_of_the_body_is_refused(body in vec(any::<u8>(), 1..300), at: usize, flip in 1_u8..) {
        let ours = signatures::<GitHub>(SECRET);
        let headers = headers(&[("x-hub-signature-256", github(SECRET, &body))]);
        prop_assert!(verify(&ours, &headers, &body, NOW).is_ok());
        let mut changed = body.clone();
        changed[at % body.len()] ^= flip;
        prop_assert!(verify(&ours, &headers, &changed, NOW).is_err());
        prop_assert!(verify(&ours, &headers, &body[1..], NOW).is_err());
        changed.clone_from(&body);
        changed.push(flip);
        prop_assert!(verify(&ours, &headers, &changed, NOW).is_err());
    }

    /// The signature, the timestamp and the id: each is under the MAC, or is the MAC.
    #[test]
    fn a_changed_byte_of_a_header_is_refused(body in vec(any::<u8>(), 0..40), which in 0..3_usize, at: usize, new in b'!'..b'~') {
        let ours = signatures::<Warehouse>(SECRET);
        let good = warehouse("delivery-1", &NOW.to_string(), &body);
        prop_assert!(verify(&ours, &good, &body, NOW).is_ok());
        let name = ["x-signature", "x-sent", "x-delivery"][which];
        let mut value = good[name].as_bytes().to_vec();
        let at = at % value.len();
        let is_changed = value[at] != new;
        value[at] = new;
        let mut changed = good.clone();
        changed.insert(name, HeaderValue::from_bytes(&value).expect("a value"));
        prop_assert_eq!(verify(&ours, &changed, &body, NOW).is_err(), is_changed);
    }

    /// What an unauthenticated client sends never panics.
    #[test]
    fn any_headers_are_refused(signature in vec(b' '..=255, 0..200), sent in vec(b' '..=255, 0..30), id in vec(b' '..=255, 0..30)) {
        let value = |bytes: &[u8]| HeaderValue::from_bytes(bytes).ok();
        let mut map = HeaderMap::new();
        for names in [["x-signature", "x-sent", "x-delivery"], ["x-hub-signature-256", "a", "b"]] {
            for (name, bytes) in names.into_iter().zip([&signature, &sent, &id]) {
                map.extend(value(bytes).map(|value| (http::HeaderName::from_static(name), value)));
            }
        }
        prop_assert!(verify(&signatures::<Warehouse>(SECRET), &map, b"", NOW).is_err());
        prop_assert!(verify(&signatures::<GitHub>(SECRET), &map, b"", NOW).is_err());
    }
}
