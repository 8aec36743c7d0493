//! Providers that issue tokens to programs, and proxies.

use super::Fixture;
use super::fixture::profile;
use super::people::CLIENT;
use crate::support::{NOW, Server, get_with};
use auth_runtime::credentials::Provider;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::json;

const CLUSTER: &str = "https://kubernetes.default.svc.cluster.local";
pub(super) const YEAR: u64 = 365 * 24 * 3600;

pub(super) fn fixtures() -> Vec<Fixture> {
    vec![
        kubernetes(),
        Fixture::new(
            "GitHub Actions",
            profile!(Provider::github_actions("octo-org")),
            "https://orders.example.com",
            json!({
                "jti": "example-id", "sub": "repo:octo-org/octo-repo:environment:prod", "environment": "prod",
                "aud": "https://orders.example.com", "ref": "refs/heads/main", "sha": "example-sha",
                "repository": "octo-org/octo-repo", "repository_owner": "octo-org", "run_id": "1",
                "actor": "octocat", "workflow": "deploy", "event_name": "workflow_dispatch", "ref_type": "branch",
                "iss": "https://token.actions.githubusercontent.com", "nbf": NOW - 60, "exp": NOW + 900, "iat": NOW,
            }),
        )
        .header("x5t", "eBZ_cn3sXYAd0ch4THBKHIgOwOE")
        .other(
            "a workflow of another owner",
            &json!({"repository_owner": "evil", "sub": "repo:evil/octo-repo:ref:refs/heads/main"}),
            Reason::MalformedClaims,
        )
        .other("no owner", &json!({"repository_owner": null}), Reason::MalformedClaims),
        Fixture::new(
            "GitLab CI",
            profile!(Provider::gitlab_ci("https://gitlab.example.com/", "shop")),
            "https://orders.example.com",
            json!({
                "namespace_id": "72", "namespace_path": "shop", "project_id": "20", "project_path": "shop/web",
                "user_id": "1", "user_login": "alice", "pipeline_id": "574", "job_id": "302", "ref": "main",
                "ref_type": "branch", "ref_protected": "true", "jti": "235b3a54", "iat": NOW, "nbf": NOW - 5,
                "exp": NOW + 3600, "iss": "https://gitlab.example.com",
                "sub": "project_path:shop/web:ref_type:branch:ref:main", "aud": "https://orders.example.com",
            }),
        )
        .other("a job of another namespace", &json!({"namespace_path": "shop2"}), Reason::MalformedClaims),
        cloudflare(),
        Fixture::new(
            "SPIFFE",
            profile!(Provider::spiffe("example.org", "https://spire.example.org")),
            "orders",
            json!({
                "aud": ["orders"], "exp": NOW + 300, "iat": NOW, "iss": "https://spire.example.org",
                "sub": "spiffe://example.org/ns/shop/sa/web",
            }),
        )
        .signed_with(Algorithm::ES256)
        .other(
            "another trust domain",
            &json!({"sub": "spiffe://example.org.evil.example/ns/shop"}),
            Reason::MalformedClaims,
        )
        .other(
            "an id that only contains the domain",
            &json!({"sub": "x/spiffe://example.org/"}),
            Reason::MalformedClaims,
        )
        .other("without iss", &json!({"iss": null}), Reason::MalformedClaims),
    ]
}

/// A projected token that the API server extended to a year.
pub(super) fn kubernetes() -> Fixture {
    Fixture::new(
        "Kubernetes",
        profile!(Provider::kubernetes("https://kubernetes.default.svc.cluster.local")),
        "orders",
        json!({
            "aud": ["orders"], "exp": NOW + YEAR, "iat": NOW, "nbf": NOW, "iss": CLUSTER, "jti": "ea28",
            "kubernetes.io": {
                "namespace": "shop", "pod": {"name": "web-0", "uid": "1"}, "warnafter": NOW + 3607,
                "serviceaccount": {"name": "web", "uid": "14ee3fa4"},
            },
            "sub": "system:serviceaccount:shop:web",
        }),
    )
    .typ(None)
    .other("a token of a secret", &json!({"kubernetes.io": null}), Reason::MalformedClaims)
    .other("more than a year", &json!({"exp": NOW + YEAR + 1}), Reason::LifetimeTooLong)
}

/// A token of a person, as the proxy sends it.
pub(super) fn cloudflare() -> Fixture {
    Fixture::new(
        "Cloudflare Access",
        profile!(Provider::cloudflare_access("shop")),
        "32eafc7626e737866",
        json!({
            "aud": ["32eafc7626e737866"], "email": "alice@example.com", "exp": NOW + 3600, "iat": NOW, "nbf": NOW,
            "iss": "https://shop.cloudflareaccess.com", "type": "app", "identity_nonce": "1kj", "country": "DE",
            "sub": "7335d417-61da-459d-899c-0a01c76a2f94",
        }),
    )
    .other("a token of the organization", &json!({"type": "org"}), Reason::WrongTokenType)
    .other("a service without a name", &json!({"sub": "", "email": null}), Reason::MalformedClaims)
    .other("a name that is not a text", &json!({"sub": "", "common_name": 7}), Reason::MalformedClaims)
    .other("a blank name", &json!({"sub": "", "common_name": " "}), Reason::MalformedClaims)
    .other(
        "a sub in the form of a service's",
        &json!({"sub": format!("common_name:{CLIENT}.access")}),
        Reason::MalformedClaims,
    )
}

/// The proxy sends the token in a header of its own, and no client can send it elsewhere.
#[tokio::test]
async fn the_token_of_cloudflare_is_read_from_its_header_alone() {
    let fixture = cloudflare();
    let (provider, audience) = (fixture.provider.clone(), fixture.audience);
    let server = Server::with(fixture.mint.algorithm)
        .keys(fixture.keys())
        .verifier(move |builder| builder.provider(provider).audience(audience))
        .start()
        .await;
    let token = fixture.good();
    let in_its_header = format!("GET /me HTTP/1.1\r\nhost: localhost\r\ncf-access-jwt-assertion: {token}\r\n\r\n");
    assert_eq!(server.exchange(in_its_header).await.status, 200);
    assert_eq!(server.exchange(get_with("/me", &token)).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MissingCredentials);
}
