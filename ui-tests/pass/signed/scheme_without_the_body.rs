// Fixes the mistake in fail/signed/scheme_without_the_body.rs.
use auth_runtime::signatures::Scheme;

auth_runtime::signature!(pub Printer = Scheme::hmac("X-Signature").hex().signed("v1:{body}"));

pub(crate) fn main() {}
