// The gate cannot see whether a gRPC method asks a rule, so a method cannot declare one.
use auth_runtime::permissions::WithRule;
use auth_runtime::{Authenticated, Claims, grpc_methods};
use ui_tests::CanRefund;

// `shop.Orders` with the methods `List` and `Watch`, as `include_file_descriptor_set!` has it.
const DESCRIPTOR: &[u8] = b"\n!\x12\x04shop2\x19\n\x06Orders\x12\x06\n\x04List\x12\x07\n\x05Watch";

grpc_methods! {
    OrdersMethods for "shop.Orders" in DESCRIPTOR {
        List: Authenticated<Claims>,
        Watch: Authenticated<Claims, WithRule<CanRefund>>,
    }
}

fn main() {}
