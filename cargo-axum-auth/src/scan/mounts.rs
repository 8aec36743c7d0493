//! Finds the handlers that are mounted on routers, and the layers around them.

use super::facts::{Place, ResolvedPath};
use super::parts::text;
use super::walk::Walk;
use crate::names::{plain, written};
use proc_macro2::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, ExprLit, ExprMethodCall, Lit, Token};

/// A handler on a plain router of axum.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) place: Place,
    pub(crate) test: bool,
    pub(crate) within: Within,
    /// `GET`, or `FALLBACK`.
    pub(crate) method: String,
    /// The prefixes of the routers around it in the same expression.
    pub(crate) prefix: String,
    /// The path of its route, as written.
    pub(crate) route: Option<String>,
    /// `None` for a closure.
    pub(crate) handler: Option<ResolvedPath>,
    /// The layers around it in the same expression, by their numbers in the scan.
    pub(crate) layers: Vec<usize>,
}

/// The place of a router in the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Within {
    /// The function, by its number in the scan.
    pub(crate) function: Option<usize>,
    /// The variable that holds the router.
    pub(crate) variable: Option<String>,
}

/// A layer on a router.
#[derive(Debug)]
pub(crate) struct LayerUse {
    pub(crate) test: bool,
    /// The paths in its arguments.
    pub(crate) names: Vec<ResolvedPath>,
}

/// A router of another function or variable that becomes a part of a router.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) test: bool,
    pub(crate) within: Within,
    pub(crate) of: PartOf,
    /// The prefixes of the routers around it in the same expression.
    pub(crate) prefix: String,
    pub(crate) layers: Vec<usize>,
}

#[derive(Debug)]
pub(crate) enum PartOf {
    Function(ResolvedPath),
    Variable(String),
}

/// The state of the walk inside of a router.
#[derive(Default)]
pub(super) struct Routing {
    /// The path of the route around the current expression.
    route: Option<String>,
    prefixes: Vec<String>,
    layers: Vec<usize>,
    /// The number of router methods around the current expression.
    depth: usize,
    pub(super) variable: Option<String>,
}

const METHODS: [&str; 10] = ["any", "connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"];

impl Walk<'_> {
    /// Visits a method of a router in its own way. Returns false for all other methods.
    pub(super) fn router_method(&mut self, call: &ExprMethodCall, root: Option<&ResolvedPath>) -> bool {
        let name = plain(&call.method);
        let (method, typed) = match name.strip_prefix("typed_") {
            // `axum_extra::routing::RouterExt::typed_get(handler)`.
            Some(method) => (method, true),
            None => (name.trim_end_matches("_with"), false),
        };
        if METHODS.contains(&method) && !call.args.is_empty() && (typed || root.is_some_and(is_plain_routing)) {
            self.mount(method, &call.args[0]);
            return false;
        }
        match (name.as_str(), call.args.len()) {
            ("route" | "api_route" | "route_with_tsr", 2) | ("api_route_with", 3) => {
                self.in_router(|walk| walk.visit_expr(&call.receiver));
                let before = self.routing.route.replace(literal(&call.args[0]).unwrap_or_else(|| text(&call.args[0])));
                self.in_router(|walk| call.args.iter().for_each(|argument| walk.visit_expr(argument)));
                self.routing.route = before;
            }
            ("nest", 2) => {
                self.in_router(|walk| walk.visit_expr(&call.receiver));
                self.routing.prefixes.push(literal(&call.args[0]).unwrap_or_else(|| text(&call.args[0])));
                self.in_router(|walk| call.args.iter().for_each(|argument| walk.visit_expr(argument)));
                self.routing.prefixes.pop();
            }
            ("layer" | "route_layer", 1) => {
                let layer = self.layer(&call.args[0]);
                self.routing.layers.push(layer);
                self.in_router(|walk| walk.visit_expr(&call.receiver));
                self.routing.layers.pop();
                // A layer is not a part of the router.
                let routing = std::mem::take(&mut self.routing);
                self.visit_expr(&call.args[0]);
                self.routing = routing;
            }
            ("fallback", 1) if root.is_some_and(is_plain_router) => {
                self.mount("fallback", &call.args[0]);
                return false;
            }
            ("merge" | "with_state", 1) => {
                self.in_router(|walk| walk.visit_expr(&call.receiver));
                self.in_router(|walk| walk.visit_expr(&call.args[0]));
            }
            _ => return false,
        }
        true
    }

    fn in_router(&mut self, walk: impl FnOnce(&mut Self)) {
        self.routing.depth += 1;
        walk(self);
        self.routing.depth -= 1;
    }

    /// `axum::routing::get(handler)`.
    pub(super) fn routing_call(&mut self, call: &syn::ExprCall, meant: &ResolvedPath) {
        if is_plain_routing(meant) {
            // aide has `get_with(handler, docs)` too.
            let name = meant.last().trim_end_matches("_with").to_owned();
            let handler = if name == "on" { call.args.iter().nth(1) } else { call.args.first() };
            if let Some(handler) = handler.filter(|_| METHODS.contains(&name.as_str()) || name == "on") {
                self.mount(&name, handler);
            }
        } else if self.routing.depth > 0 {
            self.part(PartOf::Function(meant.clone()));
        }
    }

    pub(super) fn routing_variable(&mut self, path: &syn::Path) {
        if self.routing.depth > 0
            && let Some(name) = path.get_ident()
        {
            self.part(PartOf::Variable(plain(name)));
        }
    }

    /// `utoipa_axum::routes!(list, create)`.
    pub(super) fn routing_macro(&mut self, call: &syn::Macro, meant: &ResolvedPath) {
        if !meant.is("utoipa_axum::routes") && !meant.is("routes") {
            return;
        }
        let handlers = Punctuated::<syn::Path, Token![,]>::parse_terminated.parse2(call.tokens.clone());
        for handler in handlers.unwrap_or_default() {
            let meant = self.meant(&written(&handler));
            self.mounted(handler.span(), "", Some(meant));
        }
    }

    fn mount(&mut self, method: &str, handler: &Expr) {
        let meant = match handler {
            Expr::Path(path) => Some(self.associated(&written(&path.path))),
            Expr::Closure(_) => None,
            // `handler.layer(..)`, `debug(handler)`.
            Expr::MethodCall(call) => return self.mount(method, &call.receiver),
            _ => return,
        };
        self.mounted(handler.span(), method, meant);
    }

    /// `Self::list` in an impl.
    fn associated(&self, path: &[String]) -> ResolvedPath {
        match (path.split_first(), &self.of) {
            (Some((first, rest)), Some(of)) if first == "Self" => {
                ResolvedPath(of.0.iter().map(|of| [of.as_slice(), rest].concat()).collect())
            }
            _ => self.meant(path),
        }
    }

    fn mounted(&mut self, at: Span, method: &str, handler: Option<ResolvedPath>) {
        let mount = Mount {
            place: self.place(at),
            test: self.test,
            within: self.within(),
            method: method.to_uppercase(),
            prefix: self.prefix(),
            route: self.routing.route.clone(),
            handler,
            layers: self.routing.layers.clone(),
        };
        self.scan.mounts.push(mount);
    }

    fn part(&mut self, of: PartOf) {
        let (within, prefix, layers) = (self.within(), self.prefix(), self.routing.layers.clone());
        self.scan.parts.push(Part { test: self.test, within, of, prefix, layers });
    }

    fn prefix(&self) -> String {
        self.routing.prefixes.iter().map(|prefix| prefix.trim_end_matches('/')).collect()
    }

    fn within(&self) -> Within {
        Within { function: self.function, variable: self.routing.variable.clone() }
    }

    fn layer(&mut self, argument: &Expr) -> usize {
        struct Paths(Vec<syn::Path>);
        impl<'ast> Visit<'ast> for Paths {
            fn visit_path(&mut self, path: &'ast syn::Path) {
                self.0.push(path.clone());
                syn::visit::visit_path(self, path);
            }
        }
        let mut paths = Paths(Vec::new());
        paths.visit_expr(argument);
        let names = paths.0.iter().map(|path| self.meant(&written(path))).collect();
        self.scan.layers.push(LayerUse { test: self.test, names });
        self.scan.layers.len() - 1
    }
}

fn is_plain_routing(meant: &ResolvedPath) -> bool {
    (meant.is_in("axum::routing") || meant.is_in("aide::axum::routing")) && !is_plain_router(meant)
}

fn is_plain_router(meant: &ResolvedPath) -> bool {
    ["axum::Router", "axum::routing::Router", "utoipa_axum::router::OpenApiRouter", "aide::axum::ApiRouter"]
        .iter()
        .any(|path| meant.is_in(path))
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
