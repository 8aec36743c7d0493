//! Lists the resources that an opt-out or a job opens without a caller.

/// A tuple of resources.
// P2: public in a private module, as `Holds`.
pub trait Resources {
    fn names() -> Vec<&'static str>;
}

/// A tuple of resources that contains `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not grant access to `{T}` without an authenticated caller",
    label = "opens the vaults of `{Self}`, and not of `{T}`",
    note = "authenticate the handler; or declare `auth_runtime::capability!(pub Login for {T} = \"checks a password before there is a token\")` and take `Public<Login>`",
    note = "for a signed request, name the resource in its sender: `auth_runtime::signature!(pub GitHub for {T} = ..)`"
)]
pub trait Holds<T, Where> {}

/// No resources.
#[diagnostic::on_unimplemented(
    message = "a visitor has no capability",
    label = "this reason opens vaults without a caller",
    note = "a visitor opens vaults with its `caller()`; for a handler that opens them without a caller, write `Public<..>`"
)]
pub trait Nothing {}
impl Nothing for () {}

pub struct Nth<const N: usize>;

impl Resources for () {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($all:tt $($T:ident $n:literal)+) => {
        impl<$($T: 'static),+> Resources for ($($T,)+) {
            fn names() -> Vec<&'static str> {
                vec![$(std::any::type_name::<$T>()),+]
            }
        }
        $( tuples!(@one $all $T $n); )+
    };
    (@one [$($all:ident)+] $T:ident $n:literal) => {
        // rustc must not list these impls, because none of them helps with a missing resource.
        #[diagnostic::do_not_recommend]
        impl<$($all),+> Holds<$T, Nth<$n>> for ($($all,)+) {}
    };
}

tuples!([A] A 0);
tuples!([A B] A 0 B 1);
tuples!([A B D] A 0 B 1 D 2);
tuples!([A B D E] A 0 B 1 D 2 E 3);

/// Returns their names for the posture.
pub(crate) fn opened<R: Resources>() -> Vec<&'static str> {
    R::names()
}
