//! The posture shows what a profile means.

use super::{Fixture, all};
use crate::support::{Runs, Service, standard};
use auth_runtime::credentials::Provider;
use auth_runtime::{Events, Verifier};
use serde_json::Value;

/// The text, and the JSON of the only issuer.
fn posture(fixture: &Fixture, provider: Provider) -> (String, Value) {
    let builder = Verifier::builder().provider(provider).audience(fixture.audience).also_audience("second");
    let verifier = builder.keys(fixture.keys()).events(Events::collect().0).build().expect("a verifier");
    let posture = standard(Service { verifier, runs: Runs::default() }).posture();
    let issuer = serde_json::to_value(&posture.verifiers()[0].issuers[0]).expect("JSON");
    (posture.to_string(), issuer)
}

fn line(name: &str) -> String {
    let fixture = all().into_iter().find(|fixture| fixture.name == name).expect("a fixture");
    let (text, _) = posture(&fixture, fixture.provider.clone());
    let of_the_profile = text.lines().find(|line| line.contains("with the profile of")).unwrap_or_default();
    of_the_profile.trim().to_owned()
}

#[test]
fn the_posture_shows_what_a_profile_means() {
    for (name, expected) in [
        (
            "Keycloak",
            "tokens of https://id.example.com/realms/shop, with the profile of Keycloak: requires typ = Bearer; \
             scopes in scope; roles in realm_access.roles and resource_access.<client>.roles",
        ),
        (
            "Cognito",
            "tokens of https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example, with the profile of \
             Cognito: requires token_use = access; without aud, the audience is client_id; scopes in scope; roles in \
             cognito:groups",
        ),
        (
            "Cloudflare Access",
            "tokens of https://shop.cloudflareaccess.com, with the profile of Cloudflare Access: requires type = app; \
             without sub, the caller is common_name; carried in Cf-Access-Jwt-Assertion; roles in custom",
        ),
        (
            "Google",
            "tokens of https://accounts.google.com, with the profile of Google: also named accounts.google.com; \
             lifetime up to 1 h",
        ),
        (
            "Entra ID",
            "tokens of https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0, with the profile \
             of Entra ID: requires azp; tenants 8eaef023-2b34-4da1-9baa-8bc8c9d6a490; lifetime up to 29 h; scopes in \
             scp; roles in roles and groups",
        ),
    ] {
        assert_eq!(line(name), expected);
    }
}

#[test]
fn each_profile_is_named_with_its_kind_of_token_and_audiences() {
    for fixture in all() {
        let (text, issuer) = posture(&fixture, fixture.provider.clone());
        // Each profile differs from the defaults in something.
        assert!(text.contains(&format!(", with the profile of {}: ", fixture.name)), "{text}");
        assert_eq!(issuer["provider"], fixture.name);
        assert_eq!(issuer["audience"], format!("{}, second", fixture.audience));
    }
}

/// A verifier without a profile has the same posture as before.
#[test]
fn an_issuer_without_rules_has_no_line() {
    let fixture = super::people::keycloak();
    let (text, issuer) = posture(&fixture, Provider::custom(fixture.provider.issuer()));
    assert!(text.lines().all(|line| !line.trim().starts_with("tokens of ")), "{text}");
    assert!(issuer.get("provider").is_none() && issuer.get("rules").is_none(), "{issuer}");
}

/// What is taken away from a profile is gone from the posture too.
#[test]
fn what_is_overridden_is_shown() {
    let fixture = super::people::keycloak();
    let changed = fixture.provider.clone().without_required_claim("typ").subject_in("azp").ignore_jku();
    let (text, _) = posture(&fixture, changed);
    let changed = "with the profile of Keycloak: without sub, the caller is azp; ignores in the header jku; scopes";
    assert!(text.contains(changed), "{text}");
}

/// The manual has a section for each profile, with the configuration of these tests.
#[test]
fn the_manual_shows_the_tested_configuration_of_each_profile() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../auth-runtime/manual/providers.md");
    let page = std::fs::read_to_string(page).expect("auth-runtime/manual/providers.md");
    let sections: Vec<_> = page.split("\n## ").collect();
    for Fixture { name, configured, audience, .. } in all() {
        let heading = format!("{name}\n");
        let section = sections.iter().find(|section| section.starts_with(&heading));
        let section = section.unwrap_or_else(|| panic!("no section `## {name}`"));
        let audience = format!(".audience(\"{audience}\")");
        assert!(section.contains(configured) && section.contains(&audience), "{configured} {audience}\n{section}");
    }
}
