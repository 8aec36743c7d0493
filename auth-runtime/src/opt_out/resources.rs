//! The resources that an opt-out or a job opens without a caller.

/// Tuples of resources, by name.
// P2: public in a private module, as `Holds`.
pub trait Resources {
    fn names() -> Vec<&'static str>;
}

/// A tuple of resources with `T` in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not grant access to `{T}` without an authenticated caller",
    label = "opens vaults of `{Self}`, not of `{T}`",
    note = "authenticate the handler, or declare what it needs and why: `auth_runtime::capability!(pub Login for {T} = \"checks a password before there is a token\")`, then take `Public<Login>`"
)]
pub trait Holds<T, Where> {}

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
        impl<$($all),+> Holds<$T, Nth<$n>> for ($($all,)+) {}
    };
}

tuples!([A] A 0);
tuples!([A B] A 0 B 1);
tuples!([A B D] A 0 B 1 D 2);
tuples!([A B D E] A 0 B 1 D 2 E 3);

/// What the posture says of them.
pub(crate) fn opened<R: Resources>() -> Vec<&'static str> {
    R::names()
}
