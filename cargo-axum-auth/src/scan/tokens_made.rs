//! Finds the tokens that a service issues, and the fields of their claims.

use super::facts::{Place, ResolvedPath};
use super::values::Value;
use super::walk::Walk;
use crate::names::{Parts, plain};
use quote::ToTokens;
use syn::spanned::Spanned;

/// A call that signs a token.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) place: Place,
    /// The function around it, by its number in the scan.
    pub(crate) function: Option<usize>,
    pub(crate) test: bool,
    pub(crate) claims: Value,
}

/// A struct with named fields.
#[derive(Debug)]
pub(crate) struct StructFields {
    pub(crate) path: Parts,
    /// The names of the fields, and those of `#[serde(rename = "..")]`.
    pub(crate) fields: Vec<String>,
}

impl Walk<'_> {
    pub(super) fn token_made(&mut self, call: &syn::ExprCall, meant: &ResolvedPath) {
        if meant.is("jsonwebtoken::encode") && call.args.len() == 3 {
            let (place, claims) = (self.place(call.func.span()), self.value(&call.args[1]));
            let (function, test) = (self.function, self.test);
            self.scan.issued.push(Issued { place, function, test, claims });
        }
    }

    pub(super) fn struct_fields(&mut self, item: &syn::ItemStruct) {
        let renamed = |field: &syn::Field| {
            let attributes = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
            let tokens = attributes.flat_map(|attribute| super::tokens::flat(attribute.meta.to_token_stream()));
            tokens.filter_map(|token| syn::parse_str::<syn::LitStr>(&token).ok()).map(|text| text.value()).collect()
        };
        let fields = item.fields.iter().flat_map(|field| {
            let mut names: Vec<String> = renamed(field);
            names.extend(field.ident.as_ref().map(plain));
            names
        });
        let path = [self.module.as_slice(), &[plain(&item.ident)]].concat();
        self.scan.structs.push(StructFields { path, fields: fields.collect() });
    }
}
