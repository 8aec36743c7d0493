//! Checks what stands behind a command in a document: options, variables, filters and scripts.

use super::commands::commands;
use super::support::{documents, one_line, read, root, sources};
use std::collections::BTreeSet;

/// Options of cargo itself.
const OF_CARGO: [&str; 15] = [
    "bin",
    "doc",
    "dry-run",
    "example",
    "features",
    "help",
    "lib",
    "locked",
    "manifest-path",
    "no-verify",
    "package",
    "path",
    "test",
    "version",
    "workspace",
];

/// Options of programs that are not ours, with the document that names them.
const OF_OTHERS: [(&str, &str); 1] = [("RELEASING.md", "config")];

/// The words `--option` of a text.
fn options(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let named = words.filter_map(|word| word.strip_prefix("--"));
    named.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).map(str::to_owned).collect()
}

/// The options of a program that derives them with clap: the fields of its files.
fn fields(folder: &str) -> BTreeSet<String> {
    let files = sources(folder).into_iter().filter(|path| path.contains("cli"));
    let text: String = files.map(|path| read(&path)).collect();
    let fields: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ").split_once(": "))
        .map(|(name, _)| name.trim_start_matches("pub(super) ").replace('_', "-"))
        .chain(text.split("long = \"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned))
        .collect();
    assert!(fields.len() > 5, "{folder} has no options: update how this test finds them");
    fields
}

#[test]
fn each_option_of_the_documents_exists() {
    let orders = fields("examples/orders/src");
    let subcommand = fields("cargo-axum-auth/src");
    let xtask: BTreeSet<String> = sources("xtask/src").iter().flat_map(|path| options(&read(path))).collect();
    let (mut checked, mut wrong) = (0, Vec::new());
    for (document, text) in documents() {
        for option in options(&text) {
            let is_of_another = OF_OTHERS.contains(&(document.as_str(), option.as_str()));
            let known = [&orders, &subcommand, &xtask].iter().any(|options| options.contains(&option));
            if !(known || is_of_another || OF_CARGO.contains(&option.as_str())) {
                wrong.push(format!("{document}: no program has the option --{option}"));
            }
            checked += 1;
        }
        for command in commands(&text) {
            let (program, arguments) = command.split_once(" -- ").unwrap_or((&command, ""));
            let (known, used) = match program {
                "cargo run" | "cargo run -p orders" => (&orders, options(arguments)),
                _ if program.starts_with("cargo axum-auth ") => (&subcommand, options(program)),
                _ if program.starts_with("cargo xtask prose") => (&xtask, options(program)),
                _ => continue,
            };
            for option in used.into_iter().filter(|option| option != "help") {
                if !known.contains(&option) {
                    wrong.push(format!("{document}: `{command}`: no option --{option}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 20, "only {checked} options: update how this test finds them");
}

/// Variables that a library or a user of the commands defines.
const VARIABLES_OF_OTHERS: [&str; 1] = ["PROPTEST_RNG_SEED"];

/// The variables that a text sets or names: `NAME=value`, `$NAME`, or `NAME` in backticks.
fn variables(text: &str) -> BTreeSet<String> {
    let is_name = |word: &str| {
        word.len() > 3
            && word.contains('_')
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let mut found = BTreeSet::new();
    for part in text.split(|c: char| c.is_whitespace() || "`;(".contains(c)) {
        let name = part.strip_prefix('$').unwrap_or(part);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let sets = name[end..].starts_with('=');
        if is_name(&name[..end]) && (sets || part.starts_with('$') || text.contains(&format!("`{}`", &name[..end]))) {
            found.insert(name[..end].to_owned());
        }
    }
    found
}

#[test]
fn each_variable_of_the_commands_is_read_by_a_program() {
    let folders = ["auth-runtime", "auth-testkit", "cargo-axum-auth", "examples", "test-support", "ui-tests/tests"];
    let code: String = folders.iter().flat_map(|folder| sources(folder)).map(|path| read(&path)).collect();
    let (mut checked, mut wrong) = (0, Vec::new());
    let names = ["CONTRIBUTING.md", "RELEASING.md", "README.md", "examples/README.md", "ops/README.md"];
    let chapters = ["quick-start", "moving-a-service", "attacks", "webhooks", "compile-errors"];
    let chapters = chapters.map(|name| format!("auth-runtime/manual/{name}.md"));
    for document in names.map(str::to_owned).into_iter().chain(chapters) {
        let text = read(&document);
        let blocks: String = text.split("```").skip(1).step_by(2).filter(|block| block.starts_with("sh\n")).collect();
        let prose: String = text.split("```").step_by(2).collect();
        for name in variables(&blocks).into_iter().chain(variables(&prose)) {
            checked += 1;
            // A document may define a variable: `TOKEN=$(..)`.
            let is_read = code.contains(&format!("\"{name}\"")) || code.contains(&format!("{name}="));
            if !is_read && !VARIABLES_OF_OTHERS.contains(&name.as_str()) {
                wrong.push(format!("{document}: no program reads {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 5, "only {checked} variables: update how this test finds them");
}

/// A filter that matches nothing runs no test, and passes.
#[test]
fn each_filter_of_a_command_matches_a_test() {
    let contributing = read("CONTRIBUTING.md");
    let mut checked = 0;
    for command in commands(&contributing) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let filter = match words[..] {
            ["cargo", "xtask", "ui" | "ui-bless", name] if !name.starts_with('[') => {
                let matches = sources("ui-tests/fail").iter().any(|path| path.contains(name));
                assert!(matches, "`{command}` matches no case");
                checked += 1;
                continue;
            }
            ["cargo", "xtask" | "test", .., "--lib" | "--", filter]
            | ["cargo", "xtask", "test", "-p", _, "--test", _, filter] => filter,
            _ => continue,
        };
        let package = words.iter().skip_while(|word| **word != "-p").nth(1).expect("a package");
        let folder = if *package == "integration-tests" { "tests" } else { package };
        let matches = sources(folder).iter().any(|path| {
            let tests = super::promises::tests_in(&read(path)).len();
            tests > 0 && (path.contains(filter) || read(path).contains(&format!("_{filter}_")))
        });
        assert!(matches, "`{command}` matches no test");
        checked += 1;
    }
    assert!(checked >= 4, "only {checked} filters: update how this test finds them");
}

/// `features`, `docs`, ..: the sentence names the scripts without their folder.
#[test]
fn each_step_of_ci_that_contributors_are_told_is_a_script() {
    let text = one_line(&read("CONTRIBUTING.md"));
    let (_, list) = text.split_once("the workflows of GitHub run the same scripts: ").expect("the list of scripts");
    let list: Vec<_> = list.split('.').next().unwrap_or_default().split('`').skip(1).step_by(2).collect();
    assert!(list.len() > 5, "{list:?}");
    for name in list {
        assert!(root().join(".ci").join(name).is_file(), "CONTRIBUTING.md: `.ci/{name}` does not exist");
    }
}

#[test]
fn options_and_variables_are_found_in_prose_and_in_commands() {
    assert_eq!(options("`x --metrics ADDR` -- --a-b, -p, --"), ["a-b", "metrics"].map(str::to_owned).into());
    let found = variables("AUTH_X=1 cargo test\n$TOKEN_A `ON_IT` NOT_IT");
    assert_eq!(found, ["AUTH_X", "ON_IT", "TOKEN_A"].map(str::to_owned).into());
}
