//! Parses the item under the attribute: a handler, or an item that the attribute does not support.
//!
//! Only the parts that are checked are parsed. The return type, the `where` clause and the body
//! stay raw tokens, so that the output is the input plus an insertion.

mod params;

pub(crate) use params::{Param, with_first_type};

use crate::{args::AttributeKind, tokens};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, LitStr, Result, Token, Visibility};

pub(crate) enum Item {
    Handler(Box<Handler>),
    Unsupported(UnsupportedItem),
}

/// A function with a body.
pub(crate) struct Handler {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) qualifiers: Qualifiers,
    pub(crate) fn_token: Token![fn],
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    /// The parameter list as written, with its parentheses.
    pub(crate) list: Group,
    pub(crate) receiver: Option<TokenStream>,
    pub(crate) params: Vec<Param>,
    pub(crate) variadic: Option<TokenStream>,
    /// `-> ..`, or nothing.
    pub(crate) output: TokenStream,
    /// `where ..`, or nothing.
    pub(crate) where_clause: TokenStream,
    pub(crate) body: Group,
}

/// The keywords before `fn`.
#[derive(Default)]
pub(crate) struct Qualifiers {
    pub(crate) constness: Option<Token![const]>,
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) abi: Option<TokenStream>,
}

const A_FUNCTION: &str = "a function";
pub(crate) const A_CLOSURE: &str = "a closure";

/// Any other item.
pub(crate) struct UnsupportedItem {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) rest: TokenStream,
    /// Its kind, as in `on a module`.
    pub(crate) kind: &'static str,
    /// The keyword of that kind, for the error to point at.
    pub(crate) keyword: TokenStream,
}

impl Item {
    pub(crate) fn read(tokens: TokenStream) -> Result<Self> {
        let mut trees: Vec<TokenTree> = tokens::without_invisible_group(tokens).into_iter().collect();
        // syn copies each token that it is given. Most are in the body, which it need not read.
        let body = trees.pop_if(|last| tokens::as_group(last, Delimiter::Brace).is_some());
        (|input: ParseStream<'_>| Self::parse(input, body)).parse2(trees.into_iter().collect())
    }

    fn parse(input: ParseStream<'_>, body: Option<TokenTree>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let mut rest = tokens::without_invisible_group(input.parse()?);
        let Ok(mut header) = FnHeader::parse.parse2(rest.clone()) else {
            // Again with the body, at which the error may be.
            rest.extend(body);
            let error = FnHeader::parse.parse2(rest.clone()).err();
            let item = UnsupportedItem::classify(attrs, rest);
            return match error {
                Some(error) if item.kind == A_FUNCTION => Err(error),
                _ => Ok(Self::Unsupported(item)),
            };
        };
        header.after_list.extend(body);
        let (body, before_body) =
            header.after_list.split_last().ok_or_else(|| syn::Error::new(header.name.span(), "expected a body"))?;
        let Some(body) = tokens::as_group(body, Delimiter::Brace) else {
            let (kind, keyword) = ("a function without a body", header.name.into_token_stream());
            return Ok(Self::Unsupported(UnsupportedItem { attrs, rest, kind, keyword }));
        };
        let is_where = |tree: &TokenTree| matches!(tree, TokenTree::Ident(keyword) if keyword == "where");
        let where_at = before_body.iter().position(is_where).unwrap_or(before_body.len());
        let (output, where_clause) = before_body.split_at(where_at);
        let (receiver, params, variadic) = params::parse.parse2(header.list.stream())?;
        Ok(Self::Handler(Box::new(Handler {
            attrs,
            vis: header.vis,
            qualifiers: header.qualifiers,
            fn_token: header.fn_token,
            name: header.name,
            generics: header.generics,
            list: header.list,
            receiver,
            params,
            variadic,
            output: output.iter().cloned().collect(),
            where_clause: where_clause.iter().cloned().collect(),
            body,
        })))
    }
}

/// A function up to its parameters, and the rest as raw tokens.
struct FnHeader {
    vis: Visibility,
    qualifiers: Qualifiers,
    fn_token: Token![fn],
    name: Ident,
    generics: Generics,
    list: Group,
    after_list: Vec<TokenTree>,
}

impl Parse for FnHeader {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            vis: input.parse()?,
            qualifiers: input.parse()?,
            fn_token: input.parse()?,
            name: input.call(Ident::parse_any)?,
            generics: input.parse()?,
            list: {
                let tree: TokenTree = input.parse()?;
                tokens::as_group(&tree, Delimiter::Parenthesis)
                    .ok_or_else(|| syn::Error::new(tree.span(), "expected the parameters"))?
            },
            after_list: input.parse::<TokenStream>()?.into_iter().collect(),
        })
    }
}

impl Parse for Qualifiers {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            constness: input.parse()?,
            asyncness: input.parse()?,
            unsafety: input.parse()?,
            abi: match input.parse::<Option<Token![extern]>>()? {
                Some(keyword) => {
                    let name: Option<LitStr> = input.parse()?;
                    Some(quote!(#keyword #name))
                }
                None => None,
            },
        })
    }
}

impl UnsupportedItem {
    fn classify(attrs: Vec<Attribute>, rest: TokenStream) -> Self {
        let mut kinds = rest.clone().into_iter().filter_map(|tree| {
            let TokenTree::Ident(keyword) = tree else { return None };
            let kind = match keyword.to_string().as_str() {
                "fn" => A_FUNCTION,
                "struct" => "a struct",
                "enum" => "an enum",
                "union" => "a union",
                "impl" => "an `impl` block",
                "mod" => "a module",
                "trait" => "a trait",
                "type" => "a type alias",
                "use" => "a `use`",
                "static" => "a static",
                "const" => "a constant",
                "extern" => "an `extern` item",
                "macro_rules" => "a macro",
                _ => return None,
            };
            Some((kind, keyword.into_token_stream()))
        });
        let first = rest.clone().into_iter().next();
        let (kind, keyword) = match (kinds.next(), first) {
            (Some(kind), _) => kind,
            (None, Some(first)) if starts_closure(&first) => (A_CLOSURE, rest.clone()),
            (None, _) if rest.clone().into_iter().any(|tree| is_bang(&tree)) => ("a macro call", rest.clone()),
            (None, _) => ("another item", rest.clone()),
        };
        Self { attrs, rest, kind, keyword }
    }
}

fn starts_closure(first: &TokenTree) -> bool {
    match first {
        TokenTree::Ident(keyword) => keyword == "async" || keyword == "move",
        TokenTree::Punct(punct) => punct.as_char() == '|',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

fn is_bang(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '!')
}

/// Drops our own attributes, so that they are not expanded and their mistakes are not reported
/// twice.
pub(crate) fn without_ours(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| AttributeKind::of(attr).is_none()).collect()
}

impl ToTokens for Qualifiers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.constness.to_tokens(tokens);
        self.asyncness.to_tokens(tokens);
        self.unsafety.to_tokens(tokens);
        tokens.append_all(&self.abi);
    }
}
