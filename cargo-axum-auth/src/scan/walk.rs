//! From a file's syntax to what was seen in it.

use super::facts::{FirstParameter, Function, Implementation, Occurrence, Parameter, Place, ResolvedPath, What};
use super::flow::{Flow, Resolve};
use super::parts::{bindings, has_block, relaxed, text, unsafe_keyword};
use super::receivers::Receivers;
use super::tokens::{Looks, flat, looks_like};
use super::types::TypeTree;
use crate::names::{Here, Names, Parts, Scope, plain, written};
use crate::sources::{SourceFile, attributes_of, is_test};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, FnArg, GenericArgument, Item, Pat, PatType, PathArguments, ReturnType, Signature, Stmt,
    Type, UseTree, Visibility,
};

/// What was seen in one file.
#[derive(Debug, Default)]
pub(crate) struct FileScan {
    pub(crate) occurrences: Vec<Occurrence>,
    pub(crate) functions: Vec<Function>,
    pub(crate) implementations: Vec<Implementation>,
}

/// Looks through a file.
pub(crate) fn scan(file: &SourceFile, names: &Names) -> FileScan {
    let mut walk = Walk {
        file,
        names,
        module: file.module.clone(),
        blocks: Vec::new(),
        function: None,
        test: file.test,
        receivers: Receivers::default(),
        chain: None,
        without_code: false,
        generics: Vec::new(),
        scan: FileScan::default(),
    };
    walk.visit_file(&file.syntax);
    walk.scan
}

struct Walk<'a> {
    file: &'a SourceFile,
    names: &'a Names,
    module: Parts,
    blocks: Vec<Scope>,
    function: Option<usize>,
    test: bool,
    receivers: Receivers,
    /// What the chain of receivers begins with, on the way down it.
    chain: Option<Option<ResolvedPath>>,
    /// No statement stands in what is walked: nothing can be dropped in there.
    without_code: bool,
    /// The type parameters of the extractor whose impl this is.
    generics: Vec<String>,
    scan: FileScan,
}

impl Walk<'_> {
    fn place(&self, span: Span) -> Place {
        let start = span.start();
        Place { file: self.file.shown.clone(), line: start.line, column: start.column + 1 }
    }

    fn meant(&self, path: &[String]) -> ResolvedPath {
        ResolvedPath(self.names.resolve(Here { module: &self.module, blocks: &self.blocks }, path))
    }

    fn saw(&mut self, span: Span, what: What) {
        let (function, test) = (self.function, self.test);
        self.scan.occurrences.push(Occurrence {
            place: self.place(span),
            function,
            test,
            module: self.module.clone(),
            what,
        });
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
                    self.saw(at, What::Method { name, turbofish, arguments, root: None });
                }
                Looks::Macro { path, body, at } => {
                    let meant = self.meant(&path);
                    self.saw(at, What::Macro { meant, body: body.to_string() });
                }
                Looks::Attribute { path, arguments, function, at } => {
                    let meant = self.meant(&path);
                    self.saw(at, What::Attribute { meant, arguments, function, first: None });
                }
                Looks::Unsafe(at) => self.saw(at, What::Unsafe("in a macro")),
            }
        }
    }

    fn without_code(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.without_code, true);
        walk(self);
        self.without_code = before;
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
        let first = signature.inputs.first().and_then(|input| self.first_parameter(input));
        for attribute in attributes {
            let meant = self.meant(&written(attribute.path()));
            let arguments =
                attribute.meta.require_list().map_or_else(|_| String::new(), |list| list.tokens.to_string());
            let function = signature.ident.to_string();
            let first = first.clone();
            self.saw(attribute.span(), What::Attribute { meant: meant.clone(), arguments, function, first });
            resolved.push(meant);
        }
        if let Some(unsafety) = unsafe_keyword(signature) {
            self.saw(unsafety, What::Unsafe("a function"));
        }
        let parameters: Vec<Parameter> = signature.inputs.iter().filter_map(|input| self.parameter(input)).collect();
        let output = match &signature.output {
            ReturnType::Type(_, ty) => Some(self.tree(ty)),
            ReturnType::Default => None,
        };
        let softened = self.softened(&parameters, |flow| flow.visit_block(body));
        let function = Function {
            name: signature.ident.to_string(),
            place: self.place(signature.ident.span()),
            test: self.test || is_test(attributes),
            asynchronous: signature.asyncness.is_some(),
            attributes: resolved,
            parameters,
            output,
            body: flat(body.to_token_stream()),
            softened,
        };
        self.scan.functions.push(function);
        let outer = self.function.replace(self.scan.functions.len() - 1);
        let receivers = std::mem::take(&mut self.receivers);
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input {
                self.receiver(&typed.pat, self.type_path(&typed.ty));
            }
        }
        self.within_test(is_test(attributes), walk);
        self.receivers = receivers;
        self.function = outer;
    }

    fn first_parameter(&self, input: &FnArg) -> Option<FirstParameter> {
        let FnArg::Typed(typed) = input else { return None };
        let Type::Path(ty) = &*typed.ty else { return None };
        let arguments = ty.path.segments.last().map(|segment| &segment.arguments);
        let argument = arguments.and_then(|arguments| match arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(Type::Path(ty)) => Some(self.meant(&written(&ty.path))),
                _ => None,
            }),
            _ => None,
        });
        Some(FirstParameter { ty: self.meant(&written(&ty.path)), argument })
    }

    /// The path of a type, references aside.
    fn type_path(&self, ty: &Type) -> Option<ResolvedPath> {
        match ty {
            Type::Path(ty) => Some(self.meant(&written(&ty.path))),
            Type::Reference(of) => self.type_path(&of.elem),
            Type::Paren(of) => self.type_path(&of.elem),
            _ => None,
        }
    }

    fn receiver(&mut self, pattern: &Pat, root: Option<ResolvedPath>) {
        match pattern {
            Pat::Ident(name) => self.receivers.bind(plain(&name.ident), root),
            // `let x: T = ..` says what it is.
            Pat::Type(typed) => {
                let root = self.type_path(&typed.ty).or(root);
                self.receiver(&typed.pat, root);
            }
            _ => bindings(pattern).into_iter().for_each(|name| self.receivers.bind(name, None)),
        }
    }

    /// What a chain of receivers begins with.
    fn root(&self, receiver: &Expr) -> Option<ResolvedPath> {
        match receiver {
            Expr::MethodCall(call) => self.root(&call.receiver),
            Expr::Await(of) => self.root(&of.base),
            Expr::Try(of) => self.root(&of.expr),
            Expr::Paren(of) => self.root(&of.expr),
            Expr::Reference(of) => self.root(&of.expr),
            Expr::Call(call) => self.root(&call.func),
            Expr::Struct(of) => Some(self.meant(&written(&of.path))),
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if self.receivers.knows(&plain(name)) => self.receivers.root(&plain(name)),
                _ => Some(self.meant(&written(&path.path))),
            },
            _ => None,
        }
    }

    fn softened(&self, parameters: &[Parameter], body: impl FnOnce(&mut Flow<'_, Self>)) -> Vec<(Place, String)> {
        let mut flow = Flow::new(self, parameters, &self.generics);
        body(&mut flow);
        flow.found.into_iter().map(|(span, how)| (self.place(span), how)).collect()
    }

    fn parameter(&self, input: &FnArg) -> Option<Parameter> {
        let FnArg::Typed(typed) = input else { return None };
        Some(self.typed(typed))
    }

    fn typed(&self, typed: &PatType) -> Parameter {
        let ty = match &*typed.ty {
            Type::Path(ty) => self.meant(&written(&ty.path)),
            _ => ResolvedPath(Vec::new()),
        };
        Parameter {
            bindings: bindings(&typed.pat),
            ty,
            tokens: flat(typed.ty.to_token_stream()),
            tree: self.tree(&typed.ty),
        }
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

impl Resolve for Walk<'_> {
    fn path(&self, path: &syn::Path) -> ResolvedPath {
        self.meant(&written(path))
    }

    fn tree(&self, ty: &Type) -> TypeTree {
        TypeTree::of(self.names, Here { module: &self.module, blocks: &self.blocks }, ty)
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
        if item.default.is_none() {
            return self.without_code(|walk| visit::visit_trait_item_fn(walk, item));
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
        self.without_code(|walk| visit::visit_item_foreign_mod(walk, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Some(unsafety) = &item.unsafety {
            self.saw(unsafety.span(), What::Unsafe("an impl"));
        }
        let generics = std::mem::take(&mut self.generics);
        let (functions, occurrences) = (self.scan.functions.len(), self.scan.occurrences.len());
        let number = self.scan.implementations.len();
        if let Some((of, _)) = &item.trait_ {
            let implementation = Implementation {
                place: self.place(item.impl_token.span()),
                test: self.test,
                of: self.meant(&written(of)),
                for_type: text(&item.self_ty),
                for_path: self.type_path(&item.self_ty).unwrap_or_else(|| ResolvedPath(Vec::new())),
                body: item.items.iter().flat_map(|item| flat(item.to_token_stream())).collect(),
                fields: Vec::new(),
                functions: 0..0,
                occurrences: 0..0,
            };
            if implementation.extracts() {
                self.generics = item.generics.type_params().map(|parameter| plain(&parameter.ident)).collect();
            }
            self.scan.implementations.push(implementation);
        }
        visit::visit_item_impl(self, item);
        self.generics = generics;
        if item.trait_.is_some() {
            let implementation = &mut self.scan.implementations[number];
            implementation.functions = functions..self.scan.functions.len();
            implementation.occurrences = occurrences..self.scan.occurrences.len();
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let derived = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
        let derived = derived.flat_map(|attribute| flat(attribute.meta.to_token_stream()));
        if let Some(name) = derived.into_iter().find(|name| name.starts_with("FromRequest")) {
            self.scan.implementations.push(Implementation {
                place: self.place(item.ident.span()),
                test: self.test,
                of: ResolvedPath(vec![vec![name]]),
                for_type: item.ident.to_string(),
                for_path: self.meant(&[plain(&item.ident)]),
                body: flat(item.fields.to_token_stream()),
                fields: item.fields.iter().map(|field| self.tree(&field.ty)).collect(),
                functions: 0..0,
                occurrences: 0..0,
            });
        }
        self.without_code(|walk| visit::visit_item_struct(walk, item));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.without_code(|walk| visit::visit_item_enum(walk, item));
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.without_code(|walk| visit::visit_item_union(walk, item));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.without_code(|walk| visit::visit_item_type(walk, item));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.without_code(|walk| visit::visit_item_extern_crate(walk, item));
    }

    fn visit_fn_arg(&mut self, argument: &'ast FnArg) {
        self.without_code(|walk| visit::visit_fn_arg(walk, argument));
    }

    fn visit_generic_param(&mut self, parameter: &'ast syn::GenericParam) {
        self.without_code(|walk| visit::visit_generic_param(walk, parameter));
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

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        // `get(|_: Public<Probe>, ..| async { .. })` is a handler too.
        let typed: Option<Vec<&PatType>> = closure
            .inputs
            .iter()
            .map(|input| match input {
                Pat::Type(typed) => Some(typed),
                _ => None,
            })
            .collect();
        let parameters: Vec<Parameter> = typed.unwrap_or_default().into_iter().map(|typed| self.typed(typed)).collect();
        if parameters.first().is_some_and(|first| first.tree.is_ours("Public")) {
            let body = match &*closure.body {
                Expr::Async(body) => &body.block,
                _ => return visit::visit_expr_closure(self, closure),
            };
            let softened = self.softened(&parameters, |flow| flow.visit_block(body));
            self.scan.functions.push(Function {
                name: "a closure".to_owned(),
                place: self.place(closure.span()),
                test: self.test,
                asynchronous: true,
                attributes: Vec::new(),
                parameters,
                output: None,
                body: flat(body.to_token_stream()),
                softened,
            });
        }
        visit::visit_expr_closure(self, closure);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        let has_code = local.init.as_ref().is_some_and(|init| init.diverge.is_some() || has_block(&init.expr));
        if has_code {
            visit::visit_local(self, local);
        } else {
            self.without_code(|walk| visit::visit_local(walk, local));
        }
        let root = local.init.as_ref().and_then(|init| self.root(&init.expr));
        self.receiver(&local.pat, root);
    }

    fn visit_expr_unsafe(&mut self, expr: &'ast syn::ExprUnsafe) {
        self.saw(expr.unsafe_token.span(), What::Unsafe("a block"));
        visit::visit_expr_unsafe(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let arguments = call.args.iter().map(text).collect();
            self.path(&function.path, arguments);
            // The path itself was seen; its generic arguments and the call's are still to be.
            function.path.segments.iter().for_each(|segment| self.visit_path_segment(segment));
            call.args.iter().for_each(|argument| self.visit_expr(argument));
        } else {
            visit::visit_expr_call(self, call);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let arguments = call.args.iter().map(text).collect();
        let turbofish = call.turbofish.as_ref().map(|generics| text(&generics.args)).unwrap_or_default();
        let root = self.chain.take().unwrap_or_else(|| self.root(&call.receiver));
        // Once a chain: a router may have thousands of routes.
        self.chain = matches!(&*call.receiver, Expr::MethodCall(_)).then(|| root.clone());
        self.saw(call.method.span(), What::Method { name: plain(&call.method), turbofish, arguments, root });
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
        let without_code = self.without_code;
        for lint in relaxed(&attribute.meta).into_iter().filter(|lint| !without_code || lint == "unsafe_code") {
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
