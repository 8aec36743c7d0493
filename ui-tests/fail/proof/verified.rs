// The argument of the mint has a private type.
use auth_runtime::Claims;

fn forged(_: auth_runtime::proof::VerifiedRequest<Claims>) {}

fn main() {}
