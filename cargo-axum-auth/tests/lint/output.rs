//! What it prints, and how it ends.

use crate::support::Project;
use serde_json::Value;

const DOORS: &str = r"
fn app() {
    axum::Router::new(); let _ = axum::routing::get(f);
}
";

#[test]
fn a_finding_is_a_line_with_its_place_and_the_rule_is_explained_once() {
    let ran = Project::of(DOORS).run(&["lint"]);
    assert_eq!(
        ran.stdout,
        "src/lib.rs:3:5: error[plain-router]: a router that takes handlers without a decision: axum::Router::new\n\
         src/lib.rs:3:34: warning[plain-axum-routing]: axum's own routing function: axum::routing::get\n\
         \n\
         plain-router: every handler on it runs for any client, and no type shows it; instead: `auth_runtime::AuthRouter`\n\
         plain-axum-routing: its result fits on a plain router only; instead: the function of the same name in `auth_runtime::routing`\n\
         1 error, 1 warning in 1 file; 0 allowed\n"
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
}

#[test]
fn it_ends_with_1_for_errors_and_for_warnings_that_are_denied() {
    let warning = Project::of("fn f() { axum::routing::get(f); }\n");
    assert_eq!(warning.run(&["lint"]).code, 0);
    assert_eq!(warning.run(&["lint", "--deny", "warnings"]).code, 1);
    assert_eq!(Project::of("fn f() { axum::Router::new(); }\n").run(&["lint"]).code, 1);
    assert_eq!(Project::of("").run(&["lint", "--deny", "warnings"]).code, 0);
}

#[test]
fn it_ends_with_2_where_there_is_nothing_to_look_at() {
    let ran = Project::with(&[]).run(&["lint"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("cargo axum-auth: "), "{}", ran.stderr);
    assert_eq!(Project::of("").run(&["lint", "--fromat", "json"]).code, 2);
}

#[test]
fn it_is_a_subcommand_of_cargo_and_a_program_of_its_own() {
    let project = Project::of(DOORS);
    assert_eq!(project.run(&["axum-auth", "lint"]).stdout, project.run(&["lint"]).stdout);
    let help = project.run(&["axum-auth", "lint", "--help"]);
    assert_eq!(help.code, 0);
    for said in ["Usage: cargo axum-auth lint", "Exit codes:", "2  the command failed"] {
        assert!(help.stdout.contains(said), "{said} is not in {}", help.stdout);
    }
}

#[test]
fn the_rules_are_explained_without_a_project() {
    let ran = Project::with(&[]).run(&["lint", "--rules"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("error[plain-router]\n"), "{}", ran.stdout);
}

#[test]
fn output_is_coloured_on_a_terminal_only() {
    assert!(!Project::of(DOORS).run(&["lint"]).stdout.contains('\x1b'));
}

#[test]
fn sarif_has_each_finding_with_its_rule_and_its_place() {
    let project = Project::with(&[
        ("Cargo.toml", crate::support::SERVICE),
        ("src/lib.rs", "#[path = \"a b.rs\"] mod a;\nmod broken;\n"),
        ("src/a b.rs", "fn f() { axum::Router::new(); }\n"),
        ("src/broken.rs", "fn"),
    ]);
    let ran = project.run(&["lint", "--format", "sarif"]);
    assert_eq!(ran.code, 2);
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(said["version"], "2.1.0");
    let run = &said["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "plain-router");
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "plain-router");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/a%20b.rs");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&Value::from(1), &Value::from(10)));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert!(
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
            .as_str()
            .unwrap()
            .contains("does not parse")
    );
}
