//! Permissions from tokens as five providers issue them. The claims are those of their
//! documentation; names and ids are made up.

use crate::support::{AUDIENCE, ISSUER, now, signed, token, verifier, verifier_for, verifier_of};
use auth_runtime::events::Reason;
use auth_runtime::{AnyOf, Authenticated, Claims, Permission, Rejection, claim, scope};
use serde_json::{Value, json};

/// Verifies a token of a provider's shape.
async fn caller(claims: &Value) -> Authenticated<Claims> {
    let issuer = claims["iss"].as_str().unwrap();
    let audience = claims["aud"].as_str().or(claims["aud"][0].as_str()).unwrap();
    verifier_of(issuer, audience).0.verify(&signed(claims)).await.unwrap()
}

async fn granted<P: Permission<Claims>>(claims: &Value) {
    caller(claims).await.require::<P>().map(drop).unwrap();
}

async fn denied<P: Permission<Claims>>(claims: &Value) {
    let rejection = caller(claims).await.require::<P>().map(drop).unwrap_err();
    assert_eq!(rejection.status(), 403, "{}", P::NAME);
}

/// Claims that the code of a service can change in the proof, because a lock has interior
/// mutability.
#[derive(serde::Deserialize)]
struct Changed {
    scope: std::sync::Mutex<String>,
    roles: std::sync::Mutex<Vec<String>>,
}

#[tokio::test]
async fn scopes_and_claims_are_read_from_what_was_signed() {
    scope!(Read = "orders:read");
    scope!(Write = "orders:write");
    claim!(Boss = "boss" in "roles");
    let verifier = verifier_for::<Changed>(ISSUER, AUDIENCE).0;
    let token = token(&json!({"scope": "orders:read", "roles": []}));
    // The cache stores the claims at the second request, and the next ones share them.
    for _ in 0..4 {
        let proofs = [verifier.verify(&token).await, verifier.verify(&token).await, verifier.verify(&token).await];
        let [read, write, boss] = proofs.map(|proof: Result<Authenticated<Changed>, _>| proof.unwrap());
        for proof in [&read, &write, &boss] {
            *proof.scope.lock().unwrap() = "orders:write".to_owned();
            *proof.roles.lock().unwrap() = vec!["boss".to_owned()];
        }
        assert!(read.require::<Read>().is_ok());
        assert!(write.require::<Write>().is_err());
        assert!(boss.require::<Boss>().is_err());
    }
}

#[tokio::test]
async fn auth0() {
    scope!(WriteOrders = "write:orders");
    scope!(Refund = "refund:orders");
    claim!(MayRefund = "refund:orders" in "permissions");
    claim!(Boss = "boss" in "https://orders.example.com/roles");
    let token = json!({
        "iss": "https://example.eu.auth0.com/",
        "sub": "auth0|64f0c2",
        "aud": ["https://orders.example.com", "https://example.eu.auth0.com/userinfo"],
        "iat": now(), "exp": now() + 86_400,
        "azp": "my_client_id",
        "scope": "openid profile write:orders",
        "permissions": ["refund:orders"],
        "https://orders.example.com/roles": ["boss"],
    });
    granted::<WriteOrders>(&token).await;
    granted::<(MayRefund, Boss)>(&token).await;
    denied::<Refund>(&token).await;
}

#[tokio::test]
async fn entra_id() {
    scope!(OrdersWrite = "Orders.Write");
    scope!(Refund = "Orders.Refund.All");
    claim!(RefundAll = "Orders.Refund.All" in "roles");
    claim!(Operators = "0ae2-11" in "groups");
    let token = json!({
        "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "iss": "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
        "iat": now(), "nbf": now(), "exp": now() + 3_900,
        "azp": "db7d5f8c", "azpacr": "1", "oid": "690222be", "tid": "72f988bf", "ver": "2.0",
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "scp": "Orders.Read Orders.Write",
        "roles": ["Orders.Refund.All"],
        "groups": ["0ae2-11"],
    });
    granted::<(OrdersWrite, RefundAll, Operators)>(&token).await;
    denied::<Refund>(&token).await;
}

#[tokio::test]
async fn keycloak() {
    claim!(Clerk = "clerk" in ["realm_access", "roles"]);
    claim!(Seller = "seller" in ["resource_access", "orders", "roles"]);
    claim!(OtherSeller = "seller" in ["resource_access", "account", "roles"]);
    claim!(TopLevel = "clerk" in "roles");
    scope!(Email = "email");
    let token = json!({
        "iss": "https://keycloak.example.com/realms/shop",
        "aud": ["orders", "account"],
        "sub": "0f3b", "typ": "Bearer", "azp": "storefront", "sid": "9f1c", "jti": "onrtac:5a",
        "iat": now(), "exp": now() + 300,
        "realm_access": {"roles": ["default-roles-shop", "clerk"]},
        "resource_access": {"orders": {"roles": ["seller"]}, "account": {"roles": ["manage-account"]}},
        "scope": "email profile",
    });
    granted::<(Clerk, Seller, Email)>(&token).await;
    denied::<OtherSeller>(&token).await;
    denied::<TopLevel>(&token).await;
}

#[tokio::test]
async fn a_claim_that_is_elsewhere_than_it_should_be_grants_nothing() {
    claim!(Clerk = "clerk" in ["realm_access", "roles"]);
    let standard = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now(), "exp": now() + 300});
    let with = |claims: &Value| {
        let mut token = standard.clone();
        token.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        token
    };
    granted::<Clerk>(&with(&json!({"realm_access": {"roles": ["clerk"]}}))).await;
    granted::<Clerk>(&with(&json!({"realm_access": {"roles": "clerk"}}))).await;
    for elsewhere in [
        json!({"roles": ["clerk"]}),
        json!({"realm_access": ["clerk"], "roles": ["clerk"]}),
        json!({"realm_access": "clerk", "roles": "clerk"}),
        json!({"realm_access": null, "roles": ["clerk"]}),
        json!({"realm_access": {"access": {"roles": ["clerk"]}}}),
        json!({"realm_access": {"roles": {"clerk": true}}}),
        json!({"realm_access": {"roles": [["clerk"], {"clerk": "clerk"}, 1]}}),
        json!({"realm_access": [{"roles": ["clerk"]}]}),
    ] {
        let token = with(&elsewhere);
        denied::<Clerk>(&token).await;
        // From the claims that a handler holds it is the same.
        let caller = caller(&token).await;
        let claims: &Claims = &caller;
        assert!(Clerk::check(claims).is_err(), "{elsewhere}");
    }
}

#[tokio::test]
async fn cognito() {
    scope!(OrdersWrite = "orders/write");
    claim!(Staff = "staff" in "cognito:groups");
    let issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example";
    let mut token = json!({
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "cognito:groups": ["staff"],
        "iss": issuer, "client_id": "xxxxexample", "origin_jti": "1", "jti": "2", "event_id": "3",
        "token_use": "access", "scope": "openid orders/write", "auth_time": now(), "iat": now(), "exp": now() + 3_600,
        "username": "alice", "version": 2,
    });
    // Without resource binding (RFC 8707), access tokens have no `aud`: they are not
    // for a certain API, and the verifier rejects them.
    let refused = verifier_of(issuer, "orders").0.verify(&signed(&token)).await.map(drop);
    assert_eq!(refused, Err(Rejection::InvalidToken(Reason::MalformedClaims)));

    token["aud"] = json!("https://orders.example.com");
    granted::<(OrdersWrite, Staff)>(&token).await;
}

#[tokio::test]
async fn okta() {
    scope!(OrdersWrite = "orders:write");
    scope!(OrdersRefund = "orders:refund");
    claim!(Everyone = "Everyone" in "groups");
    let token = json!({
        "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
        "iss": "https://example.okta.com/oauth2/default", "aud": "api://default",
        "sub": "alice@example.com", "cid": "nmdP1fcyvdVO11AL7ECm", "uid": "00uid4BxXw6I6TV4m0g3",
        "iat": now(), "exp": now() + 3_600, "auth_time": now(),
        "scp": ["openid", "orders:write"],
        "groups": ["Everyone", "Operations"],
    });
    granted::<(OrdersWrite, Everyone)>(&token).await;
    denied::<OrdersRefund>(&token).await;
}

/// A permission decides alike from the token and from the claims that a handler holds.
#[tokio::test]
async fn scope_arrays_and_roles_as_keys_grant_alike_from_token_and_claims() {
    scope!(Write = "write");
    claim!(WriteInScope = "write" in "scope");
    claim!(WriteInScp = "write" in "scp");
    claim!(Admin = "admin" in keys of "urn:zitadel:iam:org:project:roles");
    claim!(Inner = "admin" in keys of ["app", "roles"]);
    type Check = fn(&Claims) -> Result<(), auth_runtime::Denied>;
    async fn alike<P: Permission<Claims>>(token: &Value, check: Check, grants: bool) {
        let caller = verifier().0.verify(&crate::support::token(token)).await.unwrap();
        assert_eq!(check(&caller).is_ok(), grants, "{token}: {}", P::NAME);
        assert_eq!(caller.require::<P>().is_ok(), grants, "{token}: {}", P::NAME);
    }
    for (scope, grants) in [
        (json!(["read", "write"]), true),
        (json!(["write", 1]), false),
        (json!(["read write"]), false),
        (json!([]), false),
    ] {
        alike::<Write>(&json!({"scope": scope}), Write::check, grants).await;
    }
    alike::<Write>(&json!({"scope": ["read"], "scp": "write"}), Write::check, true).await;
    alike::<WriteInScope>(&json!({"scope": ["read", "write"]}), WriteInScope::check, true).await;
    alike::<WriteInScope>(&json!({"scope": "write"}), WriteInScope::check, true).await;
    alike::<WriteInScope>(&json!({"scope": "read write"}), WriteInScope::check, false).await;
    alike::<WriteInScp>(&json!({"scp": ["write"]}), WriteInScp::check, true).await;
    for (roles, grants) in
        [(json!({"admin": {"1": "shop"}}), true), (json!({"admin": {}}), false), (json!(["admin"]), false)]
    {
        alike::<Admin>(&json!({"urn:zitadel:iam:org:project:roles": roles}), Admin::check, grants).await;
        alike::<Inner>(&json!({"app": {"roles": roles}}), Inner::check, grants).await;
        alike::<Inner>(&json!({"app.roles": roles, "roles": roles}), Inner::check, false).await;
    }
    assert_eq!(<Admin as Permission<Claims>>::NAME, r#""admin" in keys of ["urn:zitadel:iam:org:project:roles"]"#);
}

claim!(Admin = "admin" in "roles");
scope!(Read = "read");
scope!(Write = "write");

#[tokio::test]
async fn a_claim_that_is_missing_elsewhere_or_of_another_type_grants_nothing() {
    let (verifier, _) = verifier();
    for claims in [
        json!({}),
        json!({"roles": null}),
        json!({"roles": []}),
        json!({"roles": "administrator"}),
        json!({"roles": "user admin"}),
        json!({"roles": ["Admin", "admin "]}),
        json!({"roles": [["admin"]]}),
        json!({"roles": {"admin": true}}),
        json!({"roles": {"0": "admin"}}),
        json!({"roles": true}),
        json!({"role": "admin", "Roles": ["admin"], "scope": "admin"}),
        json!({"realm_access": {"roles": ["admin"]}}),
    ] {
        let caller = verifier.verify(&token(&claims)).await.unwrap();
        assert_eq!(caller.require::<Admin>().map(drop).unwrap_err().status(), 403, "{claims}");
    }
    for claims in [json!({"roles": "admin"}), json!({"roles": ["user", 7, "admin"]})] {
        let caller = verifier.verify(&token(&claims)).await.unwrap();
        caller.require::<Admin>().map(drop).unwrap();
    }
}

#[tokio::test]
async fn one_of_several_is_enough_for_any_of_and_none_is_not() {
    let (verifier, events) = verifier();
    for (scope, enough) in [("read", true), ("write", true), ("read write", true), ("other", false), ("", false)] {
        let caller = verifier.verify(&token(&json!({"scope": scope}))).await.unwrap();
        assert_eq!(caller.require::<AnyOf<(Read, Write)>>().is_ok(), enough, "{scope}");
    }
    let denials = events.take();
    assert_eq!(denials.len(), 2);
    assert!(denials.iter().all(|event| event.subject.as_deref() == Some("alice")));
}

#[tokio::test]
async fn what_one_permission_asks_another_can_ask_for_itself() {
    struct ReadAndAdmin;
    impl Permission<Claims> for ReadAndAdmin {
        const NAME: &'static str = "read and admin";
        fn check(claims: &Claims) -> Result<(), auth_runtime::Denied> {
            Read::check(claims)?;
            Admin::check(claims)
        }
    }
    let (verifier, _) = verifier();
    for (claims, status) in [
        (json!({"scope": "read", "roles": ["admin"]}), 200),
        (json!({"scp": ["read"], "roles": "admin"}), 200),
        (json!({"scope": "read"}), 403),
        (json!({"roles": ["admin"]}), 403),
    ] {
        let caller = verifier.verify(&token(&claims)).await.unwrap();
        let found = caller.require::<ReadAndAdmin>().map_or_else(|rejection| rejection.status().as_u16(), |_| 200);
        assert_eq!(found, status, "{claims}");
    }
}

claim!(Robot = "batch" in "client_id");
claim!(Suspended = "suspended" in "roles");

/// The opposite of a permission, as a developer might write it.
struct Not<P>(P);

impl<C, P: Permission<C>> Permission<C> for Not<P> {
    const NAME: &'static str = "not";
    fn check(claims: &C) -> Result<(), auth_runtime::Denied> {
        match P::check(claims) {
            Ok(()) => Err(auth_runtime::Denied::new("it is")),
            Err(_) => Ok(()),
        }
    }
}

#[tokio::test]
async fn the_opposite_of_a_permission_is_not_granted_to_those_who_have_it() {
    let (verifier, _) = verifier();
    let robot =
        || async { verifier.verify(&token(&json!({"client_id": "batch", "roles": ["suspended"]}))).await.unwrap() };
    robot().await.require::<(Robot, Suspended)>().map(drop).unwrap();
    assert_eq!(robot().await.require::<Not<Robot>>().map(drop).unwrap_err().status(), 403);
    assert_eq!(robot().await.require::<Not<Suspended>>().map(drop).unwrap_err().status(), 403);
    let person = verifier.verify(&token(&json!({"client_id": "browser"}))).await.unwrap();
    person.require::<Not<Robot>>().map(drop).unwrap();
}

#[tokio::test]
async fn a_permission_that_cannot_see_the_token_has_no_answer_and_no_opposite() {
    #[derive(serde::Deserialize)]
    struct Own {}

    let (verifier, events) = verifier_for::<Own>(ISSUER, AUDIENCE);
    let suspended = || async { verifier.verify(&token(&json!({"roles": ["suspended"]}))).await.unwrap() };
    suspended().await.require::<Suspended>().map(drop).unwrap();
    let rejection = suspended().await.require::<Not<Suspended>>().map(drop).unwrap_err();
    assert_eq!(rejection, Rejection::Unavailable(Reason::VerifierPanicked));
    assert_eq!(events.take().len(), 1);
}
