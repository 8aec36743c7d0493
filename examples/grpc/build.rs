//! Generates the code of the service, and the descriptor with the names of its methods.

use prost::Message;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let descriptor = protox::compile(["proto/orders.proto"], ["proto"])?;
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(folder.join("orders.bin"), descriptor.encode_to_vec())?;
    tonic_prost_build::configure().build_transport(false).compile_fds(descriptor)?;
    println!("cargo::rerun-if-changed=proto");
    Ok(())
}
