//! From a file's syntax to what was seen in it.

use super::facts::{Function, Implementation, Meant, Parameter, Place, Sighting, What};
use super::parts::{bindings, relaxed, text, unsafe_keyword};
use super::tokens::{Looks, flat, looks_like};
use crate::names::{Here, Names, Parts, Scope, plain, written};
use crate::sources::{SourceFile, attributes_of, is_test};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, FnArg, Item, Signature, Stmt, Type, UseTree, Visibility};

/// What was seen in one file.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) functions: Vec<Function>,
    pub(crate) implementations: Vec<Implementation>,
}

/// Looks through a file.
pub(crate) fn look(file: &SourceFile, names: &Names) -> Seen {
    let mut walk = Walk {
        file,
        names,
        module: file.module.clone(),
        blocks: Vec::new(),
        function: None,
        test: file.test,
        seen: Seen::default(),
    };
    walk.visit_file(&file.syntax);
    walk.seen
}

struct Walk<'a> {
    file: &'a SourceFile,
    names: &'a Names,
    module: Parts,
    blocks: Vec<Scope>,
    function: Option<usize>,
    test: bool,
    seen: Seen,
}

impl Walk<'_> {
    fn place(&self, span: Span) -> Place {
        let start = span.start();
        Place { file: self.file.shown.clone(), line: start.line, column: start.column + 1 }
    }

    fn meant(&self, path: &[String]) -> Meant {
        Meant(self.names.resolve(Here { module: &self.module, blocks: &self.blocks }, path))
    }

    fn saw(&mut self, span: Span, what: What) {
        let (function, test) = (self.function, self.test);
        self.seen.sightings.push(Sighting { place: self.place(span), function, test, what });
    }

    fn path(&mut self, path: &syn::Path, arguments: Vec<String>) {
        let meant = self.meant(&written(path));
        self.saw(path.span(), What::Path { meant, arguments });
    }

    /// A macro's tokens, or an attribute's.
    fn tokens(&mut self, tokens: TokenStream) {
        for looks in looks_like(tokens) {
            match looks {
                Looks::Path { path, arguments, at } => {
                    let meant = self.meant(&path);
                    let arguments = arguments.map(|tokens| tokens.to_string()).into_iter().collect();
                    self.saw(at, What::Path { meant, arguments });
                }
                Looks::Method { name, turbofish, arguments, at } => {
                    let arguments = if arguments.is_empty() { Vec::new() } else { vec![arguments.to_string()] };
                    self.saw(at, What::Method { name, turbofish, arguments });
                }
                Looks::Macro { path, body, at } => {
                    let meant = self.meant(&path);
                    self.saw(at, What::Macro { meant, body: body.to_string() });
                }
                Looks::Attribute { path, arguments, function, at } => {
                    let meant = self.meant(&path);
                    self.saw(at, What::Attribute { meant, arguments, function });
                }
                Looks::Unsafe(at) => self.saw(at, What::Unsafe("in a macro")),
            }
        }
    }

    fn within_test(&mut self, test: bool, walk: impl FnOnce(&mut Self)) {
        let before = self.test;
        self.test |= test;
        walk(self);
        self.test = before;
    }

    fn function(
        &mut self,
        attributes: &[Attribute],
        signature: &Signature,
        body: &Block,
        walk: impl FnOnce(&mut Self),
    ) {
        let mut resolved = Vec::new();
        for attribute in attributes {
            let meant = self.meant(&written(attribute.path()));
            let arguments =
                attribute.meta.require_list().map_or_else(|_| String::new(), |list| list.tokens.to_string());
            let function = signature.ident.to_string();
            self.saw(attribute.span(), What::Attribute { meant: meant.clone(), arguments, function });
            resolved.push(meant);
        }
        if let Some(unsafety) = unsafe_keyword(signature) {
            self.saw(unsafety, What::Unsafe("a function"));
        }
        let function = Function {
            name: signature.ident.to_string(),
            place: self.place(signature.ident.span()),
            test: self.test || is_test(attributes),
            asynchronous: signature.asyncness.is_some(),
            attributes: resolved,
            parameters: signature.inputs.iter().filter_map(|input| self.parameter(input)).collect(),
            body: flat(body.to_token_stream()),
        };
        self.seen.functions.push(function);
        let outer = self.function.replace(self.seen.functions.len() - 1);
        self.within_test(is_test(attributes), walk);
        self.function = outer;
    }

    fn parameter(&self, input: &FnArg) -> Option<Parameter> {
        let FnArg::Typed(typed) = input else { return None };
        let ty = match &*typed.ty {
            Type::Path(ty) => self.meant(&written(&ty.path)),
            _ => Meant(Vec::new()),
        };
        Some(Parameter { bindings: bindings(&typed.pat), ty, tokens: flat(typed.ty.to_token_stream()) })
    }

    fn reexports(&mut self, tree: &UseTree, mut before: Parts) {
        let (name, leaf) = match tree {
            UseTree::Path(path) => {
                before.push(plain(&path.ident));
                return self.reexports(&path.tree, before);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.reexports(tree, before.clone()));
            }
            UseTree::Glob(glob) => (None, glob.span()),
            UseTree::Name(name) => (Some(&name.ident), name.span()),
            UseTree::Rename(rename) => (Some(&rename.ident), rename.span()),
        };
        before.extend(name.filter(|name| *name != "self").map(plain));
        let meant = self.meant(&before);
        self.saw(leaf, What::Reexport(meant));
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        self.within_test(is_test(attributes_of(item)), |walk| visit::visit_item(walk, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // `mod` itself is no path; what stands in it is a module of its own, where the blocks around it are not in scope.
        self.module.push(plain(&item.ident));
        let blocks = std::mem::take(&mut self.blocks);
        visit::visit_item_mod(self, item);
        self.blocks = blocks;
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // An import is harmless until it is used, unless it is handed on.
        if !matches!(item.vis, Visibility::Inherited) {
            self.reexports(&item.tree, Vec::new());
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |walk| visit::visit_item_fn(walk, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |walk| visit::visit_impl_item_fn(walk, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(unsafety) = unsafe_keyword(&item.sig) {
            self.saw(unsafety, What::Unsafe("a function"));
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        if let Some(unsafety) = &item.unsafety {
            self.saw(unsafety.span(), What::Unsafe("a trait"));
        }
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.saw(item.span(), What::Unsafe("foreign code"));
        visit::visit_item_foreign_mod(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Some(unsafety) = &item.unsafety {
            self.saw(unsafety.span(), What::Unsafe("an impl"));
        }
        if let Some((of, _)) = &item.trait_ {
            let implementation = Implementation {
                place: self.place(item.impl_token.span()),
                test: self.test,
                of: self.meant(&written(of)),
                for_type: text(&item.self_ty),
                body: item.items.iter().flat_map(|item| flat(item.to_token_stream())).collect(),
            };
            self.seen.implementations.push(implementation);
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let derived = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
        let derived = derived.flat_map(|attribute| flat(attribute.meta.to_token_stream()));
        if let Some(name) = derived.into_iter().find(|name| name.starts_with("FromRequest")) {
            self.seen.implementations.push(Implementation {
                place: self.place(item.ident.span()),
                test: self.test,
                of: Meant(vec![vec![name]]),
                for_type: item.ident.to_string(),
                body: flat(item.fields.to_token_stream()),
            });
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.blocks.push(Scope::of(items));
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_expr_unsafe(&mut self, expr: &'ast syn::ExprUnsafe) {
        self.saw(expr.unsafe_token.span(), What::Unsafe("a block"));
        visit::visit_expr_unsafe(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let arguments = call.args.iter().map(text).collect();
            self.path(&function.path, arguments);
            // The path itself was seen; its type (`<T>::f`), its generic arguments and the call's are still to be.
            function.qself.iter().for_each(|of| self.visit_type(&of.ty));
            function.path.segments.iter().for_each(|segment| self.visit_path_segment(segment));
            call.args.iter().for_each(|argument| self.visit_expr(argument));
        } else {
            visit::visit_expr_call(self, call);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let arguments = call.args.iter().map(text).collect();
        let turbofish = call.turbofish.as_ref().map(|generics| text(&generics.args)).unwrap_or_default();
        self.saw(call.method.span(), What::Method { name: plain(&call.method), turbofish, arguments });
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(path, Vec::new());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let meant = self.meant(&written(&call.path));
        self.saw(call.path.span(), What::Macro { meant, body: text(&call.tokens) });
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        for lint in relaxed(&attribute.meta) {
            self.saw(attribute.span(), What::Relaxed(lint));
        }
        if attribute.path().is_ident("unsafe") {
            self.saw(attribute.span(), What::Unsafe("an attribute"));
        }
        // Its name was seen at the function; a derive, a `cfg_attr` or an attribute macro may name what a rule looks for.
        if let Ok(list) = attribute.meta.require_list() {
            self.tokens(list.tokens.clone());
        }
    }
}
