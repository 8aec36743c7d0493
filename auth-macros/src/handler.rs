//! Reads the item under the attribute: a handler, or something on which the attribute cannot stand.
//!
//! Only what is judged is parsed. The parameters, the return type, the `where` clause and the body stay the author's
//! tokens, so that what comes out is what went in plus an insertion.

mod params;

pub(crate) use params::Param;

use crate::{args::Word, tokens};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, LitStr, Result, Token, Visibility};

pub(crate) enum Item {
    Handler(Box<Handler>),
    Other(Other),
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

/// The words before `fn`.
#[derive(Default)]
pub(crate) struct Qualifiers {
    pub(crate) constness: Option<Token![const]>,
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) abi: Option<TokenStream>,
}

const A_FUNCTION: &str = "a function";
pub(crate) const A_CLOSURE: &str = "a closure";

/// Anything else.
pub(crate) struct Other {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) rest: TokenStream,
    /// What it is, as in `on a module`.
    pub(crate) what: &'static str,
    /// The word that says so.
    pub(crate) word: TokenStream,
}

impl Item {
    pub(crate) fn read(tokens: TokenStream) -> Result<Self> {
        Self::parse.parse2(tokens::without_invisible_group(tokens))
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let rest = tokens::without_invisible_group(input.parse()?);
        let start = match parse_start.parse2(rest.clone()) {
            Ok(start) => start,
            Err(unreadable) => {
                let other = Other::read(attrs, rest);
                return if other.what == A_FUNCTION { Err(unreadable) } else { Ok(Self::Other(other)) };
            }
        };
        let (body, before_body) =
            start.after_list.split_last().ok_or_else(|| syn::Error::new(start.name.span(), "expected a body"))?;
        let Some(body) = tokens::as_group(body, Delimiter::Brace) else {
            let mut other = Other::read(attrs, rest);
            (other.what, other.word) = ("a function without a body", start.name.into_token_stream());
            return Ok(Self::Other(other));
        };
        let is_where = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "where");
        let where_at = before_body.iter().position(is_where).unwrap_or(before_body.len());
        let (output, where_clause) = before_body.split_at(where_at);
        let (receiver, params, variadic) = params::parse.parse2(start.list.stream())?;
        Ok(Self::Handler(Box::new(Handler {
            attrs,
            vis: start.vis,
            qualifiers: start.qualifiers,
            fn_token: start.fn_token,
            name: start.name,
            generics: start.generics,
            list: start.list,
            receiver,
            params,
            variadic,
            output: output.iter().cloned().collect(),
            where_clause: where_clause.iter().cloned().collect(),
            body,
        })))
    }
}

/// A function up to its parameters, and the raw rest.
struct Start {
    vis: Visibility,
    qualifiers: Qualifiers,
    fn_token: Token![fn],
    name: Ident,
    generics: Generics,
    list: Group,
    after_list: Vec<TokenTree>,
}

fn parse_start(input: ParseStream<'_>) -> Result<Start> {
    Ok(Start {
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

impl Parse for Qualifiers {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            constness: input.parse()?,
            asyncness: input.parse()?,
            unsafety: input.parse()?,
            abi: match input.parse::<Option<Token![extern]>>()? {
                Some(word) => {
                    let name: Option<LitStr> = input.parse()?;
                    Some(quote!(#word #name))
                }
                None => None,
            },
        })
    }
}

impl Other {
    fn read(attrs: Vec<Attribute>, rest: TokenStream) -> Self {
        let mut kinds = rest.clone().into_iter().filter_map(|tree| {
            let TokenTree::Ident(word) = tree else { return None };
            let what = match word.to_string().as_str() {
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
            Some((what, word.into_token_stream()))
        });
        let first = rest.clone().into_iter().next();
        let (what, word) = match (kinds.next(), first) {
            (Some(kind), _) => kind,
            (None, Some(first)) if starts_closure(&first) => (A_CLOSURE, rest.clone()),
            (None, _) if rest.clone().into_iter().any(|tree| is_bang(&tree)) => ("a macro call", rest.clone()),
            (None, _) => ("something else", rest.clone()),
        };
        Self { attrs, rest, what, word }
    }
}

fn starts_closure(first: &TokenTree) -> bool {
    match first {
        TokenTree::Ident(word) => word == "async" || word == "move",
        TokenTree::Punct(punct) => punct.as_char() == '|',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

fn is_bang(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '!')
}

/// Drops the attributes that are ours, so that what is wrong is said once.
pub(crate) fn without_ours(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| Word::of(attr).is_none()).collect()
}

impl ToTokens for Qualifiers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.constness.to_tokens(tokens);
        self.asyncness.to_tokens(tokens);
        self.unsafety.to_tokens(tokens);
        tokens.append_all(&self.abi);
    }
}
