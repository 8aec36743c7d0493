//! Gives the reason of a public handler: [`OptOut`].

use super::Resources;
use crate::base::{Date, assert_words};
use std::borrow::Cow;

/// Gives the reason for opting out of authentication.
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
/// let health = get(|_: Public<Probe>| async { "ok" });
/// let app: AuthRouter = AuthRouter::new().route("/health", health);
/// # drop(app);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reason for a public handler",
    label = "does not implement `OptOut`",
    note = "write the reason in `#[public(reason = \"..\")]`, or implement `auth_runtime::opt_out::OptOut`"
)]
pub trait OptOut: 'static {
    /// The resources whose vaults it opens without a caller, as a tuple; `()` for none.
    ///
    /// It is a type, so that the posture cannot show other resources.
    type Opens: Resources;

    /// Returns the reason, or `None` without one.
    ///
    /// A router panics when it mounts a handler whose reason has no letter or digit, has invisible
    /// characters, or is longer than 200 bytes, because a reviewer could not read it.
    #[must_use]
    fn reason() -> Option<Cow<'static, str>>;

    /// Returns the last day on which it holds.
    #[doc(hidden)]
    #[must_use]
    fn expires() -> Option<Date> {
        None
    }
}

/// Returns the reason for the posture.
///
/// # Panics
///
/// If a reviewer could not read the reason.
#[track_caller]
pub(crate) fn stated<R: OptOut>() -> Option<Cow<'static, str>> {
    let reason = R::reason()?;
    assert_words("the reason of a public handler", &reason);
    Some(reason)
}

/// Opts out without a reason, which the posture shows: a bare `#[public]`.
///
/// ```
/// use auth_runtime::opt_out::NoReason;
/// use auth_runtime::{AuthRouter, Public, routing::get};
///
/// async fn version(_: Public<NoReason>) -> &'static str {
///     "1.4.0"
/// }
///
/// let app: AuthRouter = AuthRouter::new().route("/version", get(version));
/// assert!(app.posture().to_string().contains("PUBLIC: no reason given"));
/// ```
#[derive(Debug)]
pub struct NoReason;

impl OptOut for NoReason {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        None
    }
}

/// Holds sixteen bytes of a reason in UTF-8, most significant first, padded with zeros; then
/// `Rest`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Text<const CHUNK: u128, Rest>(Rest);

/// Ends a [`Text`].
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

/// A reason that expires after a day, which is given as the number `yyyymmdd`.
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

/// Marks the reasons that `#[public]` writes, which open nothing.
// P2: public in a private module, so no other crate can implement it.
mod nothing {
    #[diagnostic::on_unimplemented(
        message = "`Public<{Self}>` is a capability, which cannot be extracted",
        label = "the posture would not list this capability",
        note = "make `Public<{Self}>` the first parameter of a `#[public]` handler on an `AuthRouter`"
    )]
    pub trait OpensNothing {}
}
pub(crate) use nothing::OpensNothing;

impl OpensNothing for NoReason {}
impl<const CHUNK: u128, Rest> OpensNothing for Text<CHUNK, Rest> {}
impl<const DAY: u32, R: OpensNothing> OpensNothing for Expires<DAY, R> {}
