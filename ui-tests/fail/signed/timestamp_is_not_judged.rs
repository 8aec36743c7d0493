// A timestamp that is signed and not judged lets a request be sent again for ever.
use auth_runtime::signatures::Scheme;

auth_runtime::signature!(pub Printer = Scheme::hmac("X-Signature").hex().signed("{timestamp}.{body}"));

fn main() {}
