//! Records what a mistake about callers leaves in code: defaults, statics and literals.

use super::facts::{Place, ResolvedPath};
use super::flow::Resolve;
use super::parts::name_of;
use super::tokens::flat;
use super::types::TypeTree;
use super::walk::Walk;
use crate::names::{Parts, plain};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Item, Lit, Token, Type};

/// The habits of one file.
#[derive(Debug, Default)]
pub(crate) struct Habits {
    /// Subjects that are parsed with a default.
    pub(crate) subjects: Vec<Habit>,
    /// Fields with `#[serde(default)]`, with the path of their struct.
    pub(crate) fields: Vec<(Parts, Habit)>,
    /// Statics and thread-locals.
    pub(crate) statics: Vec<(TypeTree, Habit)>,
    /// Names of constants whose value is written in the source.
    pub(crate) literals: Vec<String>,
    /// Results of `permit..` that are not bound to a name, or to a name that nothing uses.
    pub(crate) permits: Vec<Habit>,
}

/// A place, and the code there.
#[derive(Debug)]
pub(crate) struct Habit {
    pub(crate) place: Place,
    pub(crate) test: bool,
    pub(crate) item: String,
}

/// Types whose default grants nothing: no value.
const EMPTY: [&str; 7] = ["BTreeMap", "BTreeSet", "HashMap", "HashSet", "IndexSet", "Option", "Vec"];
/// Macros that declare statics. Those of a task belong to one request.
const DECLARE: [&str; 2] = ["lazy_static", "thread_local"];

impl Walk<'_> {
    pub(super) fn habit(&self, node: &impl Spanned, item: String) -> Habit {
        Habit { place: self.place(node.span()), test: self.test, item }
    }

    pub(super) fn habits_of(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => self.defaulted_fields(item),
            Item::Const(item) => self.literal(&item.ident, &item.expr),
            Item::Static(item) => {
                self.static_item(&item.ident, &item.ty);
                self.literal(&item.ident, &item.expr);
            }
            _ => {}
        }
    }

    /// `#[serde(default)]` on a field, or on the struct.
    fn defaulted_fields(&mut self, item: &syn::ItemStruct) {
        let path = [self.module.as_slice(), &[plain(&item.ident)]].concat();
        if item.attrs.iter().any(is_default) {
            let habit = self.habit(&item.ident, format!("`#[serde(default)]` on `{}`", item.ident));
            self.scan.habits.fields.push((path.clone(), habit));
        }
        for field in item.fields.iter().filter(|field| field.attrs.iter().any(is_default)) {
            let tree = self.tree(&field.ty);
            let is_empty = tree.path().is_some_and(|path| EMPTY.iter().any(|name| path.ends_in(name)));
            if let Some(name) = field.ident.as_ref().filter(|_| !is_empty) {
                let habit = self.habit(name, format!("`#[serde(default)]` on `{}.{name}`", item.ident));
                self.scan.habits.fields.push((path.clone(), habit));
            }
        }
    }

    fn static_item(&mut self, name: &Ident, ty: &Type) {
        let habit = self.habit(name, format!("`{name}`"));
        let tree = self.tree(ty);
        self.scan.habits.statics.push((tree, habit));
    }

    /// `thread_local! { static CALLER: RefCell<Option<Claims>> = .. }`.
    pub(super) fn statics_in(&mut self, call: &syn::Macro, meant: &ResolvedPath) {
        if DECLARE.iter().any(|name| meant.ends_in(name)) {
            for (name, ty) in statics.parse2(call.tokens.clone()).unwrap_or_default() {
                self.static_item(&name, &ty);
            }
        }
    }

    /// `const SECRET: &[u8] = b"..";`
    fn literal(&mut self, name: &Ident, value: &Expr) {
        if is_in_source(value, &|_| false) {
            self.scan.habits.literals.push(plain(name));
        }
    }

    /// `let _ = auth.permit(..)?;`, or a name that is not used in the rest of the block.
    pub(super) fn unused_permits(&mut self, block: &syn::Block) {
        for (at, statement) in block.stmts.iter().enumerate() {
            let (value, name) = match statement {
                syn::Stmt::Local(local) => match &local.init {
                    Some(init) => (&*init.expr, name_of(&local.pat)),
                    None => continue,
                },
                syn::Stmt::Expr(value, Some(_)) => (value, None),
                _ => continue,
            };
            let Some(method) = permit(value) else { continue };
            let rest = || block.stmts[at + 1..].iter().flat_map(|rest| flat(rest.to_token_stream()));
            if name.is_none_or(|name| !rest().any(|token| mentions(&token, &name))) {
                let habit = self.habit(method, format!("the result of `.{method}(..)`"));
                self.scan.habits.permits.push(habit);
            }
        }
    }
}

/// Whether a token names a variable: by itself, or as `{name}` in a text.
fn mentions(token: &str, name: &str) -> bool {
    token == name || (token.ends_with('"') && token.contains(&format!("{{{name}")))
}

/// Returns the method of `auth.permit(..)?`.
fn permit(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Try(of) => permit(&of.expr),
        Expr::Await(of) => permit(&of.base),
        Expr::Paren(of) => permit(&of.expr),
        Expr::MethodCall(call) if call.method.to_string().starts_with("permit") => Some(&call.method),
        Expr::MethodCall(call) => permit(&call.receiver),
        _ => None,
    }
}

fn is_default(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde") && flat(attribute.meta.to_token_stream()).iter().any(|token| token == "default")
}

fn statics(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Type)>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        input.call(Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Option<Token![ref]>>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        found.push((name, input.parse()?));
        while !input.is_empty() && !input.peek(Token![;]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        input.parse::<Option<Token![;]>>()?;
    }
    Ok(found)
}

/// Macros whose value is in the program.
const IN_PROGRAM: [&str; 4] = ["concat", "env", "include_bytes", "include_str"];

/// Whether the source has the value. `constant` returns whether a constant of this name is one.
pub(crate) fn is_in_source(value: &Expr, constant: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Expr::Lit(of) => matches!(of.lit, Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)),
        Expr::Reference(of) => is_in_source(&of.expr, constant),
        Expr::Paren(of) => is_in_source(&of.expr, constant),
        Expr::Unary(of) => is_in_source(&of.expr, constant),
        Expr::Array(of) => !of.elems.is_empty() && of.elems.iter().all(|element| matches!(element, Expr::Lit(_))),
        Expr::Repeat(of) => matches!(*of.expr, Expr::Lit(_)),
        // `"..".as_bytes()`, `b"..".to_vec()`.
        Expr::MethodCall(call) => call.args.is_empty() && is_in_source(&call.receiver, constant),
        Expr::Macro(of) => {
            of.mac.path.segments.last().is_some_and(|last| IN_PROGRAM.iter().any(|name| last.ident == name))
        }
        Expr::Path(of) => of.path.segments.last().is_some_and(|last| constant(&plain(&last.ident))),
        _ => false,
    }
}

/// Whether an argument, as text, has its value in the source.
pub(crate) fn is_text_in_source(argument: &str, constant: &dyn Fn(&str) -> bool) -> bool {
    let tokens: TokenStream = argument.parse().unwrap_or_default();
    syn::parse2::<Expr>(tokens).is_ok_and(|value| is_in_source(&value, constant))
}
