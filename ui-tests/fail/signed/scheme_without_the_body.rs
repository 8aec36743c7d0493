// A signature that does not cover the body says nothing about it.
use auth_runtime::signatures::Scheme;

auth_runtime::signature!(pub Printer = Scheme::hmac("X-Signature").hex().signed("v1:"));

fn main() {}
