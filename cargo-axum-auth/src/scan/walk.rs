//! The state of the walk through a file.

use super::extensions::ExtensionUse;
use super::facts::{Function, Implementation, Occurrence, Over, Place, ResolvedPath, What};
use super::habits::Habits;
use super::mounts::{LayerUse, Mount, Part, Routing};
use super::receivers::Receivers;
use super::tokens::{Looks, flat, looks_like};
use super::tokens_made::{Issued, StructFields};
use super::values::Value;
use crate::names::{Here, Names, Parts, Scope, written};
use crate::sources::SourceFile;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{PathArguments, Token, Type};

/// The scan of one file.
#[derive(Debug, Default)]
pub(crate) struct FileScan {
    pub(crate) occurrences: Vec<Occurrence>,
    pub(crate) functions: Vec<Function>,
    pub(crate) implementations: Vec<Implementation>,
    pub(crate) extensions: Vec<ExtensionUse>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) layers: Vec<LayerUse>,
    pub(crate) parts: Vec<Part>,
    pub(crate) issued: Vec<Issued>,
    pub(crate) structs: Vec<StructFields>,
    pub(crate) habits: Habits,
}

/// Scans a file.
pub(crate) fn scan(file: &SourceFile, names: &Names) -> FileScan {
    let mut walk = Walk {
        file,
        names,
        module: file.module.clone(),
        blocks: Vec::new(),
        function: None,
        test: file.test,
        receivers: Receivers::default(),
        values: BTreeMap::new(),
        secrets: BTreeMap::new(),
        relaxed: Vec::new(),
        routing: Routing::default(),
        of: None,
        chain: Chain::default(),
        without_code: false,
        generics: Vec::new(),
        scan: FileScan::default(),
    };
    walk.visit_file(&file.syntax);
    walk.scan
}

/// The start of a chain of receivers, while the walk goes down the chain.
#[derive(Default)]
pub(super) enum Chain {
    #[default]
    None,
    Begun(Option<ResolvedPath>),
}

pub(super) struct Walk<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) names: &'a Names,
    pub(super) module: Parts,
    pub(super) blocks: Vec<Scope>,
    pub(super) function: Option<usize>,
    pub(super) test: bool,
    pub(super) receivers: Receivers,
    /// The types of variables.
    pub(super) values: BTreeMap<String, Value>,
    /// The keys in variables, by their names.
    pub(super) secrets: BTreeMap<String, String>,
    /// The occurrences of attributes that lower a lint, in the current item.
    pub(super) relaxed: Vec<usize>,
    pub(super) routing: Routing,
    /// The type of the impl around the current function.
    pub(super) of: Option<ResolvedPath>,
    pub(super) chain: Chain,
    /// The current item has no statements, so no decision can be dropped in it.
    pub(super) without_code: bool,
    /// The type parameters of the extractor whose impl this is.
    pub(super) generics: Vec<String>,
    pub(super) scan: FileScan,
}

impl Walk<'_> {
    pub(super) fn place(&self, span: Span) -> Place {
        let start = span.start();
        Place { file: self.file.shown.clone(), line: start.line, column: start.column + 1 }
    }

    pub(super) fn meant(&self, path: &[String]) -> ResolvedPath {
        ResolvedPath(self.names.resolve(Here { module: &self.module, blocks: &self.blocks }, path))
    }

    pub(super) fn saw(&mut self, span: Span, what: What) {
        let (function, test) = (self.function, self.test);
        self.scan.occurrences.push(Occurrence {
            place: self.place(span),
            function,
            test,
            module: self.module.clone(),
            what,
        });
    }

    pub(super) fn path(&mut self, path: &syn::Path, arguments: Vec<String>) {
        let meant = self.meant(&written(path));
        self.saw(path.span(), What::Path { meant, arguments });
    }

    pub(super) fn waiver_type(&mut self, path: &syn::Path) {
        if let Some(PathArguments::AngleBracketed(list)) = path.segments.last().map(|segment| &segment.arguments) {
            let meant = self.meant(&written(path));
            self.waiver(&meant, list.args.to_token_stream(), path.span());
        }
    }

    /// Records the condition of a type `Despite<OwnPassword>`.
    pub(super) fn waiver(&mut self, meant: &ResolvedPath, generics: TokenStream, at: Span) {
        // A macro may stand in another file than its imports.
        if meant.is("auth_runtime::Despite") || meant.is("Despite") {
            let types = Punctuated::<Type, Token![,]>::parse_terminated.parse2(generics).unwrap_or_default();
            if let Some(condition) = types.first() {
                self.saw(at, What::Waives(flat(condition.to_token_stream()).concat().replace(',', ", ")));
            }
        }
    }

    /// Records the tokens of a macro or an attribute.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        let has_extensions = tokens.to_string().contains("extensions");
        for looks in looks_like(tokens) {
            match looks {
                Looks::Path { path, generics, arguments, at } => {
                    let meant = self.meant(&path);
                    self.waiver(&meant, generics, at);
                    let arguments = arguments.map(|tokens| tokens.to_string()).into_iter().collect();
                    self.saw(at, What::Path { meant, arguments });
                }
                Looks::Method { name, turbofish, arguments, at } => {
                    if has_extensions {
                        self.extension_in_macro(&name, &turbofish, at);
                    }
                    let arguments = if arguments.is_empty() { Vec::new() } else { vec![arguments.to_string()] };
                    self.saw(at, What::Method { name, turbofish, arguments, root: None, last: None });
                }
                Looks::Macro { path, body, at } => {
                    let meant = self.meant(&path);
                    self.saw(at, What::Macro { meant, body: body.to_string() });
                }
                Looks::Attribute { path, arguments, function, first, condition, at } => {
                    let meant = self.meant(&path);
                    let first = first.and_then(|first| self.first_parameter(&first));
                    self.saw(at, What::Attribute { meant, arguments, function, first, condition });
                }
                Looks::Unsafe(at) => self.saw(at, What::Unsafe("in a macro")),
            }
        }
    }

    /// Walks through a node that attributes can apply to, and sets the code that they apply to.
    pub(super) fn relaxed_over(&mut self, walk: impl FnOnce(&mut Self)) {
        let start = self.scan.occurrences.len();
        let outer = std::mem::take(&mut self.relaxed);
        walk(self);
        let code = start..self.scan.occurrences.len();
        for number in std::mem::replace(&mut self.relaxed, outer) {
            if let What::Relaxed { over, .. } = &mut self.scan.occurrences[number].what {
                *over = Over::Code(code.clone());
            }
        }
    }

    pub(super) fn without_code(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.without_code, true);
        walk(self);
        self.without_code = before;
    }

    pub(super) fn within_test(&mut self, test: bool, walk: impl FnOnce(&mut Self)) {
        let before = self.test;
        self.test |= test;
        walk(self);
        self.test = before;
    }
}
