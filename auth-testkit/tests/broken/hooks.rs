//! Webhooks whose signature is checked by hand, with one mistake each.
//!
//! [`RIGHT`] is the twin without the mistake.

use crate::hook::{
    Bank, Check, OLDER, RIGHT, SECRET, SIGNATURE, TIMESTAMP, assert_named, attacked, attacked_by, is_number, only,
    with_time,
};
use crate::support::assert_twin_passes;
use auth_testkit::TestSender;
use aws_lc_rs::hmac;
use axum::http::HeaderMap;

#[tokio::test]
async fn a_hook_without_a_mistake_passes() {
    let report = attacked(RIGHT).await;
    assert_twin_passes(&report);
    let hook = report.routes.iter().find(|route| route.route.path == "/hook").unwrap();
    let sent: Vec<&str> = hook.tried.keys().map(String::as_str).filter(|id| id.starts_with('G')).collect();
    let all: Vec<String> = (1..=20).map(|number| format!("G{number:02}")).collect();
    assert_eq!(sent, all);
    // Bounded, because each route of a sender gets them.
    assert!(hook.tried.values().map(|counts| counts.sent).sum::<usize>() < 100, "{:?}", hook.tried);
}

/// A test that declares no limit means that of axum.
#[tokio::test]
async fn a_hook_with_the_limit_of_axum_passes() {
    let check = Check { limit: 2 * 1024 * 1024, ..RIGHT };
    attacked_by(&TestSender::of::<Bank>(SECRET), check).await.assert_nothing_got_through();
}

#[tokio::test]
async fn an_omitted_header_passes() {
    let check = Check { passes: |parts| !parts.headers.contains_key(SIGNATURE), ..RIGHT };
    let report = attacked(check).await;
    assert_named(&report, &["G01", "G05", "G20"], "no signature");
    assert!(report.verdict().contains("the check does not run"), "{}", report.verdict());
}

#[tokio::test]
async fn the_mac_is_that_of_json_that_was_written_again() {
    let texts = |time: &str, body: &[u8]| {
        let json = serde_json::from_slice::<serde_json::Value>(body).map(|json| json.to_string());
        vec![with_time(time, json.as_ref().map_or(body, |json| json.as_bytes()))]
    };
    assert_named(&attacked(Check { texts, ..RIGHT }).await, &["G09", "G10"], "the same JSON with other spaces");
}

/// CVE-2026-41432: the secret was not set, so events of Stripe could be forged.
#[tokio::test]
async fn cve_2026_41432_an_empty_secret_is_a_key() {
    let report = attacked(Check { keys: &[SECRET, ""], ..RIGHT }).await;
    assert_named(&report, &["G07"], "a signature with an empty key");
}

/// CVE-2026-21894: the header was required, and not verified.
#[tokio::test]
async fn cve_2026_21894_a_signature_is_required_and_not_verified() {
    let report = attacked(Check { is_equal: |_, _| true, ..RIGHT }).await;
    let ids = ["G06", "G07", "G08", "G09", "G10", "G16", "G17"];
    assert_named(&report, &ids, "a signature with another key");
}

#[tokio::test]
async fn a_secret_of_an_example_is_a_key() {
    let report = attacked(Check { keys: &[SECRET, "changeme"], ..RIGHT }).await;
    assert_named(&report, &["G06"], "a signature with the key \"changeme\"");
}

#[tokio::test]
async fn a_timestamp_that_does_not_parse_skips_the_check() {
    let is_fresh =
        |text: &str, now: u64| !is_number(text) || text.parse().is_ok_and(|sent: u64| now.abs_diff(sent) <= 300);
    assert_named(&attacked(Check { is_fresh, ..RIGHT }).await, &["G15"], "a word as the timestamp");
}

#[tokio::test]
async fn a_timestamp_that_is_missing_skips_the_check() {
    let times = |headers: &HeaderMap| (RIGHT.times)(headers).or_else(|| Some((String::new(), String::new())));
    let is_fresh = |text: &str, now: u64| text.is_empty() || (RIGHT.is_fresh)(text, now);
    assert_named(&attacked(Check { times, is_fresh, ..RIGHT }).await, &["G15"], "no timestamp");
}

#[tokio::test]
async fn the_age_of_a_delivery_is_not_checked() {
    let is_fresh = |text: &str, _| is_number(text) && text.len() < 12;
    assert_named(&attacked(Check { is_fresh, ..RIGHT }).await, &["G13", "G14"], "a timestamp of yesterday");
}

#[tokio::test]
async fn a_timestamp_in_the_future_is_fresh() {
    let is_fresh = |text: &str, now: u64| {
        is_number(text) && text.len() < 12 && text.parse().is_ok_and(|sent| now.saturating_sub(sent) <= 300)
    };
    assert_named(&attacked(Check { is_fresh, ..RIGHT }).await, &["G14"], "a timestamp in a hundred years");
}

#[tokio::test]
async fn the_timestamp_is_not_under_the_mac() {
    let texts = |time: &str, body: &[u8]| vec![with_time(time, body), body.to_vec()];
    assert_named(&attacked(Check { texts, ..RIGHT }).await, &["G17"], "a signature over the body alone");
}

#[tokio::test]
async fn one_timestamp_is_signed_and_another_one_is_judged() {
    let times = |headers: &HeaderMap| {
        let mut values = headers.get_all(TIMESTAMP).iter().filter_map(|value| value.to_str().ok());
        let first = values.next()?;
        Some((first.to_owned(), values.next_back().unwrap_or(first).to_owned()))
    };
    assert_named(&attacked(Check { times, ..RIGHT }).await, &["G16"], "an old timestamp, and that of now");
}

#[tokio::test]
async fn a_delivery_is_accepted_for_ever() {
    let report = attacked(Check { keeps_deliveries: false, ..RIGHT }).await;
    assert_named(&report, &["G18"], "a good delivery again");
}

#[tokio::test]
async fn the_start_of_a_signature_is_compared() {
    let mac = |value: &str| value.strip_prefix("sha256=").map(str::to_owned);
    let check = Check { mac, is_equal: |presented, right| right.starts_with(presented), ..RIGHT };
    assert_named(&attacked(check).await, &["G11"], "the first character of the signature");
}

#[tokio::test]
async fn the_first_eight_characters_are_compared() {
    // Eight digits are the same in capitals, which would be another mistake.
    let mac = |value: &str| {
        let mac = value.strip_prefix("sha256=").filter(|mac| mac.len() >= 8)?;
        (!mac.contains(|digit: char| digit.is_ascii_uppercase())).then(|| mac.to_owned())
    };
    let is_equal = |presented: &str, right: &str| presented.as_bytes()[..8] == right.as_bytes()[..8];
    let report = attacked(Check { mac, is_equal, ..RIGHT }).await;
    assert_named(&report, &["G11"], "the first half of the signature");
}

#[tokio::test]
async fn a_signature_with_sha_1_is_accepted() {
    let mac = |value: &str| (RIGHT.mac)(value).or_else(|| value.strip_prefix("sha1=").map(str::to_owned));
    let check = Check { mac, hashes: &[hmac::HMAC_SHA256, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY], ..RIGHT };
    assert_named(&attacked(check).await, &["G05"], "a signature that names SHA-1");
}

/// GitHub sends the older header beside the other one.
#[tokio::test]
async fn the_older_header_is_read_where_the_other_one_is_missing() {
    let value = |headers: &HeaderMap, name: &str| only(headers, name).or_else(|| only(headers, OLDER));
    let mac = |value: &str| (RIGHT.mac)(value).or_else(|| value.strip_prefix("sha1=").map(str::to_owned));
    let check = Check { value, mac, hashes: &[hmac::HMAC_SHA256, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY], ..RIGHT };
    assert_named(&attacked(check).await, &["G05"], "a signature with SHA-1 in X-Bank-Signature");
}

#[tokio::test]
async fn the_first_of_two_signatures_is_verified() {
    let value = |headers: &HeaderMap, name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let report = attacked(Check { value, ..RIGHT }).await;
    assert_named(&report, &["G03"], "a good signature header, and a bad one");
}

#[tokio::test]
async fn the_last_of_two_signatures_is_verified() {
    let value =
        |headers: &HeaderMap, name: &str| Some(headers.get_all(name).iter().next_back()?.to_str().ok()?.to_owned());
    let report = attacked(Check { value, ..RIGHT }).await;
    assert_named(&report, &["G03"], "a bad signature header, and a good one");
}

#[tokio::test]
async fn capitals_are_another_spelling_of_a_signature() {
    let mac = |value: &str| value.strip_prefix("sha256=").map(str::to_owned);
    let check = Check { mac, is_equal: |presented, right| presented.eq_ignore_ascii_case(right), ..RIGHT };
    assert_named(&attacked(check).await, &["G12"], "a signature in capitals");
}

/// `hex::decode` reads capitals. The copy of a delivery is known by what it decodes to.
#[tokio::test]
async fn a_signature_that_is_decoded_is_known_in_capitals_too() {
    let mac = |value: &str| value.strip_prefix("sha256=").map(str::to_ascii_lowercase);
    assert_twin_passes(&attacked(Check { mac, ..RIGHT }).await);
}

#[tokio::test]
async fn the_prefix_may_be_missing() {
    let mac = |value: &str| (RIGHT.mac)(value).or_else(|| (RIGHT.mac)(&format!("sha256={value}")));
    assert_named(&attacked(Check { mac, ..RIGHT }).await, &["G04"], "a signature without its prefix");
}

#[tokio::test]
async fn the_prefix_may_name_another_hash() {
    let mac = |value: &str| (RIGHT.mac)(&format!("sha256={}", value.split_once('=')?.1));
    let ids = ["G04"];
    assert_named(&attacked(Check { mac, ..RIGHT }).await, &ids, "a signature with another prefix");
}

#[tokio::test]
async fn spaces_around_the_body_are_not_under_the_mac() {
    let texts = |time: &str, body: &[u8]| vec![with_time(time, body.trim_ascii())];
    let report = attacked(Check { texts, ..RIGHT }).await;
    assert_named(&report, &["G10"], "a line end more");
}

#[tokio::test]
async fn a_body_without_content_is_not_verified() {
    let check = Check { skips_empty: true, ..RIGHT };
    assert_named(&attacked(check).await, &["G08"], "the signature of a body, with an empty body");
}

#[tokio::test]
async fn a_bearer_token_is_accepted_in_place_of_a_signature() {
    let check = Check { passes: |parts| parts.headers.contains_key("authorization"), ..RIGHT };
    assert_named(&attacked(check).await, &["G20"], "a bearer token instead");
}

#[tokio::test]
async fn a_signature_in_the_query_is_accepted() {
    let check = Check { passes: |parts| parts.uri.query().is_some_and(|query| query.contains("signature=")), ..RIGHT };
    assert_named(&attacked(check).await, &["G20"], "the signature in the query");
}

#[tokio::test]
async fn a_body_has_no_limit() {
    let report = attacked(Check { limit: usize::MAX, ..RIGHT }).await;
    assert_named(&report, &["G19"], "a body over the cap");
}

#[tokio::test]
async fn a_handler_may_take_a_limited_body_first() {
    attacked(Check { reads_first: true, ..RIGHT }).await.assert_nothing_got_through();
}

#[tokio::test]
async fn the_handler_runs_before_the_check() {
    let report = attacked(Check { handles_first: true, ..RIGHT }).await;
    let all: Vec<String> = (1..=20).map(|number| format!("G{number:02}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_named(&report, &all, "no signature");
    assert!(report.findings[0].problem.contains("deliveries handled changed"), "{report}");
}

#[tokio::test]
async fn a_rejection_shows_the_right_signature() {
    let says = |step: &str, right: &str| if step == "signature" { format!("expected {right}") } else { String::new() };
    let report = attacked(Check { says, ..RIGHT }).await;
    let shows = |finding: &auth_testkit::Finding| finding.problem.contains("shows the right signature");
    assert!(report.findings.iter().any(|finding| finding.id == "G06" && shows(finding)), "{report}");
}

#[tokio::test]
async fn a_rejection_names_the_step_that_failed() {
    let report = attacked(Check { says: |step, _| step.to_owned(), ..RIGHT }).await;
    let differs = |finding: &&auth_testkit::Finding| finding.problem.contains("rejection differs from others");
    assert!(report.findings.iter().all(|finding| differs(&finding)) && !report.findings.is_empty(), "{report}");
}
