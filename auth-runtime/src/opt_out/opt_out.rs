//! The reasons that `#[public]` writes, and those of your own.

use super::Resources;
use crate::base::{Date, assert_words};
use std::borrow::Cow;

/// A reason for opting out of authentication.
///
/// ```
/// use auth_runtime::{AuthRouter, Public, opt_out::OptOut, routing::get};
/// use std::borrow::Cow;
///
/// struct Probe;
///
/// impl OptOut for Probe {
///     type Opens = ();
///
///     fn reason() -> Option<Cow<'static, str>> {
///         Some("load balancer probe".into())
///     }
/// }
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(|_: Public<Probe>| async { "ok" }));
/// # drop(app);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no reason for a public handler",
    label = "does not implement `OptOut`",
    note = "opt the handler out with `#[public(reason = \"..\")]`, or implement `auth_runtime::opt_out::OptOut`"
)]
pub trait OptOut: 'static {
    /// The resources whose vaults it opens without a caller, as a tuple; `()` for none. A type, so that the posture can't say another.
    type Opens: Resources;

    /// The reason in words, or `None` when none was given. A router does not mount a handler whose reason a reviewer cannot
    /// read: without a letter or a digit, with invisible characters, or longer than 200 bytes.
    #[must_use]
    fn reason() -> Option<Cow<'static, str>>;

    /// The last day on which it holds.
    #[doc(hidden)]
    #[must_use]
    fn expires() -> Option<Date> {
        None
    }
}

/// The reason, as the posture has it.
///
/// # Panics
///
/// When a reviewer could not read it.
#[track_caller]
pub(crate) fn stated<R: OptOut>() -> Option<Cow<'static, str>> {
    let reason = R::reason()?;
    assert_words("the reason of a public handler", &reason);
    Some(reason)
}

/// A bare `#[public]`: no reason given. The posture says so.
#[derive(Debug)]
pub struct NoReason;

impl OptOut for NoReason {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        None
    }
}

/// Sixteen bytes of a reason's UTF-8, most significant first, the last ones padded with zeros; then `Rest`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Text<const CHUNK: u128, Rest>(Rest);

/// Where a [`Text`] ends.
#[doc(hidden)]
#[derive(Debug)]
pub struct End;

#[doc(hidden)]
pub trait Chunks: 'static {
    fn append(bytes: &mut Vec<u8>);
}

impl Chunks for End {
    fn append(_: &mut Vec<u8>) {}
}

impl<const CHUNK: u128, Rest: Chunks> Chunks for Text<CHUNK, Rest> {
    fn append(bytes: &mut Vec<u8>) {
        bytes.extend(CHUNK.to_be_bytes());
        Rest::append(bytes);
    }
}

impl<const CHUNK: u128, Rest: Chunks> OptOut for Text<CHUNK, Rest> {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        let mut bytes = Vec::new();
        Self::append(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        Some(text.trim_end_matches('\0').to_owned().into())
    }
}

/// A reason that holds until a day, given as the number `yyyymmdd`, is over.
#[doc(hidden)]
#[derive(Debug)]
pub struct Expires<const DAY: u32, R>(R);

impl<const DAY: u32, R: OptOut> OptOut for Expires<DAY, R> {
    type Opens = R::Opens;

    fn reason() -> Option<Cow<'static, str>> {
        R::reason()
    }

    fn expires() -> Option<Date> {
        Some(Date::from_number(DAY))
    }
}

/// The reasons that `#[public]` writes: they open nothing. P2: public in a private place, so that nobody adds another.
mod nothing {
    #[diagnostic::on_unimplemented(
        message = "`Public<{Self}>` is not extracted: it is the first parameter of a handler, or none",
        label = "a capability that the posture would not see",
        note = "make `Public<{Self}>` the first parameter of a `#[public]` handler on an `AuthRouter`"
    )]
    pub trait OpensNothing {}
}
pub(crate) use nothing::OpensNothing;

impl OpensNothing for NoReason {}
impl<const CHUNK: u128, Rest> OpensNothing for Text<CHUNK, Rest> {}
impl<const DAY: u32, R: OpensNothing> OpensNothing for Expires<DAY, R> {}
