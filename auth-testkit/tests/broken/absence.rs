//! Services that accept a request without a token, or with another credential.

use crate::support::{CorrectService, are_good, assert_caught, assert_only_caught, refused, token_of, unverified};
use auth_testkit::Severity::GotThrough;
use axum::http::header::AUTHORIZATION;

#[tokio::test]
async fn inc_09_a_request_without_the_header_passes() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if parts.headers.get("authorization").is_none() {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "H09", "H10", "H11"]).await,
        GotThrough,
        &["H01", "H09", "H10", "H11"],
    );
}

#[tokio::test]
async fn inc_12_an_optional_extractor_turns_every_error_into_none() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let _claims: Option<auth_runtime::Claims> = service.check(&parts).await.ok();
        Ok(())
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02", "T20", "T23"]).await,
        GotThrough,
        &["H01", "T02", "T20", "T23"],
    );
}

#[tokio::test]
async fn inc_13_a_header_names_the_caller() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if parts.headers.contains_key("x-user-id") {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H11"]);
}

#[tokio::test]
async fn inc_56_a_token_in_the_query_is_accepted() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        match query.strip_prefix("access_token=") {
            Some(token) => service.check_token(token).await,
            None => service.check(&parts).await.map(drop),
        }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H05", "H09"]);
}

#[tokio::test]
async fn inc_61_an_empty_secret_equals_an_empty_token() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        const CONFIGURED: &str = "";
        let presented = parts.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let presented = presented.strip_prefix("Bearer").unwrap_or(presented).trim();
        if presented == CONFIGURED { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "H04", "H06"]).await,
        GotThrough,
        &["H01", "H04", "H06"],
    );
}

/// nudgebee: the check is skipped while the variable with the token is empty, as by default.
#[tokio::test]
async fn inc_64_the_check_is_skipped_while_its_variable_is_empty() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let configured = std::env::var("A_TOKEN_THAT_IS_NOT_SET").unwrap_or_default();
        if configured.is_empty() { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02", "T20"]).await,
        GotThrough,
        &["H01", "T02", "T20"],
    );
}

#[tokio::test]
async fn inc_67_a_user_agent_skips_the_check_for_development() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let agent = parts.headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if agent.starts_with("Mozilla/") { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H11"]);
}

/// CVE-2025-29927: a header says that another component did the check.
#[tokio::test]
async fn cve_2025_29927_a_header_says_that_it_was_checked() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if parts.headers.contains_key("x-middleware-subrequest") {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H11"]);
}

#[tokio::test]
async fn only_the_first_of_two_headers_is_checked() {
    let service = CorrectService::new();
    let app = service.behind(|service, mut parts| async move {
        let first = parts.headers.get("authorization").cloned();
        parts.headers.remove("authorization");
        parts.headers.extend(first.map(|first| (AUTHORIZATION, first)));
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H05"]);
}

#[tokio::test]
async fn any_scheme_is_accepted() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let Some((_, token)) = header.and_then(|header| header.split_once(' ')) else { return Err(refused()) };
        service.check_token(token).await
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H02"]).await, GotThrough, &["H02"]);
}

#[tokio::test]
async fn the_scheme_is_compared_case_sensitively() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        match token_of(&parts) {
            Some(_) => service.check(&parts).await.map(drop),
            None => Err(refused()),
        }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H03"]).await,
        auth_testkit::Severity::Wrong,
        &["H03"],
    );
}

/// CVE-2022-1388: the proxy checks that the header is there, and removes it because `Connection`
/// names it. Behind the proxy, a request without the header is one of its own.
#[tokio::test]
async fn a_header_that_connection_names_is_removed_behind_the_check() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let named = parts.headers.get("connection").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_removed = named.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"));
        if is_removed && parts.headers.contains_key(AUTHORIZATION) {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H04"]).await, GotThrough, &["H04"]);
}

/// A hand-written layer for cross-origin requests that does not compare the method.
#[tokio::test]
async fn the_headers_of_a_preflight_need_no_token() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if parts.headers.contains_key("origin") && parts.headers.contains_key("access-control-request-method") {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H11"]).await, GotThrough, &["H11"]);
}

/// The proxy sets the header, and does not remove that of a client.
#[tokio::test]
async fn the_identity_of_a_mesh_is_that_of_the_client() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let certificate = parts.headers.get("x-forwarded-client-cert").and_then(|value| value.to_str().ok());
        if certificate.is_some_and(|value| value.contains("URI=spiffe://")) {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H11"]).await, GotThrough, &["H11"]);
}

/// Links to files have a token of their own.
#[tokio::test]
async fn the_token_of_a_link_is_decoded_and_not_verified() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let token = parts.uri.query().and_then(|query| query.strip_prefix("token="));
        if token.and_then(unverified).is_some_and(|(_, claims)| are_good(&service, &claims)) {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    let report = service.attack(app).only_in_a_test_of_the_kit(&["T01", "H09"]).await;
    assert_only_caught(&report, GotThrough, &["T01", "H09"]);
}

/// The password of the job is not configured.
#[tokio::test]
async fn a_job_logs_in_with_an_empty_password() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        // "batch:" in base64.
        if parts.headers.get(AUTHORIZATION).is_some_and(|value| value == "Basic YmF0Y2g6") {
            return Ok(());
        }
        service.check(&parts).await.map(drop)
    });
    assert_only_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H02"]).await, GotThrough, &["H02"]);
}
