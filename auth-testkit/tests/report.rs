//! The formats of the report: each is valid, and no text of a client or programmer becomes markup.

use auth_testkit::{AttackReport, TestIssuer, attack};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{is_installed, require_or_skip, run};

/// A reason may contain markup. The kit rejects the characters that HOSTILE adds.
const MARKUP: &str = "<script>document.title='pwned'</script> ]]> \" ' &";
const HOSTILE: &str = "<script>document.title='pwned'</script> ]]> \u{1} \" ' & \u{202e}";

/// Attacks a plain router without a check, with hostile texts.
async fn failing() -> AttackReport {
    let app = Router::new()
        .route("/orders", get(|| async { "[]" }))
        .route("/<script>alert(1)</script>", get(|| async { (StatusCode::UNAUTHORIZED, HOSTILE) }))
        .route("/health", get(|| async { "ok" }));
    attack(app)
        .with(&TestIssuer::new())
        .public("GET /health", MARKUP)
        .without_route("GET /<script>alert(1)</script>", MARKUP)
        .accepting("H31", MARKUP)
        .await
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Only with the variable, in a process of its own.
#[tokio::test]
async fn asserts_in_another_process() {
    if std::env::var_os("AUTH_REPORT").is_some() {
        failing().await.assert_nothing_got_through();
    }
}

#[test]
fn a_report_is_written_where_the_variable_says() {
    let folder = folder("by-variable");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "asserts_in_another_process"]).env("AUTH_REPORT", &folder);
    let output = run(command);
    assert!(!output.status.success(), "the service has no check");
    for ending in ["html", "xml", "sarif", "json"] {
        let written = folder.join(format!("asserts-in-another-process.{ending}"));
        assert!(std::fs::metadata(&written).is_ok_and(|file| file.len() > 100), "{ending}: {output:?}");
    }
}

#[tokio::test]
async fn html_escapes_every_text_and_loads_nothing() {
    let html = failing().await.to_html();
    assert!(html.contains("Something got through"), "{html}");
    assert!(html.contains("<p class=\"verdict\">H01 passes on every route: the check does not run</p>"), "{html}");
    assert!(html.contains("<h2>Accepted</h2>") && html.contains("<li><b>H31</b>: &lt;script&gt;"), "{html}");
    assert!(html.contains("&lt;script&gt;document.title='pwned'&lt;/script&gt;"), "the text itself is shown");
    assert!(!html.contains("<script"), "there is no script in it");
    for loads in [" src=", " href=", "url(", "@import", "<link", "<img", "<iframe"] {
        assert!(!html.contains(loads), "{loads}");
    }
}

#[tokio::test]
async fn junit_is_xml_that_can_be_parsed() {
    let report = failing().await;
    let xml = report.to_junit();
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert!(read.failures > 10, "{} failures", read.failures);
    let orders = read.test_suites.iter().find(|suite| suite.name.as_str() == "GET /orders").unwrap();
    assert_eq!(orders.test_cases.len(), orders.tests);
    assert!(xml.contains("GOT THROUGH: GET /orders H01 (no credentials)"), "{xml}");
    assert!(!xml.contains('\u{1}'), "XML 1.0 does not allow it");
}

#[tokio::test]
async fn sarif_has_a_result_for_each_cause_with_a_stable_fingerprint() {
    let (first, second) = (failing().await, failing().await);
    let read = |report: &AttackReport| serde_json::from_str::<Value>(&report.to_sarif()).unwrap();
    let sarif = read(&first);
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), first.causes().len());
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert!(matches!(result["level"].as_str(), Some("error" | "warning")), "{result}");
        assert!(!result["locations"][0]["logicalLocations"].is_null(), "{result}");
    }
    let prints = |sarif: &Value| -> Vec<Value> {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    assert_eq!(prints(&sarif), prints(&read(&second)), "tokens differ between runs, fingerprints do not");
}

#[tokio::test]
async fn findings_of_an_auth_router_name_the_line_of_the_mount() {
    use auth_runtime::{AuthRouter, Claims, Verifier, authenticated};

    #[authenticated]
    async fn me() {}

    let issuer = TestIssuer::new();
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer("https://other-issuer.example/")
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(auth_runtime::Events::collect().0)
        .build()
        .unwrap();
    let line = line!() + 1;
    let app = AuthRouter::new().route("/me", auth_runtime::routing::get(me)).with_state(verifier);
    let report = attack(app).with(&issuer).await;
    let sarif: Value = serde_json::from_str(&report.to_sarif()).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], file!(), "{sarif}");
    assert_eq!(place["region"]["startLine"], line, "{sarif}");
}

#[tokio::test]
async fn all_formats_are_written_into_a_folder() {
    let folder = folder("written").join("of-its-own");
    let report = failing().await;
    report.write(&folder, "attack").unwrap();
    for ending in ["html", "xml", "sarif", "json"] {
        assert!(std::fs::metadata(folder.join(format!("attack.{ending}"))).unwrap().len() > 100, "{ending}");
    }
    let json: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("attack.json")).unwrap()).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), report.findings.len());
    assert!(report.write("/proc/no-such-folder", "attack").is_err());
}

#[tokio::test]
async fn a_browser_shows_the_report() {
    if require_or_skip(is_installed("chromium"), "no browser: install Debian's package `chromium`").is_none() {
        return;
    }
    let folder = folder("browser");
    failing().await.write(&folder, "attack").unwrap();
    let mut browser = Command::new("chromium");
    browser
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--dump-dom",
            "--enable-logging=stderr",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", folder.join("attack.html").display()));
    let output = run(browser);
    let page = String::from_utf8_lossy(&output.stdout);
    assert!(page.contains("<title>Attack report: Something got through</title>"), "{page}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("CONSOLE"), "the browser logs an error");
    let rows = page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap().matches("<tr>").count();
    assert_eq!(rows, 4, "three routes, and the unmatched requests");
}

/// Programmers write the reasons, and reviewers read them in the report.
#[test]
fn a_reason_that_a_reviewer_cannot_read_is_rejected() {
    let kit = || attack(Router::new().route("/health", get(|| async { "ok" }))).with(&TestIssuer::new());
    for bad in ["", " ", ".", "...", "-", "\u{200b}", "a\u{202e}b", "\u{3164}", "a\nb", &"x".repeat(10 * 1024), HOSTILE]
    {
        let entrances: [&dyn Fn(); 3] =
            [&|| drop(kit().public("GET /health", bad)), &|| drop(kit().without_route("GET /health", bad)), &|| {
                drop(kit().granted_to_all("orders:read", bad));
            }];
        for (number, entrance) in entrances.into_iter().enumerate() {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(entrance));
            assert!(outcome.is_err(), "entrance {number} took {bad:.20?}");
        }
    }
    drop(
        kit().public("GET /health", MARKUP).without_route("GET /health", MARKUP).granted_to_all("orders:read", MARKUP),
    );
}
