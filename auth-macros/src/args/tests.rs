use super::{Args, AttributeKind, Decision};
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// All errors of the arguments.
fn errors(kind: AttributeKind, args: &str) -> Vec<String> {
    let mut errors = Errors::new();
    Args::parse(kind, args.parse().expect("tokens"), &mut errors);
    errors.check().err().into_iter().flatten().map(|error| error.to_string()).collect()
}

/// The one error of the arguments.
#[track_caller]
fn refusal(kind: AttributeKind, args: &str) -> String {
    let errors = errors(kind, args);
    assert_eq!(errors.len(), 1, "{args}: {errors:#?}");
    errors.into_iter().collect()
}

#[track_caller]
fn accepted(kind: AttributeKind, args: TokenStream) -> Args {
    let mut errors = Errors::new();
    let parsed = Args::parse(kind, args, &mut errors);
    errors.check().expect("must be accepted");
    parsed
}

fn reason(args: TokenStream) -> String {
    match accepted(AttributeKind::Public, args).decision {
        Decision::Public(public) => {
            public.reason.expect("a reason").to_type(&quote!(::rt)).to_string().replace(' ', "")
        }
        Decision::Authenticated(_) | Decision::Setup(_) | Decision::Signed(_) => panic!("another attribute"),
    }
}

#[test]
fn a_reason_is_spelled_in_blocks_of_sixteen_bytes() {
    let first = u128::from_be_bytes(*b"load balancer pr");
    let second = u128::from_be_bytes(*b"obe\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!(
        reason(quote!(reason = "load balancer probe", expires = "2027-01-31",)),
        format!(
            "::rt::opt_out::Expires<20270131u32,\
             ::rt::opt_out::Text<{first}u128,::rt::opt_out::Text<{second}u128,::rt::opt_out::End>>>"
        )
    );
    // A text that fills its last block has no empty block after it.
    assert_eq!(
        reason(quote!(reason = "0123456789abcdef")),
        format!("::rt::opt_out::Text<{}u128,::rt::opt_out::End>", u128::from_be_bytes(*b"0123456789abcdef"))
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
        assert!(refusal(AttributeKind::Public, &args).contains("is not in the calendar"), "{day}");
    }
    for day in ["", "2027-1-31", "27-01-31", "2027/01/31", " 2027-01-31", "+027-01-31", "2027-01-31T", "２027-01"] {
        let args = format!("reason = \"x\", expires = \"{day}\"");
        assert!(refusal(AttributeKind::Public, &args).contains("is not a date"), "{day}");
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
        ("crate::Claims", Some("crate :: Claims"), None),
        ("Map<A, B>, requires = AnyOf<(A, B)>", Some("Map < A , B >"), Some("AnyOf < (A , B) >")),
        ("Of<fn(A) -> B>, requires = P", Some("Of < fn (A) -> B >"), Some("P")),
    ] {
        match accepted(AttributeKind::Authenticated, args.parse().expect("tokens")).decision {
            Decision::Authenticated(parsed) => {
                let show = |ty: &Option<syn::Type>| ty.as_ref().map(|ty| ty.to_token_stream().to_string());
                assert_eq!(show(&parsed.claims).as_deref(), claims, "{args}");
                assert_eq!(show(&parsed.requires).as_deref(), requires, "{args}");
            }
            Decision::Public(_) | Decision::Setup(_) | Decision::Signed(_) => panic!("another attribute"),
        }
    }
}

#[test]
fn declared_rules_are_one_type_or_the_types_of_a_tuple() {
    for (args, rules) in [
        ("rule = OwnsOrder", &["OwnsOrder"][..]),
        ("Claims, rule = crate::Own<A, B>, requires = P", &["crate :: Own < A , B >"]),
        ("Claims, requires = P, rule = (A, B), despite = X", &["A", "B"]),
    ] {
        match accepted(AttributeKind::Authenticated, args.parse().expect("tokens")).decision {
            Decision::Authenticated(parsed) => {
                let shown: Vec<String> = parsed.rules.iter().map(|ty| ty.to_token_stream().to_string()).collect();
                assert_eq!(shown, rules, "{args}");
            }
            _ => panic!("another attribute"),
        }
    }
}

#[test]
fn a_waived_condition_is_any_type_in_any_order() {
    for (args, despite) in [
        ("Claims, requires = P, despite = OwnPassword", "OwnPassword"),
        ("despite = (A, B), requires = P", "(A , B)"),
        ("despite = crate::Own<A, B>,", "crate :: Own < A , B >"),
    ] {
        match accepted(AttributeKind::Authenticated, args.parse().expect("tokens")).decision {
            Decision::Authenticated(parsed) => {
                let shown = parsed.despite.map(|ty| ty.to_token_stream().to_string());
                assert_eq!(shown.as_deref(), Some(despite), "{args}");
            }
            Decision::Public(_) | Decision::Setup(_) | Decision::Signed(_) => panic!("another attribute"),
        }
    }
}

#[test]
fn each_argument_of_the_wrong_kind_is_told_its_remedy() {
    for (kind, args, remedy) in [
        (AttributeKind::Authenticated, "Claims, Write", "as `requires = OrdersWrite`"),
        (AttributeKind::Authenticated, "requires = W, Claims", "and claims first"),
        (AttributeKind::Authenticated, "requires = W, requires = W", "given twice"),
        (AttributeKind::Authenticated, "requires = \"orders:write\"", "scope!("),
        (AttributeKind::Authenticated, "requires = A, B", "as a tuple"),
        (AttributeKind::Authenticated, "requires = A + B", "are a tuple"),
        (AttributeKind::Authenticated, "requires = A | B", "AnyOf<(A, B)>"),
        (AttributeKind::Authenticated, "requires = orders:write", "scope!("),
        (AttributeKind::Authenticated, "Claims requires = A", "expected `,`"),
        (AttributeKind::Authenticated, "Authenticated<Claims>", "write only its claims"),
        (AttributeKind::Authenticated, "&Claims", "the owned type"),
        (AttributeKind::Authenticated, "requires = [A, B]", "are a tuple"),
        (AttributeKind::Authenticated, "requires = ()", "remove it"),
        (AttributeKind::Authenticated, "despite = ()", "waives no condition"),
        (AttributeKind::Authenticated, "despite", "write `despite = MustChangePassword`"),
        (AttributeKind::Authenticated, "despite = \"suspended\"", "`.always_requires::<..>()`"),
        (AttributeKind::Authenticated, "despite = A, despite = B", "given twice"),
        (AttributeKind::Authenticated, "despite = A, Claims", "and claims first"),
        (AttributeKind::Authenticated, "despite = Despite<A>", "write its condition"),
        (AttributeKind::Authenticated, "requires = Despite<A, P>", "an argument of its own"),
        (AttributeKind::Authenticated, "rule = ()", "declares no rule"),
        (AttributeKind::Authenticated, "rule = \"own order\"", "write `rule = OwnsOrder`"),
        (AttributeKind::Authenticated, "rule", "write `rule = OwnsOrder`"),
        (AttributeKind::Authenticated, "rule = A, rule = B", "write both as a tuple: `rule = (A, B)`"),
        (AttributeKind::Authenticated, "rule = A, Claims", "a type after `rule`"),
        (AttributeKind::Authenticated, "rule = WithRule<A>", "write its rule"),
        (AttributeKind::Authenticated, "requires = WithRule<A, P>", "an argument of its own"),
        (AttributeKind::Public, "rule = A", "is an argument of `#[authenticated]`"),
        (AttributeKind::Public, "despite = A", "is an argument of `#[authenticated]`"),
        (AttributeKind::Setup, "rule = A", "is an argument of `#[authenticated]`"),
        (AttributeKind::Authenticated, "requires", "has no value"),
        (AttributeKind::Authenticated, "requires(Write)", "has no value"),
        (AttributeKind::Authenticated, "requires =", "has no value"),
        (AttributeKind::Authenticated, "reason = \"x\"", "is an argument of `#[public]`"),
        (AttributeKind::Authenticated, "expires = \"x\"", "is an argument of `#[public]`"),
        (AttributeKind::Authenticated, "claims = Claims", "no name in front"),
        (AttributeKind::Authenticated, "role = Admin", "unknown argument `role`"),
        (AttributeKind::Authenticated, "\"admin\"", "the claims are a type"),
        (AttributeKind::Public, "requires = W", "is an argument of `#[authenticated]`"),
        (AttributeKind::Public, "why = \"x\"", "unknown argument `why`"),
        (AttributeKind::Public, "\"x\"", "its name in front"),
        (AttributeKind::Public, "Claims", "accepts `reason`, `expires`, `optional` and `crate`"),
        (AttributeKind::Public, "reason", "has no value"),
        (AttributeKind::Public, "reason(\"x\")", "has no value"),
        (AttributeKind::Public, "reason = REASON", "a string literal"),
        (AttributeKind::Public, "reason = 5", "a string literal"),
        (AttributeKind::Public, "reason = \"x\", reason = \"x\"", "given twice"),
        (AttributeKind::Public, "expires = \"2027-01-31\"", "add why"),
        (AttributeKind::Public, "reason = \"x\" expires = \"2027-01-31\"", "expected `,`"),
        (AttributeKind::Public, "reason = \"x\",, expires = \"2027-01-31\"", "accepts `reason`"),
        (AttributeKind::Public, "reason = 5, expires = \"2027-01-31\"", "a string literal"),
        (AttributeKind::Public, "\"x\", \"y\"", "its name in front"),
        (AttributeKind::Authenticated, "requires = \"a\", \"b\"", "scope!("),
        (AttributeKind::Authenticated, "crate = \"gate\"", "without quotes"),
        (AttributeKind::Authenticated, "crate", "write `crate = my_crate::auth_runtime`"),
        (AttributeKind::Public, "crate =", "write `crate = my_crate::auth_runtime`"),
        (AttributeKind::Public, "crate = a, crate = b", "given twice"),
        (AttributeKind::Public, "optional", "write `optional = MyClaims`"),
        (AttributeKind::Public, "optional = \"Claims\"", "the claims are a type; write `optional = MyClaims`"),
        (AttributeKind::Public, "optional = &Claims", "write the owned type: `optional = MyClaims`"),
        (AttributeKind::Public, "optional = Authenticated<C>", "write only its claims: `optional = MyClaims`"),
        (AttributeKind::Public, "optional = A, optional = B", "given twice"),
        (AttributeKind::Authenticated, "optional = Claims", "`optional` is an argument of `#[public]`"),
    ] {
        let message = refusal(kind, args);
        assert!(message.contains(remedy), "{args}: {message}");
    }
}

#[test]
fn all_wrong_arguments_are_reported_at_once() {
    for (kind, args, remedies) in [
        (
            AttributeKind::Authenticated,
            "&Claims, requires = \"orders:write\", role = Admin, reason = \"x\"",
            &["the owned type", "scope!(", "unknown argument `role`", "is an argument of `#[public]`"][..],
        ),
        (
            AttributeKind::Public,
            "requires = W, reason = 5, expires = \"soon\", why = \"x\"",
            &["is an argument of `#[authenticated]`", "a string literal", "is not a date", "unknown argument `why`"],
        ),
        (AttributeKind::Public, "expires = 5", &["a string literal", "add why"]),
    ] {
        let errors = errors(kind, args);
        assert_eq!(errors.len(), remedies.len(), "{args}: {errors:#?}");
        for (error, remedy) in errors.iter().zip(remedies) {
            assert!(error.contains(remedy), "{args}: {error}");
        }
    }
}

#[test]
fn cargo_toml_is_read_only_without_a_path_to_the_crate() {
    for kind in [AttributeKind::Authenticated, AttributeKind::Public] {
        for (args, path) in [
            ("crate = gate", "gate"),
            ("crate = ::gate::auth", ":: gate :: auth"),
            ("crate = crate::auth,", "crate :: auth"),
            ("crate = super::auth", "super :: auth"),
        ] {
            let args = accepted(kind, args.parse().expect("tokens"));
            assert_eq!(args.runtime_path(|| panic!("Cargo.toml was read")).to_string(), path);
        }
    }
    let args = accepted(AttributeKind::Public, quote!());
    assert_eq!(args.runtime_path(|| quote!(found)).to_string(), "found");
}

#[test]
fn an_optional_caller_is_refused_with_its_type() {
    for (kind, args) in [
        (AttributeKind::Authenticated, "Option<my::User>, requires = P"),
        (AttributeKind::Authenticated, "std::result::Result<my::User, E>"),
        (AttributeKind::Public, "reason = \"a page\", optional = Option<my::User>"),
    ] {
        let refusal = refusal(kind, args);
        assert!(refusal.contains("write `my::User`") && refusal.contains("`Visitor<my::User>`"), "{refusal}");
    }
    assert!(errors(AttributeKind::Authenticated, "OptionalFeatures<User>").is_empty());
}

#[test]
fn the_sender_is_any_type() {
    for (args, sender) in
        [("GitHub", "GitHub"), ("senders::GitHub,", "senders :: GitHub"), ("Of<A, B>, crate = gate", "Of < A , B >")]
    {
        match accepted(AttributeKind::Signed, args.parse().expect("tokens")).decision {
            Decision::Signed(signed) => {
                let shown = signed.sender.map(|ty| ty.to_token_stream().to_string());
                assert_eq!(shown.as_deref(), Some(sender), "{args}");
            }
            _ => panic!("another attribute"),
        }
    }
}

#[test]
fn a_signature_has_one_sender() {
    for (args, remedy) in [
        ("", "does not name the sender"),
        ("crate = gate", "does not name the sender"),
        ("\"github\"", "the sender is a type"),
        ("GitHub, Stripe", "a second sender"),
        ("GitHub Stripe", "expected `,`"),
        ("Signed<GitHub>", "write only its sender"),
        ("Option<GitHub>", "write `GitHub`"),
        ("requires = Admin", "is an argument of `#[authenticated]`"),
        ("despite = Suspended", "is an argument of `#[authenticated]`"),
        ("reason = \"a webhook\"", "is an argument of `#[public]`"),
        ("optional = Claims", "is an argument of `#[public]`"),
        ("secret = \"x\"", "unknown argument `secret`"),
    ] {
        let refusal = refusal(AttributeKind::Signed, args);
        assert!(refusal.contains(remedy), "{args}: {refusal}");
    }
}

#[test]
fn a_set_up_accepts_one_reason() {
    assert!(
        matches!(accepted(AttributeKind::Setup, quote!(reason = "r", crate = a)).decision, Decision::Setup(setup) if setup.reason.is_some())
    );
    for (args, why) in [
        ("reason = \"r\", reason = \"r\"", "given twice"),
        ("reason = 1", "must be a string literal"),
        ("expires = \"2027-01-31\"", "argument of `#[public]`"),
        ("requires = P", "argument of `#[authenticated]`"),
        ("name = 1", "unknown argument `name`"),
        ("\"r\"", "write `#[setup(reason = "),
    ] {
        assert!(refusal(AttributeKind::Setup, args).contains(why), "{args}");
    }
}
