//! Measures the compile time of a decision on each handler.
//!
//! `compile [--rounds 5] [--keep] [handlers ..]`, by default 100, 500 and 2000 handlers.
//!
//! Crates of the same handlers are made in a temporary folder, and compiled in turns: completely,
//! as CI does, and again after one handler was changed, as a developer does. Dependencies are built
//! before.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

type Failure = Box<dyn Error>;

/// What stands on a handler, and what it takes first.
#[derive(Clone, Copy, PartialEq)]
enum Flavour {
    Plain,
    DebugHandler,
    Ours,
}

const FLAVOURS: [(Flavour, &str, &str); 3] = [
    (Flavour::Plain, "plain", "axum, an extractor in each handler"),
    (Flavour::DebugHandler, "debug", "the same, with `#[axum::debug_handler]`"),
    (Flavour::Ours, "ours", "ours, with `#[authenticated]`"),
];

fn main() -> Result<(), Failure> {
    let (mut rounds, mut keep, mut sizes) = (5, false, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => rounds = arguments.next().ok_or("--rounds: how many?")?.parse()?,
            "--keep" => keep = true,
            "--help" => {
                println!("compile [--rounds 5] [--keep] [handlers ..]");
                return Ok(());
            }
            size => sizes.push(size.parse()?),
        }
    }
    if sizes.is_empty() {
        sizes = vec![100, 500, 2000];
    }
    let folder = std::env::temp_dir().join(format!("benches-compile-{}", std::process::id()));
    let outcome = measured(&folder, &sizes, rounds);
    if keep {
        eprintln!("what was compiled is in {}", folder.display());
    } else {
        let _ = std::fs::remove_dir_all(&folder);
    }
    let report = outcome?;
    print!("{report}");
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("compile.md"), report)?;
    Ok(())
}

fn measured(folder: &Path, sizes: &[usize], rounds: usize) -> Result<String, Failure> {
    let mut names = Vec::new();
    for size in sizes {
        for (flavour, name, _) in FLAVOURS {
            let name = format!("{name}-{size}");
            generate(&folder.join(&name), &name, flavour, *size)?;
            names.push(name);
        }
    }
    std::fs::write(
        folder.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n[profile.dev]\ndebug = \"line-tables-only\"\n"),
    )?;
    let mut report = String::new();
    for (title, command, incremental) in [
        ("`cargo check`, whole", "check", "0"),
        ("`cargo build`, whole", "build", "0"),
        ("`cargo check`, one handler changed", "check", "1"),
    ] {
        let cargo = |name: &str| cargo(folder, &[command, "-p", name, "--quiet"], incremental);
        eprintln!("{title}: dependencies ..");
        // One by one: together they would have their dependencies with other features.
        names.iter().try_for_each(|name| cargo(name))?;
        let mut taken = vec![vec![Vec::new(); sizes.len()]; FLAVOURS.len()];
        for round in 0..rounds {
            for (column, size) in sizes.iter().enumerate() {
                eprintln!("{title}: {size} handlers, round {} of {rounds} ..", round + 1);
                for (row, (_, name, _)) in FLAVOURS.iter().enumerate() {
                    let name = format!("{name}-{size}");
                    change(&folder.join(&name).join("src/m0.rs"))?;
                    let began = Instant::now();
                    cargo(&name)?;
                    taken[row][column].push(began.elapsed().as_secs_f64());
                }
            }
        }
        let medians: Vec<Vec<f64>> = taken.into_iter().map(|row| row.into_iter().map(median).collect()).collect();
        let columns: Vec<_> = sizes.iter().map(|size| format!("{size} handlers")).collect();
        let gap = if report.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            report,
            "{gap}| {title}: seconds | {} |\n|---|{}",
            columns.join(" | "),
            "---:|".repeat(sizes.len())
        );
        for ((_, _, title), row) in FLAVOURS.iter().zip(&medians) {
            let cells = row.iter().zip(&medians[0]).map(|(taken, plain)| format!("{taken:.2} ({:.2})", taken / plain));
            let _ = writeln!(report, "| {title} | {} |", cells.collect::<Vec<_>>().join(" | "));
        }
    }
    Ok(report)
}

fn median(mut taken: Vec<f64>) -> f64 {
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

/// The first handler says something else than before.
fn change(file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file)?;
    let changed =
        if text.contains("{} {}!") { text.replacen("{} {}!", "{} {}", 1) } else { text.replacen("{} {}", "{} {}!", 1) };
    Ok(std::fs::write(file, changed)?)
}

fn cargo(folder: &Path, arguments: &[&str], incremental: &str) -> Result<(), Failure> {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let status = cargo.env("CARGO_INCREMENTAL", incremental).status()?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", arguments.join(" ")).into()) }
}

/// A crate of so many handlers, fifty in a module, mounted on one router.
fn generate(folder: &Path, name: &str, flavour: Flavour, handlers: usize) -> Result<(), Failure> {
    let source = folder.join("src");
    std::fs::create_dir_all(&source)?;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let ours = match flavour {
        Flavour::Ours => format!("auth-runtime = {{ path = {:?} }}\n", root.join("auth-runtime")),
        _ => String::new(),
    };
    std::fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{ours}axum = {{ version = \"0.8\", \
             default-features = false, features = [\"json\", \"macros\", \"query\", \"tokio\"] }}\nserde = {{ version = \"1\", features = \
             [\"derive\"] }}\n"
        ),
    )?;
    let modules = handlers.div_ceil(50);
    let router = if flavour == Flavour::Ours { "auth_runtime::AuthRouter" } else { "axum::Router" };
    let mut lib = COMMON.replace("ROUTER", router);
    lib.push_str(if flavour == Flavour::Ours { STATE_OF_OURS } else { STATE_OF_AXUM });
    for module in 0..modules {
        let count = (handlers - module * 50).min(50);
        std::fs::write(source.join(format!("m{module}.rs")), handlers_of(flavour, router, module, count))?;
        let _ = writeln!(lib, "mod m{module};");
    }
    let merged: String = (0..modules).map(|module| format!("    let router = m{module}::mounted(router);\n")).collect();
    let _ = writeln!(lib, "pub fn app(router: Routes) -> Routes {{\n{merged}    router\n}}");
    std::fs::write(source.join("lib.rs"), lib)?;
    Ok(())
}

const COMMON: &str = r"//! Made by a bench.
pub type Routes = ROUTER<App>;
#[derive(serde::Deserialize)]
pub struct Page { pub page: u32, pub per_page: Option<u32> }
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Order { pub id: u64, pub item: String }
";

const STATE_OF_AXUM: &str = r#"
#[derive(Clone)]
pub struct App { pub name: &'static str }
pub struct Caller { pub sub: String }
impl axum::extract::FromRequestParts<App> for Caller {
    type Rejection = axum::http::StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Self::Rejection> {
        match parts.headers.get("authorization").and_then(|header| header.to_str().ok()) {
            Some(sub) if sub.starts_with(app.name) => Ok(Self { sub: sub.to_owned() }),
            _ => Err(axum::http::StatusCode::UNAUTHORIZED),
        }
    }
}
"#;

const STATE_OF_OURS: &str = r"
#[derive(Clone)]
pub struct App { pub name: &'static str, pub verifier: auth_runtime::Verifier<auth_runtime::Claims> }
impl axum::extract::FromRef<App> for auth_runtime::Verifier<auth_runtime::Claims> {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}
";

fn handlers_of(flavour: Flavour, router: &str, module: usize, count: usize) -> String {
    let (attribute, caller, get) = match flavour {
        Flavour::Plain => ("", "caller: Caller", "axum::routing::get"),
        Flavour::DebugHandler => ("#[axum::debug_handler(state = App)]\n", "caller: Caller", "axum::routing::get"),
        Flavour::Ours => {
            ("#[auth_runtime::authenticated]\n", "caller: Authenticated<Claims>", "auth_runtime::routing::get")
        }
    };
    let uses = if flavour == Flavour::Ours {
        "use auth_runtime::{Authenticated, Claims};\nuse crate::{App, Order, Page};"
    } else {
        "use crate::{App, Caller, Order, Page};"
    };
    let mut text = format!(
        "#![allow(unused_imports)]\nuse axum::extract::{{Json, Path, Query, State}};\n{uses}\nuse {router} as Router;\n"
    );
    let mut routes = String::new();
    for handler in 0..count {
        // The shapes that services have: a list, one of it, and what changes it.
        let (parameters, body, method, path) = match handler % 3 {
            0 => (
                "State(app): State<App>, Query(page): Query<Page>",
                "format!(\"{} {} {}\", app.name, page.page, caller.sub)",
                get,
                "",
            ),
            1 => ("Path(id): Path<u64>", "Json(Order { id, item: caller.sub.clone() })", get, "/{id}"),
            _ => (
                "State(app): State<App>, Json(order): Json<Order>",
                "(axum::http::StatusCode::CREATED, format!(\"{} {} {}\", app.name, order.id, caller.sub))",
                if flavour == Flavour::Ours { "auth_runtime::routing::post" } else { "axum::routing::post" },
                "",
            ),
        };
        let _ = writeln!(
            text,
            "{attribute}async fn h{handler}({caller}, {parameters}) -> impl axum::response::IntoResponse {{\n    {body}\n}}"
        );
        let _ = writeln!(routes, "        .route(\"/m{module}/h{handler}{path}\", {method}(h{handler}))");
    }
    let _ = writeln!(text, "pub fn mounted(router: Router<App>) -> Router<App> {{\n    router\n{routes}}}");
    text
}
