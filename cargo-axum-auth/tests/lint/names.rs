//! A side door is found whatever it is called.

use crate::support::{Project, SERVICE};

#[test]
fn a_router_is_found_under_its_full_name_an_import_a_rename_and_an_alias() {
    Project::of(
        r"
use axum::Router;
use axum::Router as Web;
use axum as web;
use axum::{routing::{self as routes}, serve as run};

type Alias<S> = axum::Router<S>; //~ plain-router
type AliasOfAlias = Alias<()>; //~ plain-router

fn written_out() {
    let _ = axum::Router::<()>::new(); //~ plain-router
    let _ = ::axum::Router::<()>::new(); //~ plain-router
}

fn imported() -> Router { //~ plain-router
    Default::default()
}

fn renamed() {
    let _ = Web::<()>::new(); //~ plain-router
    let _ = web::Router::<()>::default(); //~ plain-router
    let _ = AliasOfAlias::new(); //~ plain-router
    let _ = routes::get(imported); //~ plain-axum-routing
    let _ = run; //~ plain-serve
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_router_is_found_through_globs() {
    Project::of(
        r"
use axum::*;
use std::collections::*;

fn app() {
    let _ = Router::<()>::new(); //~ plain-router
    let _ = HashMap::<(), ()>::new();
}

mod inner {
    use super::*;
    fn app() {
        let _ = Router::<()>::new(); //~ plain-router
    }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_name_of_the_service_is_not_a_side_door() {
    Project::of(
        r"
use axum::*;
use auth_runtime::routing::get;
use auth_runtime::AuthRouter;

struct Router;
mod jsonwebtoken { pub mod dangerous {} }

impl Router {
    fn new() -> Self { Self }
}

fn app() {
    let _ = Router::new();
    let _: AuthRouter = AuthRouter::new().route('/', get(handler));
    let router = 1;
    use self::jsonwebtoken::dangerous;
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn imports_in_a_block_and_re_exports_of_a_module_are_followed() {
    Project::of(
        r"
mod prelude {
    pub use axum::{Router, serve}; //~ plain-router, plain-serve
    pub use axum::routing::*; //~ plain-router
    pub mod deep { pub(crate) use super::Router as Deep; } //~ plain-router
}

fn in_a_block() {
    use axum::Router as Hidden;
    let _ = Hidden::<()>::new(); //~ plain-router
}

fn outside_of_the_block() {
    struct Hidden;
    let _ = Hidden;
}

fn re_exported() {
    let _ = prelude::Router::<()>::new(); //~ plain-router
    let _ = crate::prelude::deep::Deep::<()>::new(); //~ plain-router
    let _ = prelude::post(re_exported); //~ plain-axum-routing
}

mod elsewhere {
    use super::prelude::*;
    fn serves() {
        let _ = serve; //~ plain-serve
    }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn names_are_followed_across_crates_and_through_renamed_dependencies() {
    let web = SERVICE.replace("name = \"service\"", "name = \"our-web\"");
    let service = SERVICE
        .replace("axum = \"0.8\"", "web = { package = \"axum\", version = \"0.8\" }\nour-web = { path = \"../web\" }");
    Project::with(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"web\", \"service\"]\n"),
        ("web/Cargo.toml", &web),
        ("web/src/lib.rs", "pub use axum::Router as Inside; //~ plain-router\npub mod more { pub use crate::Inside as Twice; } //~ plain-router\n"),
        ("service/Cargo.toml", &service),
        (
            "service/src/lib.rs",
            r"
fn app() {
    let _ = web::Router::<()>::new(); //~ plain-router
    let _ = our_web::Inside::<()>::new(); //~ plain-router
    let _ = our_web::more::Twice::<()>::new(); //~ plain-router
    let _ = our_web::other();
}
",
        ),
        // The program of a package knows its library.
        ("service/src/main.rs", "fn main() { let _ = service::app(); axum_like::serve(); }\n"),
    ])
    .is_linted_as_marked();
}

#[test]
fn what_stands_in_a_macro_is_found_too() {
    Project::of(
        r#"
use axum::Router;

macro_rules! door {
    ($app:expr) => {
        $app.route_service("/files", files()) //~ route-service
    };
}

macro_rules! routers {
    ($($name:ident)*) => { $(
        fn $name() -> axum::Router { //~ plain-router
            $crate::web::serve($name) //~ plain-serve
        }
    )* };
}

mod web { pub use axum::serve; } //~ plain-serve

fn apps() {
    let _ = vec![
        Router::<()>::new(), //~ plain-router
        Default::default(),
    ];
    println!("{}", jsonwebtoken::dangerous::insecure_decode::<()>("").is_ok()); //~ jsonwebtoken-dangerous
    generated! { use axum::{extract::State, routing::{MethodRouter, get as fetch}}; } //~ plain-axum-routing
    println!("axum::Router::new() in a text");
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_glob_that_is_found_through_a_glob_is_followed() {
    Project::of(
        r"
use axum::*;
use std::collections::*;
use std::fmt::*;
use std::io::*;
use routing::*;
fn app() {
    let _ = MethodRouter::<()>::new(); //~ plain-axum-routing
    let _ = Empty;
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_raw_name_is_the_same_name() {
    Project::of(
        r"
use r#axum::r#Router as Web;
fn app() {
    let _ = r#axum::Router::<()>::new(); //~ plain-router
    let _ = r#Web::<()>::new().r#route_service(1); //~ plain-router, route-service
    let _ = vec![r#axum::r#serve(listener, app)]; //~ plain-serve
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn imports_that_go_in_circles_end() {
    Project::of(
        r"
mod a { pub use crate::b::*; pub use crate::b::Thing; }
mod b { pub use crate::a::*; pub use crate::a::Thing; }
use a::Thing;
use serve::serve;
mod serve { pub fn serve() {} }
fn f() { let _ = Thing::new(); a::Other::new(); serve(); }
",
    )
    .is_linted_as_marked();
}
