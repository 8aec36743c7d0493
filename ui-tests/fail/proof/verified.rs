// What the mint takes has no name outside.
use auth_runtime::Claims;

fn forged(_: auth_runtime::proof::VerifiedRequest<Claims>) {}

fn main() {}
