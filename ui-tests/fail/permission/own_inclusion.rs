// The trait that says which permission includes which is sealed.
use ui_tests::OrdersRefund;

fn weaken(_: impl auth_runtime::permission::Includes<(), OrdersRefund, ()>) {}

fn main() {}
