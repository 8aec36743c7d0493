//! Providers at which people sign in.

use super::Fixture;
use super::fixture::profile;
use crate::support::NOW;
use auth_runtime::credentials::Provider;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::json;

pub(super) const TENANT: &str = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
pub(super) const CLIENT: &str = "3f7k2v9q1example";

pub(super) fn fixtures() -> Vec<Fixture> {
    let mut all = of_one_product();
    all.extend(self_hosted());
    all
}

/// Services that a vendor runs.
fn of_one_product() -> Vec<Fixture> {
    vec![
        Fixture::new(
            "Auth0",
            profile!(Provider::auth0("example.eu.auth0.com")),
            "https://orders.example.com",
            json!({
                "iss": "https://example.eu.auth0.com/", "sub": "auth0|64f0c2",
                "aud": ["https://orders.example.com", "https://example.eu.auth0.com/userinfo"],
                "iat": NOW, "exp": NOW + 86_400, "azp": CLIENT, "gty": "password",
                "scope": "openid orders:read", "permissions": ["refund:orders"],
            }),
        )
        .other("an ID token", &json!({"nonce": "n-0S6", "gty": null, "azp": null}), Reason::WrongTokenType),
        Fixture::new(
            "Okta",
            profile!(Provider::okta("example.okta.com", "default")),
            "api://default",
            json!({
                "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
                "iss": "https://example.okta.com/oauth2/default", "aud": "api://default", "sub": "alice@example.com",
                "iat": NOW, "exp": NOW + 3600, "cid": CLIENT, "uid": "00uid4BxXw6I6TV4m0g3",
                "scp": ["openid", "orders:read"], "groups": ["Everyone"],
            }),
        )
        .typ(None)
        .other("an ID token", &json!({"cid": null, "uid": null, "scp": null, "amr": ["pwd"]}), Reason::WrongTokenType)
        .other(
            "a token of Okta's own authorization server",
            &json!({"iss": "https://example.okta.com", "aud": "https://example.okta.com"}),
            Reason::WrongIssuer,
        ),
        entra(),
        Fixture::new(
            "Cognito",
            profile!(Provider::cognito("eu-central-1", "eu-central-1_Example")),
            CLIENT,
            json!({
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "cognito:groups": ["staff"],
                "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example", "client_id": CLIENT,
                "origin_jti": "1", "jti": "2", "event_id": "3", "token_use": "access", "scope": "openid orders:read",
                "auth_time": NOW, "iat": NOW, "exp": NOW + 3600, "username": "alice",
            }),
        )
        .typ(None)
        .audience_in("client_id")
        .other(
            "an ID token",
            &json!({"token_use": "id", "aud": CLIENT, "client_id": null, "scope": null}),
            Reason::WrongTokenType,
        )
        .other("no token_use", &json!({"token_use": null}), Reason::WrongTokenType),
        Fixture::new(
            "Firebase",
            profile!(Provider::firebase("shop-4711")),
            "shop-4711",
            json!({
                "iss": "https://securetoken.google.com/shop-4711", "aud": "shop-4711", "auth_time": NOW - 60,
                "user_id": "k3Xf", "sub": "k3Xf", "iat": NOW, "exp": NOW + 3600, "email": "alice@example.com",
                "firebase": {"identities": {}, "sign_in_provider": "password"}, "admin": true,
            }),
        )
        .other(
            "a session cookie",
            &json!({"iss": "https://session.firebase.google.com/shop-4711"}),
            Reason::WrongIssuer,
        )
        .other("without auth_time", &json!({"auth_time": null}), Reason::MalformedClaims),
        super::google::fixture(),
        Fixture::new(
            "Clerk",
            profile!(Provider::clerk("clerk.example.com")),
            "https://app.example.com",
            json!({
                "azp": "https://app.example.com", "exp": NOW + 60, "iat": NOW, "nbf": NOW - 10, "fva": [0, -1],
                "iss": "https://clerk.example.com", "sid": "sess_2GaMqUCB3Sc1WNAkWuNzsnYVVEy",
                "sub": "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "v": 2, "o": {"rol": "admin", "id": "org_1"},
            }),
        )
        .audience_in("azp")
        .other("without a session", &json!({"sid": null}), Reason::MalformedClaims)
        .other("an ID token", &json!({"nonce": "n", "aud": "client"}), Reason::WrongAudience),
        Fixture::new(
            "Supabase",
            profile!(Provider::supabase("abcdefghijklmnopqrst")),
            "authenticated",
            json!({
                "iss": "https://abcdefghijklmnopqrst.supabase.co/auth/v1", "aud": "authenticated", "exp": NOW + 3600,
                "iat": NOW, "sub": "0f3b77c4", "role": "authenticated", "aal": "aal1", "session_id": "5a1f",
                "email": "alice@example.com", "phone": "", "is_anonymous": false,
                "app_metadata": {"provider": "email", "roles": ["admin"]}, "amr": [{"method": "password"}],
            }),
        )
        .signed_with(Algorithm::ES256)
        .other(
            "the anonymous API key",
            &json!({"iss": "supabase", "aud": null, "sub": null, "role": "anon"}),
            Reason::WrongIssuer,
        )
        .other("a token of the service role", &json!({"role": "service_role"}), Reason::MalformedClaims),
    ]
}

/// Software that a company runs itself.
fn self_hosted() -> Vec<Fixture> {
    vec![
        keycloak(),
        Fixture::new(
            "Zitadel",
            profile!(Provider::zitadel("id.example.com")),
            "2891-orders",
            json!({
                "iss": "https://id.example.com", "sub": "2654@shop", "aud": ["2891-orders", "2890-shop"],
                "exp": NOW + 43_000, "nbf": NOW, "iat": NOW, "jti": "V2_3456-at_7890", "client_id": CLIENT,
                "urn:zitadel:iam:org:project:roles": {"admin": {"2891": "shop.id.example.com"}},
            }),
        )
        .other(
            "an ID token",
            &json!({"jti": null, "at_hash": "x", "nonce": "n", "azp": CLIENT}),
            Reason::WrongTokenType,
        ),
        Fixture::new(
            "Duende IdentityServer",
            profile!(Provider::duende("https://id.example.com")),
            "orders",
            json!({
                "iss": "https://id.example.com", "nbf": NOW, "iat": NOW, "exp": NOW + 3600, "aud": "orders",
                "scope": ["openid", "orders:read"], "amr": ["pwd"], "client_id": CLIENT, "sub": "818727",
                "auth_time": NOW, "idp": "local", "sid": "4F03", "jti": "2C6E",
            }),
        )
        .typ(Some("at+jwt"))
        .other("without client_id", &json!({"client_id": null}), Reason::MalformedClaims),
        Fixture::new(
            "authentik",
            profile!(Provider::authentik("https://id.example.com", "orders")),
            CLIENT,
            json!({
                "iss": "https://id.example.com/application/o/orders/", "sub": "b3f1", "aud": CLIENT,
                "exp": NOW + 300, "iat": NOW, "auth_time": NOW, "acr": "goauthentik.io/providers/oauth2/default",
                "amr": ["pwd"], "nonce": "first-token-only", "sid": "9d0c", "groups": ["staff"],
                "azp": CLIENT, "uid": "Uq5f8gYc",
            }),
        )
        .other("an ID token", &json!({"azp": null, "uid": null, "at_hash": "x"}), Reason::WrongTokenType),
        Fixture::new(
            "Dex",
            profile!(Provider::dex("https://dex.example.com")),
            "orders",
            json!({
                "iss": "https://dex.example.com", "sub": "CgRhbGljZRIEbGRhcA", "aud": "orders", "exp": NOW + 86_399,
                "iat": NOW, "at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng", "nonce": "n", "email": "alice@example.com",
                "groups": ["staff"], "name": "alice",
            }),
        )
        .typ(None)
        .keys_without_alg(),
        Fixture::new(
            "Ory Hydra",
            profile!(Provider::ory_hydra("https://hydra.example.com/")),
            "orders",
            json!({
                "aud": ["orders"], "client_id": CLIENT, "exp": NOW + 3600, "ext": {"role": "clerk"}, "iat": NOW,
                "iss": "https://hydra.example.com/", "jti": "1c7d", "nbf": NOW, "scp": ["orders:read"], "sub": "alice",
            }),
        )
        .other(
            "an ID token",
            &json!({"client_id": null, "scp": null, "ext": null, "at_hash": "x", "rat": NOW}),
            Reason::WrongTokenType,
        )
        .other("a token for no audience", &json!({"aud": []}), Reason::WrongAudience),
    ]
}

/// An access token of version 2.0.
pub(super) fn entra() -> Fixture {
    Fixture::new(
        "Entra ID",
        profile!(Provider::entra("8eaef023-2b34-4da1-9baa-8bc8c9d6a490")),
        "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        json!({
            "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
            "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            "iat": NOW, "nbf": NOW, "exp": NOW + 4200, "aio": "AXQAi/8", "azp": "db7d5f8c", "azpacr": "1",
            "name": "Alice", "oid": "690222be", "rh": "0.ARoA", "scp": "Orders.Read", "roles": ["Clerk"],
            "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ", "tid": TENANT, "uti": "fqiB", "ver": "2.0",
        }),
    )
    .header("x5t", "nOo3ZDrODXEK1jKWhXslHR_KXEg")
    .keys_without_alg()
    .other("an ID token", &json!({"azp": null, "azpacr": null, "scp": null, "roles": null}), Reason::WrongTokenType)
    .other(
        "a token of version 1.0",
        &json!({"iss": format!("https://sts.windows.net/{TENANT}/"), "ver": "1.0"}),
        Reason::WrongIssuer,
    )
}

/// A token of a release before 25: it has the `nonce` of the request.
pub(super) fn keycloak() -> Fixture {
    Fixture::new(
        "Keycloak",
        profile!(Provider::keycloak("https://id.example.com", "shop")),
        "orders",
        json!({
            "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 5, "jti": "onrtac:5a1f",
            "iss": "https://id.example.com/realms/shop", "aud": ["orders", "account"], "sub": "0f3b-77c4",
            "typ": "Bearer", "azp": "storefront", "nonce": "8c1d", "session_state": "9f1c", "sid": "9f1c", "acr": "1",
            "realm_access": {"roles": ["default-roles-shop", "clerk"]},
            "resource_access": {"orders": {"roles": ["seller"]}}, "scope": "openid orders:read",
        }),
    )
    .other("an ID token", &json!({"typ": "ID", "aud": "orders", "at_hash": "x"}), Reason::WrongTokenType)
    .other("a refresh token", &json!({"typ": "Refresh"}), Reason::WrongTokenType)
    .other("an offline token", &json!({"typ": "Offline"}), Reason::WrongTokenType)
    .other("a logout token", &json!({"typ": "Logout", "events": {}}), Reason::WrongTokenType)
    .other("a token without typ", &json!({"typ": null}), Reason::WrongTokenType)
}
