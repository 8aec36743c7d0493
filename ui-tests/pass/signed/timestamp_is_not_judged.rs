// Fixes the mistake in fail/signed/timestamp_is_not_judged.rs.
use auth_runtime::signatures::Scheme;

auth_runtime::signature!(pub Printer = Scheme::hmac("X-Signature").hex().signed("{timestamp}.{body}")
    .timestamp_header("X-Sent").tolerance(std::time::Duration::from_secs(300)));

pub(crate) fn main() {}
