use super::{Decision, Word};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

fn refusal(word: Word, args: &str) -> String {
    let args: TokenStream = args.parse().expect("tokens");
    Decision::read(word, args).err().expect("must be refused").to_string()
}

fn reason(args: TokenStream) -> String {
    match Decision::read(Word::Public, args) {
        Ok(Decision::Public(public)) => {
            public.reason.expect("a reason").to_type(&quote!(::rt)).to_string().replace(' ', "")
        }
        _ => panic!("must be accepted"),
    }
}

#[test]
fn a_reason_is_spelled_in_blocks_of_sixteen_bytes() {
    let first = u128::from_be_bytes(*b"load balancer pr");
    let second = u128::from_be_bytes(*b"obe\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!(
        reason(quote!(reason = "load balancer probe", expires = "2027-01-31",)),
        format!(
            "::rt::reason::Until<20270131u32,\
             ::rt::reason::Text<{first}u128,::rt::reason::Text<{second}u128,::rt::reason::End>>>"
        )
    );
    // A text that fills its last block has no empty block after it.
    assert_eq!(
        reason(quote!(reason = "0123456789abcdef")),
        format!("::rt::reason::Text<{}u128,::rt::reason::End>", u128::from_be_bytes(*b"0123456789abcdef"))
    );
}

#[test]
fn only_days_of_the_calendar_are_dates() {
    for day in ["2028-02-29", "2027-12-31", "1999-01-01"] {
        let number: String = day.chars().filter(char::is_ascii_digit).collect();
        assert!(reason(quote!(reason = "x", expires = #day)).contains(&format!("<{number}u32")));
    }
    for day in ["2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "2100-02-29"] {
        let args = format!("reason = \"x\", expires = \"{day}\"");
        assert!(refusal(Word::Public, &args).contains("is not in the calendar"), "{day}");
    }
    for day in ["", "2027-1-31", "27-01-31", "2027/01/31", " 2027-01-31", "+027-01-31", "2027-01-31T", "２027-01"] {
        let args = format!("reason = \"x\", expires = \"{day}\"");
        assert!(refusal(Word::Public, &args).contains("is not a date"), "{day}");
    }
}

#[test]
fn claims_and_permission_are_any_types() {
    for (args, claims, requires) in [
        ("", None, None),
        ("Claims", Some("Claims"), None),
        ("crate::auth::Claims<u8>,", Some("crate :: auth :: Claims < u8 >"), None),
        ("Claims, requires = (A, B)", Some("Claims"), Some("(A , B)")),
        ("requires = scopes::Write", None, Some("scopes :: Write")),
        ("requires::Claims", Some("requires :: Claims"), None),
    ] {
        match Decision::read(Word::Authenticated, args.parse().expect("tokens")) {
            Ok(Decision::Authenticated(stated)) => {
                let show = |ty: &Option<syn::Type>| ty.as_ref().map(|ty| ty.to_token_stream().to_string());
                assert_eq!(show(&stated.claims).as_deref(), claims, "{args}");
                assert_eq!(show(&stated.requires).as_deref(), requires, "{args}");
            }
            _ => panic!("must be accepted: {args}"),
        }
    }
}

#[test]
fn each_argument_of_the_wrong_kind_is_told_its_remedy() {
    for (word, args, remedy) in [
        (Word::Authenticated, "Claims, Write", "written `requires = OrdersWrite`"),
        (Word::Authenticated, "requires = W, Claims", "claims stand first"),
        (Word::Authenticated, "requires = W, requires = W", "stated twice"),
        (Word::Authenticated, "requires = \"orders:write\"", "scope!("),
        (Word::Authenticated, "requires = A, B", "are a tuple"),
        (Word::Authenticated, "requires = A + B", "as a tuple"),
        (Word::Authenticated, "requires = A | B", "AnyOf<(A, B)>"),
        (Word::Authenticated, "requires = orders:write", "scope!("),
        (Word::Authenticated, "Claims requires = A", "expected `,`"),
        (Word::Authenticated, "Authenticated<Claims>", "state its claims only"),
        (Word::Authenticated, "&Claims", "claims are owned"),
        (Word::Authenticated, "requires = [A, B]", "as a tuple"),
        (Word::Authenticated, "requires = ()", "leave it out"),
        (Word::Authenticated, "requires", "has no value"),
        (Word::Authenticated, "requires(Write)", "has no value"),
        (Word::Authenticated, "requires =", "has no value"),
        (Word::Authenticated, "reason = \"x\"", "belongs to `#[public]`"),
        (Word::Authenticated, "expires = \"x\"", "belongs to `#[public]`"),
        (Word::Authenticated, "claims = Claims", "without a name"),
        (Word::Authenticated, "role = Admin", "unknown argument `role`"),
        (Word::Authenticated, "\"admin\"", "the claims are a type"),
        (Word::Public, "requires = W", "belongs to `#[authenticated]`"),
        (Word::Public, "why = \"x\"", "unknown argument `why`"),
        (Word::Public, "\"x\"", "by name"),
        (Word::Public, "Claims", "`reason` and `expires` only"),
        (Word::Public, "reason", "has no value"),
        (Word::Public, "reason(\"x\")", "has no value"),
        (Word::Public, "reason = REASON", "a string literal"),
        (Word::Public, "reason = 5", "a string literal"),
        (Word::Public, "reason = \"x\", reason = \"x\"", "stated twice"),
        (Word::Public, "expires = \"2027-01-31\"", "says why"),
    ] {
        let message = refusal(word, args);
        assert!(message.contains(remedy), "{args}: {message}");
    }
}
