//! Splits the arguments at their commas.
//!
//! Each one is parsed by itself, so that a mistake in one does not hide a mistake in another.

use super::{CRATE, repeated, runtime_path};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Path, Result, Token};

/// The arguments that one attribute accepts.
pub(super) trait Accepts {
    /// Each name, and how to write it.
    const NAMES: &'static [(&'static str, &'static str)];

    /// Parses the value of `name = ..`.
    fn named(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()>;

    /// Parses an argument without a name.
    fn unnamed(&mut self, input: ParseStream<'_>) -> Result<()>;

    /// The message for an argument that does not end at a comma.
    fn expected_comma(input: ParseStream<'_>) -> &'static str;
}

/// Parses all arguments into `accepted`, and reports what is wrong with each. Returns the value of
/// `crate = ..`.
pub(super) fn parse<A: Accepts>(accepted: &mut A, args: TokenStream, errors: &mut Errors) -> Option<Path> {
    let mut runtime = None;
    let mut was_refused = false;
    for argument in split(args) {
        let mut has_name = false;
        let parsed = (|input: ParseStream<'_>| {
            let name = name::<A>(input, &mut has_name)?;
            match name {
                Some(name) if name == CRATE.0 && runtime.is_some() => return Err(repeated(&name)),
                Some(name) if name == CRATE.0 => runtime = Some(runtime_path(input)?),
                Some(name) => accepted.named(&name, input)?,
                None => accepted.unnamed(input)?,
            }
            if input.is_empty() { Ok(()) } else { Err(input.error(A::expected_comma(input))) }
        })
        .parse2(argument);
        // An argument without a name after a refused one is most likely its rest: one
        // mistake, one error.
        let is_rest = was_refused && !has_name;
        was_refused = parsed.is_err();
        match parsed {
            Err(error) if !is_rest => errors.push(error),
            Ok(()) | Err(_) => {}
        }
    }
    runtime
}

/// The arguments between the commas. A comma inside of `<..>` belongs to a type.
fn split(args: TokenStream) -> Vec<TokenStream> {
    let mut arguments: Vec<Vec<TokenTree>> = vec![Vec::new()];
    let (mut depth, mut before) = (0_usize, ' ');
    for tree in args {
        let punct = if let TokenTree::Punct(punct) = &tree { punct.as_char() } else { ' ' };
        match punct {
            '<' => depth += 1,
            '>' if before != '-' && before != '=' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = punct;
        let last = arguments.last_mut().expect("one from the start");
        if punct != ',' || depth > 0 {
            last.push(tree);
        } else if last.is_empty() {
            // Two commas in a row: the second one is refused as an argument.
            last.push(tree);
        } else {
            arguments.push(Vec::new());
        }
    }
    // The list may end with a comma.
    arguments.retain(|argument| !argument.is_empty());
    arguments.into_iter().map(TokenStream::from_iter).collect()
}

/// `name =` at the start of `input`. A name that is accepted and has no value is refused, with how
/// to write it.
fn name<A: Accepts>(input: ParseStream<'_>, has_name: &mut bool) -> Result<Option<Ident>> {
    if !input.peek(Ident::peek_any) {
        return Ok(None);
    }
    let assigns = input.peek2(Token![=]) && !input.peek2(Token![==]);
    let name = input.fork().call(Ident::parse_any)?;
    let how = A::NAMES.iter().chain([&CRATE]).find(|(known, _)| name == known).map(|(_, how)| how);
    let without_value = |how| Error::new(name.span(), format!("`{name}` has no value; write `{how}`"));
    *has_name = assigns;
    if assigns {
        input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        return match how.filter(|_| input.is_empty()) {
            Some(how) => Err(without_value(how)),
            None => Ok(Some(name)),
        };
    }
    match how {
        Some(how) if !input.peek2(Token![::]) && !input.peek2(Token![<]) => {
            *has_name = true;
            Err(without_value(how))
        }
        _ => Ok(None),
    }
}
