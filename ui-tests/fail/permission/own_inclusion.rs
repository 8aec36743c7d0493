// Which permission contains which is sealed.
use ui_tests::OrdersRefund;

fn weaken(_: impl auth_runtime::permission::Includes<(), OrdersRefund, ()>) {}

fn main() {}
